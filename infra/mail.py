"""Mail: one way to send a message, into a folder of this machine or to an SMTP server.

The standard library's SMTP client is used, in a thread: it speaks all that is needed, and is one thing less to pin.
What it lacks, a limit for the whole conversation, is put around it here. Nobody but a job sends mail.
"""

import asyncio
import os
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from infra.clock import new_id, now
from infra.errors import SetupError
from infra.settings import Settings, public_address, settings

SECONDS = 10.0
"""For the whole conversation; a transaction that waits for it may be idle for fifteen."""
SECONDS_OF_SILENCE = 5.0
PORTS = {"smtp": 587, "smtps": 465}
MAILBOX = "mail"
UNREADABLE = (
    "WIN_SMTP_URL is not an address of a mail server; it is like smtp://user:password@mail.example:587, "
    "and a password is never said without TLS."
)


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over, and as whom."""

    host: str
    port: int
    is_tls: bool
    starts_tls: bool
    user: str
    password: str


async def send(to: str, subject: str, text: str) -> None:
    """Hand a message over; when this returns, somebody else answers for it."""
    given = settings()
    server = mail_server(given)
    if server is None:
        await asyncio.to_thread(_put_into_folder, given.data.absolute() / MAILBOX, _message(given, to, subject, text))
        return
    conversation = _Conversation(server)
    try:
        async with asyncio.timeout(SECONDS):
            await asyncio.to_thread(conversation.deliver, _message(given, to, subject, text))
    finally:
        conversation.hang_up()


def mail_server(given: Settings) -> MailServer | None:
    """Return the server of WIN_SMTP_URL, or None for the folder. Raises `SetupError`."""
    if given.smtp_url is None:
        return None
    try:
        parts = urlsplit(given.smtp_url.get_secret_value())
        port = parts.port
    except ValueError:
        raise SetupError(UNREADABLE) from None
    never = parse_qs(parts.query).get("starttls") == ["never"]
    if parts.scheme not in PORTS or not parts.hostname or (never and parts.username):
        raise SetupError(UNREADABLE)
    return MailServer(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        is_tls=parts.scheme == "smtps",
        starts_tls=parts.scheme == "smtp" and not never,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _message(given: Settings, to: str, subject: str, text: str) -> EmailMessage:
    host = urlsplit(public_address()).hostname or "localhost"
    message = EmailMessage(SMTP)
    message["From"] = given.mail_from or f"WIN <no-reply@{host}>"
    message["To"] = to
    message["Subject"] = " ".join(subject.split())  # a name in it may have more than one line
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{new_id()}@{host}>"
    message["Auto-Submitted"] = "auto-generated"  # nobody's holiday notice answers it
    # In a folder it is read as it lies there; on the way, not every server takes eight bits.
    message.set_content(text, cte="8bit" if given.smtp_url is None else "quoted-printable")
    return message


def _put_into_folder(folder: Path, message: EmailMessage) -> None:
    """Write the message where its owner alone may read it; whoever looks finds it whole."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{new_id()}.eml"
    begun = path.with_suffix(".part")
    with os.fdopen(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(message.as_bytes())
    begun.rename(path)


def _name_in_greeting() -> str:
    """Return who we say we are, which would otherwise be looked up on the network."""
    host = urlsplit(public_address()).hostname or "localhost"
    return host if host.strip("0123456789.") and ":" not in host else f"[{host}]"


class _Conversation:
    """One message handed to one server, in a thread that can be ended from outside of it."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self.client: smtplib.SMTP | None = None
        self.is_over = False

    def deliver(self, message: EmailMessage) -> None:
        """Say all of it; no certificate is taken on trust."""
        server, context = self.server, ssl.create_default_context()
        place, name = (server.host, server.port), _name_in_greeting()
        self.client = client = (
            smtplib.SMTP_SSL(*place, name, timeout=SECONDS_OF_SILENCE, context=context)
            if server.is_tls
            else smtplib.SMTP(*place, name, timeout=SECONDS_OF_SILENCE)
        )
        try:
            if server.starts_tls:
                client.starttls(context=context)
            if server.user:
                client.login(server.user, server.password)
            if self.is_over:  # whoever asked has been told that it failed
                return
            client.send_message(message)
            with suppress(OSError, smtplib.SMTPException):
                client.quit()  # the message is theirs already, however they say goodbye
        finally:
            client.close()

    def hang_up(self) -> None:
        """End a conversation that takes too long: whatever waits in the thread is told that nobody is there."""
        self.is_over = True
        connected = self.client.sock if self.client is not None else None
        if connected is not None:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)
