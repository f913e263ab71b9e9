"""A pact is read from a file that cannot surprise the one who signs it."""

from pathlib import Path

import pytest

from authz.faults import PactError
from tenants.pacts.document import DEEPEST, LARGEST, parse_document, read_document

BOMB = b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


def test_plain_yaml_is_read_as_it_is() -> None:
    written = '\ufeffnumber: 5\ntitle: { it: "Sì", en: Yes, }\nread: [identity, plan.goals]\n'
    assert parse_document(written.encode()) == {
        "number": 5,
        "title": {"it": "Sì", "en": True},
        "read": ["identity", "plan.goals"],
    }


@pytest.mark.parametrize(
    ("written", "where", "fault"),
    [
        pytest.param(BOMB, "YAML 1", "alias", id="references"),
        pytest.param(b"a: {b: 1}\nc: {<<: {d: 1}}", "YAML 2", "alias", id="merge"),
        pytest.param(b"a: 1\nb: 2\na: 3", "YAML 3", "repeated_key", id="same entry twice"),
        pytest.param(b"clauses: [{read: [x],\n read: [y]}]", "YAML 2", "repeated_key", id="twice, inside"),
        pytest.param(b"'a': 1\n\"a\": 2", "YAML 2", "repeated_key", id="twice, quoted otherwise"),
        pytest.param(b"? [a]\n: 1", "YAML 1", "not_readable", id="list for a name"),
        pytest.param(b"a: !!python/object/apply:os.system [ls]", "YAML 1", "not_readable", id="object"),
        pytest.param(b"a: !!binary aGVsbG8=", "YAML 1", "not_readable", id="tag"),
        pytest.param(b"a: [", "YAML 1", "not_readable", id="unfinished"),
        pytest.param(b"a: 1\n---\nb: 2", "YAML 2", "not_readable", id="two documents"),
        pytest.param(b"\ta: 1", "YAML 1", "not_readable", id="tabulator"),
        pytest.param(b"a: " + b"[" * (DEEPEST + 2), "YAML 1", "not_readable", id="nested too deep"),
        pytest.param(b"a: " + b"[" * 100_000, "YAML 1", "not_readable", id="nested without end"),
        pytest.param(b"a: " + b"9" * 5000, "YAML", "not_readable", id="number without end"),
        pytest.param(b"a: 2026-13-45", "YAML", "not_readable", id="day that does not exist"),
        pytest.param(b"a: \xff", "YAML", "not_readable", id="not UTF-8"),
        pytest.param(b"a: \xed\xa0\x80", "YAML", "not_readable", id="half a character"),
        pytest.param(b"a: \x00", "YAML", "not_readable", id="NUL"),
        pytest.param(b"a" * (LARGEST + 1), "YAML", "too_large", id="too large"),
    ],
)
def test_anything_else_is_refused(written: bytes, where: str, fault: str) -> None:
    with pytest.raises(PactError) as refusal:
        parse_document(written)
    assert [(one.clause, one.where, one.text) for one in refusal.value.faults] == [(None, where, fault)]


def test_no_more_is_read_than_a_pact_may_have(tmp_path: Path) -> None:
    (tmp_path / "large.yaml").write_bytes(b"#" * 10 * LARGEST)
    with pytest.raises(PactError):
        read_document(tmp_path / "large.yaml")
