"""Every sentence has its Italian and its English, and whatever is raised has its sentence."""

import re
from pathlib import Path
from string import Formatter

import pytest

from authz.explain import Reason
from infra.errors import ErrorCode, ProblemCode
from infra.messages import MESSAGES, say

ROOT = Path(__file__).parents[2]
FLOORS = ("api", "authz", "infra", "jobs", "tenants", "web")
NAMED = re.compile(r'"((?:error|limit|problem|reason|request|sign_in)\.[a-z_]+)"')
RAISED = re.compile(r'(?:BadRequest|LimitExceeded|NotFound|Refused|Unauthenticated|Unavailable)\(\s*"([^"{}]+)"')


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("text", MESSAGES)
def test_both_languages_say_the_same(text: str) -> None:
    italian, english = MESSAGES[text]
    assert italian
    assert english
    assert italian != english or text == "error.persisted_query_not_supported", "a word of a protocol is no sentence"
    assert placeholders(italian) == placeholders(english)


def test_sentences_are_sorted() -> None:
    assert list(MESSAGES) == sorted(MESSAGES)


def test_every_code_has_its_sentence() -> None:
    codes = [f"error.{code.lower()}" for code in ErrorCode]
    codes += [f"problem.{code.lower()}" for code in ProblemCode]
    codes += [f"reason.{code.lower()}" for code in Reason]
    assert [code for code in codes if code not in MESSAGES] == []


def test_every_sentence_that_the_code_names_is_there() -> None:
    named = {
        text
        for floor in FLOORS
        for file in (ROOT / floor).rglob("*.py")
        for pattern in (NAMED, RAISED)
        for text in pattern.findall(file.read_text("utf-8"))
    }
    assert sorted(named - set(MESSAGES)) == []


def test_values_are_put_in_and_never_read_as_a_template() -> None:
    told = say("en", "request.fragment", name="{limit} %s {0}")
    assert told == "The fragment {limit} %s {0} is defined twice, or it contains itself."
    with pytest.raises(KeyError):
        say("it", "error.nobody_wrote_this")
