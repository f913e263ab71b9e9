"""A small SMTP server on this machine: it keeps what it is given, and can be told to behave badly."""

import asyncio
import base64
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

REQUEST = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"


@dataclass
class PostOffice:
    """What it has been given; `refuses` are the verbs to which it says no, `silent` one that it never answers."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    sent_to: list[str] = field(default_factory=list)
    sign_ins: list[tuple[str, str]] = field(default_factory=list)
    secured: int = 0
    refuses: set[str] = field(default_factory=set)
    silent: str = ""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the silent verb was said."""
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    """Set to have the silent verb answered after all."""
    tls: ssl.SSLContext | None = None
    is_secured: bool = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            writer.write(b"220 here\r\n")
            while line := (await reader.readline()).decode().strip():
                if not await self.answer(line, reader, writer):
                    break
        writer.close()

    async def answer(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one line; tell whether the conversation goes on."""
        verb = line.partition(" ")[0].upper()
        if verb == self.silent:
            self.asked.set()
            await self.let_go.wait()
        if verb in self.refuses:
            writer.write(b"550 no\r\n")
        elif verb == "EHLO":
            offers = ["250-here", *(["250-STARTTLS"] if self.tls and not self.is_secured else []), "250 AUTH PLAIN"]
            writer.write("".join(f"{offer}\r\n" for offer in offers).encode())
        elif verb == "STARTTLS":
            writer.write(b"220 go\r\n")
            await writer.start_tls(self.tls or ssl.create_default_context())
            self.is_secured, self.secured = True, self.secured + 1
        elif verb == "AUTH":
            _, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
            self.sign_ins.append((user, password))
            writer.write(b"235 yes\r\n")
        elif verb == "DATA":
            writer.write(b"354 go on\r\n")
            text = await reader.readuntil(b"\r\n.\r\n")
            self.messages.append(message_from_bytes(text[:-5].replace(b"\r\n..", b"\r\n."), policy=default))  # type: ignore[arg-type]
            writer.write(b"250 kept\r\n")
        else:
            if verb == "RCPT":
                self.sent_to.append(line.partition("<")[2].partition(">")[0])
            writer.write(b"221 bye\r\n" if verb == "QUIT" else b"250 yes\r\n")
        await writer.drain()
        return verb != "QUIT"


@asynccontextmanager
async def post_office(tls: ssl.SSLContext | None = None, *, at_once: bool = False) -> AsyncIterator[PostOffice]:
    """Serve on a free port; `at_once` speaks TLS from the first byte."""
    office = PostOffice(tls=tls, is_secured=at_once)
    server = await asyncio.start_server(office.serve, "127.0.0.1", 0, ssl=tls if at_once else None)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        office.let_go.set()
        server.close()


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Make a certificate for localhost; return its file, and what a server needs to speak with it."""
    key, made = folder / "key.pem", folder / "certificate.pem"
    command = [*REQUEST.split(), "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return made, context
