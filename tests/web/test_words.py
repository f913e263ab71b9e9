"""What people read: one word for one thing, sentences that everybody can read, and each role in a sentence."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from authz.roles import Role
from infra.messages import MESSAGES
from web.guide import OF_CASE, SECTIONS, guide
from web.texts import TEXTS
from web.texts.gallery import GALLERY
from web.texts.integrators import INTEGRATORS

GUIDE = Path(__file__).parents[2] / "docs" / "guida.md"
INSTEAD: Mapping[str, str] = {
    r"organizzazion[ei]": "ente",
    r"associat[oi]|\btenant\b": "ente",
    r"fascicol[oi]|dossier|\bpratic(a|he)\b": "scheda",
    r"(?<!a )(?<!per )(?<!in )\bcas[oi]\b": "scheda",
    r"autorizzazion[ei]|liberatori[ae]": "consenso",
    r"\butent[ei]\b|\bbeneficiari\w*|\bassistit[oiae]\b": "persona",
    r"(?<!in )\bret[ei]\b": "territorio",
    r"clausol[ae]": "articolo",
    r"\brevocat?\w*": "ritirare",
    r"\bsession[ei]\b": "accesso",
    r"collegamento|hyperlink": "link",
    r"(?<=[a-z,] )Patto": "patto",
    r"\bmail\b(?<!e-mail)": "e-mail",
    r"intervento (congiunto )?chiuso|chiudere l'intervento": "concluso",
}
"""What is never said, and the word of the glossary for it."""
HARD = 60
"""Gulpease: below 60 a text is hard for whoever left school at fourteen."""
FEWEST = 8
"""Words; a label of two words has no sentence to measure."""


def for_people() -> Iterator[tuple[str, str]]:
    """Give every Italian text of the pages and the messages, but those for whoever writes programs."""
    for name, (italian, _) in {**TEXTS, **MESSAGES}.items():
        if name not in GALLERY and name not in INTEGRATORS and not name.startswith(("limit.", "request.")):
            yield name, italian


def gulpease(text: str) -> float:
    """Return how easily an Italian text is read: 100 is the easiest."""
    words = re.findall(r"\w+", re.sub(r"{\w+}", "nome", text))
    sentences = max(1, len(re.findall(r"[.!?;:](?=\s|$)", text)))
    return 89 + (300 * sentences - 10 * sum(len(word) for word in words)) / len(words)


@pytest.mark.parametrize("word", INSTEAD)
def test_there_is_one_word_for_one_thing(word: str) -> None:
    spoken = [*for_people(), ("guida.md", GUIDE.read_text("utf-8"))]
    found = [(name, match[0]) for name, text in spoken for match in re.finditer(word, text, re.IGNORECASE)]
    found = [one for one in found if word[-5:] != "Patto" or one[1] == "Patto"]
    assert found == [], f"say: {INSTEAD[word]}"


def test_every_sentence_is_easy_to_read() -> None:
    long = {name: text for name, text in for_people() if len(re.findall(r"\w+", text)) >= FEWEST}
    assert len(long) > 100
    assert {name: round(gulpease(text)) for name, text in long.items() if gulpease(text) < HARD} == {}
    assert gulpease(re.sub(r"[*|#`!\[\]()]", " ", GUIDE.read_text("utf-8"))) >= HARD


def test_gulpease_tells_easy_from_hard() -> None:
    assert gulpease("Il cane dorme. Il gatto no.") > 80
    hard = "L'espletamento delle procedure amministrative propedeutiche all'ottenimento dell'agevolazione contributiva"
    assert gulpease(hard) < 40


@pytest.mark.parametrize("role", Role)
def test_every_role_is_explained(role: Role) -> None:
    italian, english = TEXTS[f"can.{role}"]
    assert italian.endswith(".")
    assert english.endswith(".")


def test_every_page_has_its_place_in_the_guide() -> None:
    anchors = {anchor for anchor, _ in guide().sections}
    assert {*SECTIONS.values(), *OF_CASE.values()} - anchors == set()
