"""What callers send takes no more memory than was given, here and in the database, however much of it comes."""

import gc
import tracemalloc
from itertools import count

import pytest

from api import documents
from api.documents import OF_A_SIGN, OF_ANY, demand_affordable, prepare
from api.reading import answer as reading
from infra import prepared as infra_prepared
from infra.cache import Cache, key_of
from infra.database import transaction
from infra.prepared import AskedBefore
from tests.conftest import Ask

numbers = count()
PREPARED = "SELECT coalesce(sum(length(statement)), 0), count(*) FILTER (WHERE statement LIKE $1) FROM {}"
LONG = "number status openedOn person { reference } work { profile } housing { situation } education { level }"


def one() -> str:
    """Return a document that nobody has asked before, whose statement is another too."""
    return f"{{ cases(first: 5) {{ nodes {{ flood{next(numbers)}: id {LONG} }} }} }}"


async def test_statements_of_callers_fill_no_connection(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(infra_prepared, "BYTES_OF_TEXT", 12_000)
    once, twice = [one() for _ in range(12)], [one() for _ in range(12)]
    for document in (*once, *twice, *twice):
        assert "errors" not in await ask("piero", document)
    async with transaction() as connection:
        row = await connection.fetchrow(PREPARED.format("pg_prepared_statements"), "%flood%")
    assert 0 < row[1] <= 12
    assert row[0] <= 12_000


async def test_what_is_kept_of_documents_is_bounded_whatever_comes(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = (documents._documents, documents._affordable, reading._kept)
    for cache in kept:
        monkeypatch.setattr(cache, "most", 200_000)
    query = "query ($id: ID!, $after: String) { case(id: $id) { events(first: 2, after: $after) { nodes { kind } } } }"
    for number in range(40):
        await ask("anna", one())
        await ask("anna", query, {"id": "case_" + str(number) * 400, "after": "x" * 400})
    assert [cache for cache in kept if cache.size > 200_000] == []
    assert {len(key) for cache in kept for key in cache._kept} == {32}


@pytest.mark.parametrize(
    "text",
    [
        "{ viewer { email } }",
        "{ cases { nodes { " + "id " * 90 + "} } }",
        "query (" + ", ".join(f"$v{n}: [Int!]" for n in range(150)) + ") { viewer { email } }",
        '{ node(id: "' + "x" * 9000 + '") { id } }',
        "{ " + " ".join(f"a{n}: viewer {{ email role }}" for n in range(25)) + " }",
    ],
    ids=["short", "many fields", "many variables", "a long value", "many aliases"],
)
def test_a_document_takes_no_more_than_it_is_taken_for(text: str) -> None:
    prepare(f"# {next(numbers)}\n{text}")  # what the libraries keep for themselves, once
    tracemalloc.start()
    try:
        kept = prepare(f"# {next(numbers)}\n{text}")
        gc.collect()
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert kept.document is not None
    assert taken <= OF_ANY + OF_A_SIGN * len(text)


def test_a_cache_gives_up_what_was_used_longest_ago() -> None:
    cache = Cache[str](2000)
    for name in "abc":
        cache.put(key_of(name), name, 300)
    assert cache.get(key_of("a")) == "a"
    cache.put(key_of("d"), "d", 300)
    assert [cache.get(key_of(name)) for name in "abcd"] == ["a", None, "c", "d"]
    cache.put(key_of("d"), "D", 5000)
    assert (len(cache), cache.size) == (0, 0)
    assert key_of("ab", "c") != key_of("a", "bc")
    assert key_of("1") != key_of(1)


def test_only_what_was_asked_lately_is_known() -> None:
    asked = AskedBefore(most=2)
    assert [asked(text) for text in ("a", "a", "b", "c", "a", "d", "e", "a")] == [
        *(False, True, False, False, True, False, False, False)
    ]


def test_what_an_operation_costs_is_kept_without_any_secret() -> None:
    query = "query ($id: ID!) { node(id: $id) { id } }"
    secret = (
        "mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { problems { code } } }",
        {"input": {"currentPassword": "x", "newPassword": "y"}},
    )
    before = len(documents._affordable)
    demand_affordable(query, None, {"id": f"case_{next(numbers)}"})
    assert len(documents._affordable) == before + 1
    demand_affordable(secret[0], None, secret[1])
    assert len(documents._affordable) == before + 1
