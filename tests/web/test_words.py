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
INSTEAD: Mapping[str, tuple[str, str]] = {
    r"organizzazion[ei]": ("ente", "le organizzazioni del territorio"),
    r"associat[oi]|\btenant\b": ("ente", "gli associati"),
    r"fascicol[oi]|dossier|\bpratic(a|he)\b": ("scheda", "apri la pratica"),
    r"(?<!a )(?<!per )(?<!in )\bcas[oi]\b": ("scheda", "i casi aperti"),
    r"autorizzazion[ei]|liberatori[ae]": ("consenso", "registra un'autorizzazione"),
    r"\butent[ei]\b|\bbeneficiari\w*|\bassistit[oiae]\b": ("persona", "il dato dell'utente"),
    r"(?<!in )\bret[ei]\b": ("territorio", "gli enti della rete"),
    r"clausol[ae]": ("articolo", "la clausola 5"),
    r"\brevoca\w*": ("ritirare", "puoi revocare il consenso"),
    r"\bsession[ei]\b": ("accesso", "la sessione è scaduta"),
    r"collegamento|hyperlink": ("link", "apri il collegamento"),
    r"(?<=[a-z,] )(?-i:Patto)": ("patto", "secondo il Patto"),
    r"\bmail\b(?<!e-mail)": ("e-mail", "ti mandiamo una mail"),
    r"intervento (congiunto )?chiuso|chiudere l'intervento": ("concluso", "intervento congiunto chiuso"),
}
"""What is never said: the word of the glossary for it, and a text that says it."""
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


def said(word: str, text: str) -> list[str]:
    """Return where a text says what is never said."""
    return [match[0] for match in re.finditer(word, text, re.IGNORECASE)]


@pytest.mark.parametrize("word", INSTEAD)
def test_there_is_one_word_for_one_thing(word: str) -> None:
    instead, sample = INSTEAD[word]
    assert said(word, sample), "the pattern finds nothing, not even what it is there for"
    assert said(word, instead) == []
    spoken = [*for_people(), ("guida.md", GUIDE.read_text("utf-8"))]
    assert [(name, found) for name, text in spoken if (found := said(word, text))] == [], f"say: {instead}"


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


def test_the_guide_names_what_pages_say() -> None:
    """What is bold, slanting or in quotation marks is what one reads on a page, or the beginning of it."""
    text = GUIDE.read_text("utf-8")
    named = [" ".join((bold or quoted).split()) for bold, quoted in re.findall(r"\*+([^*]+)\*+|«([^»]+)»", text)]
    known = [italian.casefold() for _, italian in for_people()] + re.findall(r"^## (.*)", text.casefold(), re.MULTILINE)
    assert len(named) > 40
    # What ends like a sentence is the beginning of a paragraph.
    assert [
        one for one in named if one[-1] != "." and not any(words.startswith(one.casefold()) for words in known)
    ] == []
