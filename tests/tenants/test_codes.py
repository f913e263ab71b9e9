"""Codes by time against the vectors of the RFCs, and what is stored of them."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from infra.clock import new_id
from tenants.members import challenges, codes
from tenants.members.challenges import Proven, challenge_of, read_challenge
from tenants.members.codes import as_text, as_typed, code_at, matching_step, recovery_hash, secret_of, step_of

RFC_SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("step", "code"),
    [*enumerate(["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"])],
)
def test_vectors_of_rfc_4226(step: int, code: str) -> None:
    """Appendix D."""
    assert code_at(RFC_SECRET, step) == code


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_vectors_of_rfc_6238(seconds: int, code: str) -> None:
    """Appendix B, for SHA-1; its codes have 8 digits, of which ours are the last 6."""
    assert code_at(RFC_SECRET, step_of(datetime.fromtimestamp(seconds, UTC))) == code[-6:]


@pytest.mark.parametrize(("drift", "found"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_of_drift_each_way(drift: int, found: bool) -> None:
    at = datetime(2026, 7, 1, 10, 0, 15, tzinfo=UTC)
    step = step_of(at) + drift
    assert matching_step(RFC_SECRET, code_at(RFC_SECRET, step), at) == (step if found else None)


def test_a_secret_is_of_one_account_and_one_enrolment() -> None:
    account, salt = new_id(), codes.new_salt()
    secret = secret_of(account, salt)
    assert len(secret) == 20
    assert len(as_text(secret)) == 32
    assert secret_of(account, salt) == secret
    assert secret_of(new_id(), salt) != secret
    assert secret_of(account, codes.new_salt()) != secret


def test_recovery_codes_differ_and_are_read_as_people_write_them() -> None:
    account = new_id()
    made = codes.new_recovery_codes()
    assert len(set(made)) == 10
    hashes = {recovery_hash(account, code) for code in made}
    assert len(hashes) == 10
    assert recovery_hash(account, f" {made[0].upper().replace('-', ' ')} ") in hashes
    assert recovery_hash(new_id(), made[0]) not in hashes
    assert recovery_hash(account, "\ud800") not in hashes


@pytest.mark.parametrize(("typed", "code"), [(" 123 456 ", "123456"), ("AB-cd", "abcd"), ("x" * 9999, "x" * 100)])
def test_what_is_typed_is_read_without_spaces(typed: str, code: str) -> None:
    assert as_typed(typed) == code


@pytest.mark.parametrize("code", ["١٢٣٤٥٦", "12345", "1234567", "", "12345a"])
def test_only_six_plain_digits_are_a_code_by_time(code: str) -> None:
    assert not codes.is_by_time(code)


PROVEN = Proven(UUID(int=7), "anna@caritas-empoli.example", b"the proof of a password, 32 byte")


def test_a_challenge_tells_nobody_else_anything() -> None:
    text = challenge_of(PROVEN)
    assert read_challenge(text) == PROVEN
    inside = urlsafe_b64decode(text)
    assert PROVEN.proof not in inside
    assert PROVEN.email.encode() not in inside


def test_a_challenge_cannot_be_changed() -> None:
    text = challenge_of(PROVEN)
    changed = [
        text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :] for at in range(len(text.rstrip("=")) - 1)
    ]
    assert [one for one in changed if read_challenge(one) is not None] == []
    for nonsense in ("", "x", "=", "à", "A" * 40, "A" * 9999, text[:-4], text + "AAAA"):
        assert read_challenge(nonsense) is None


def test_a_challenge_is_over_after_five_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    text, at = challenge_of(PROVEN), challenges.now()
    monkeypatch.setattr(challenges, "now", lambda: at + timedelta(minutes=4, seconds=58))
    assert read_challenge(text) is not None
    monkeypatch.setattr(challenges, "now", lambda: at + timedelta(minutes=5, seconds=1))
    assert read_challenge(text) is None
