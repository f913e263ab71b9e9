"""Which new passwords are refused, and that ordinary good ones are not."""

import pytest

from infra.errors import ProblemCode
from tenants.account.weakness import SHORTEST_PASSWORD, strong
from tenants.checks import Wrong
from web.texts.account import ACCOUNT

CHECK = strong("anna.bianchi@caritas-empoli.example", "Anna Bianchi")


@pytest.mark.parametrize(
    "password",
    [
        "anna.bianchi@caritas-empoli.example",
        "AnnaBianchi2026",
        "caritas empoli!",
        "win-win-win-win-win",
        "Password1234!",
        "123456789012",
        "0987654321098",
        "qwertyuiop12",
        "poiuytrewq99",
        "aaaaaaaaaaaaaaa",
        "abababababab",
        "abcdefghijklmn",
        "            ",
        "benvenuta in WIN",
        "benvenuto2024!",
        "giuseppe1980",
        "Caritas2026!!",
        "Tr0ub4dour&3",
        "iloveyou1234",
    ],
)
def test_obvious(password: str) -> None:
    with pytest.raises(Wrong) as wrong:
        CHECK(password)
    assert wrong.value.code is ProblemCode.TOO_OBVIOUS


@pytest.mark.parametrize(
    "password",
    [
        "quattro cavalli verdi",
        "una-rete-di-prova",
        "Tr0ppo,lunga;davvero",
        "пароль длинный",
        "日本語のパスワードは長い方がいい",
        "g7#kQ9!vLm2x",
    ],
)
def test_good_enough(password: str) -> None:
    assert CHECK(password) == password


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("g7#kQ9!vLm2", ProblemCode.TOO_SHORT),
        ("è" * 1025, ProblemCode.TOO_LONG),
        ("\ud800" * 12, ProblemCode.INVALID_FORMAT),
    ],
)
def test_too_short_too_long_and_not_text(password: str, code: ProblemCode) -> None:
    with pytest.raises(Wrong) as wrong:
        CHECK(password)
    assert wrong.value.code is code


def test_nothing_is_nothing() -> None:
    assert CHECK("") is None


def test_the_hint_says_the_real_number() -> None:
    assert all(str(SHORTEST_PASSWORD) in hint for hint in ACCOUNT["hint.newPassword"])
