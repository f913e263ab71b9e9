"""Mail: into the folder, to a server with TLS and without, and what happens when the server does not want it."""

import asyncio
import os
import shutil
import smtplib
import ssl
import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from pydantic import SecretStr

from infra import mail
from infra.errors import SetupError
from infra.settings import Settings
from tests.conftest import setting
from tests.infra.smtp import PostOffice, certificate, post_office

TEXT = "Buongiorno,\n\nè per te: https://win.example/invitations/abc-_DEF\n.\n..due punti\n"
TO = "nuova@prova.example"
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")


@pytest.fixture
async def settings_for(tmp_path: Path) -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(setting("WIN_DATA", str(tmp_path / "data")))
        await stack.enter_async_context(setting("WIN_PUBLIC_URL", "https://win.example/"))
        yield stack


async def by(
    stack: AsyncExitStack, office: PostOffice, *, scheme: str = "smtp", user: str = "", more: str = ""
) -> None:
    await stack.enter_async_context(setting("WIN_SMTP_URL", f"{scheme}://{user}localhost:{office.port}{more}"))


def the_only(folder: Path) -> EmailMessage:
    (path,) = folder.iterdir()
    assert path.suffix == ".eml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def look_at(message: EmailMessage) -> None:
    assert message["To"] == TO
    assert message["Subject"] == "Invito: è per te"
    assert message["From"] == "WIN <no-reply@win.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@win.example>")
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n").rstrip("\n") == TEXT.rstrip("\n")


async def test_without_a_server_mail_lies_in_a_folder_of_its_owner(
    tmp_path: Path, settings_for: AsyncExitStack
) -> None:
    before = os.umask(0)
    try:
        await mail.send(TO, "Invito: è per te", TEXT)
    finally:
        os.umask(before)
    folder = tmp_path / "data" / "mail"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    look_at(the_only(folder))
    (path,) = folder.iterdir()
    assert "https://win.example/invitations/abc-_DEF" in path.read_text("utf-8").split()


async def test_a_server_gets_it_whole(settings_for: AsyncExitStack) -> None:
    async with post_office() as office:
        await by(settings_for, office, more="?starttls=never")
        await mail.send(TO, "Invito: è per te", TEXT)
    (message,) = office.messages
    look_at(message)
    assert office.sent_to == [TO]
    assert office.sign_ins == []


@needs_openssl
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_password_is_said_under_tls(tmp_path: Path, settings_for: AsyncExitStack, scheme: str) -> None:
    trusted, context = await asyncio.to_thread(certificate, tmp_path)
    await settings_for.enter_async_context(setting("SSL_CERT_FILE", str(trusted)))
    async with post_office(context, at_once=scheme == "smtps") as office:
        await by(settings_for, office, scheme=scheme, user="win%40win.example:a%3Ab%2F@")
        await mail.send(TO, "Invito: è per te", TEXT)
    assert office.sign_ins == [("win@win.example", "a:b/")]
    assert office.secured == (scheme == "smtp")
    look_at(office.messages[0])


@needs_openssl
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_certificate_that_nobody_vouches_for_is_not_taken(
    tmp_path: Path, settings_for: AsyncExitStack, scheme: str
) -> None:
    _, context = await asyncio.to_thread(certificate, tmp_path)
    async with post_office(context, at_once=scheme == "smtps") as office:
        await by(settings_for, office, scheme=scheme, user="win:secret@")
        with pytest.raises(ssl.SSLCertVerificationError):
            await mail.send(TO, "Invito: è per te", TEXT)
    assert (office.sign_ins, office.messages) == ([], [])


async def test_a_server_that_offers_no_tls_gets_nothing(settings_for: AsyncExitStack) -> None:
    async with post_office() as office:
        await by(settings_for, office, user="win:secret@")
        with pytest.raises(smtplib.SMTPNotSupportedError):
            await mail.send(TO, "Invito: è per te", TEXT)
    assert (office.sign_ins, office.messages) == ([], [])


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
async def test_what_the_server_refuses_is_not_sent(settings_for: AsyncExitStack, verb: str) -> None:
    async with post_office() as office:
        office.refuses = {verb}
        await by(settings_for, office, more="?starttls=never")
        with pytest.raises(smtplib.SMTPException):
            await mail.send(TO, "Invito: è per te", TEXT)
    assert office.messages == []


async def test_a_farewell_that_is_refused_undoes_nothing(settings_for: AsyncExitStack) -> None:
    async with post_office() as office:
        office.refuses = {"QUIT"}
        await by(settings_for, office, more="?starttls=never")
        await mail.send(TO, "Invito: è per te", TEXT)
    assert len(office.messages) == 1


async def test_whoever_waits_no_longer_ends_the_conversation(settings_for: AsyncExitStack) -> None:
    async with post_office() as office:
        office.silent = "MAIL"
        await by(settings_for, office, more="?starttls=never")
        sending = asyncio.create_task(mail.send(TO, "Invito: è per te", TEXT))
        await office.asked.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        office.let_go.set()
    assert office.messages == []


@pytest.mark.parametrize("subject", ["due\nrighe", "due\r\nBcc: altri@prova.example"])
async def test_a_heading_is_one_line(tmp_path: Path, settings_for: AsyncExitStack, subject: str) -> None:
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        await mail.send(f"{TO}\nBcc: altri@prova.example", "Invito", TEXT)
    assert not (tmp_path / "data" / "mail").exists()
    await mail.send(TO, subject, TEXT)
    message = the_only(tmp_path / "data" / "mail")
    assert (message["Subject"], message["Bcc"], message["To"]) == (" ".join(subject.split()), None, TO)


@pytest.mark.parametrize(
    "url",
    [
        *("http://mail.example", "smtp://", "mail.example", "smtp://mail.example:port", "smtp://mail.example:99999"),
        "smtp://user:password@mail.example?starttls=never",
    ],
)
def test_an_address_that_cannot_be_used_is_the_operators_to_mend(url: str) -> None:
    with pytest.raises(SetupError) as refused:
        mail.mail_server(Settings(smtp_url=SecretStr(url)))
    assert "password@" not in str(refused.value).replace("user:password@mail.example:587", "")


def test_the_parts_of_an_address() -> None:
    server = mail.mail_server(Settings(smtp_url=SecretStr("smtp://u:p@mail.example")))
    assert server == mail.MailServer("mail.example", 587, is_tls=False, starts_tls=True, user="u", password="p")
    server = mail.mail_server(Settings(smtp_url=SecretStr("smtps://mail.example")))
    assert server == mail.MailServer("mail.example", 465, is_tls=True, starts_tls=False, user="", password="")
    assert mail.mail_server(Settings(smtp_url=None)) is None
