"""What a request may look like (GraphQL over HTTP), and that whatever goes wrong is told in one shape."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from infra.settings import public_address
from tests.conftest import CAST

QUERY = "query Q($first: Int) { viewer { role } cases(first: $first) { totalCount } }"
CHANGE = "mutation { markNotificationRead(input: {notificationId: 1}) { problems { code } } }"
GRAPHQL = "application/graphql-response+json"
HASH = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}

Headers = dict[str, str]


@pytest.fixture
async def bearer(token: Callable[[str, str], Awaitable[str]]) -> Headers:
    return {"Authorization": f"Bearer {await token(*CAST['anna'])}", "Accept": GRAPHQL}


def the_error(response: httpx.Response) -> dict[str, Any]:
    """Return the one error, which has the shape that all have."""
    body = response.json()
    (error,) = body["errors"]
    assert set(error) <= {"message", "extensions", "locations", "path"}
    code = error["extensions"]["code"]
    assert error["extensions"]["docUrl"] == f"{public_address()}/docs/errors#{code.lower().replace('_', '-')}"
    assert error["extensions"]["requestId"] == response.headers["x-request-id"]
    return dict(error)


async def test_a_query_may_stand_in_an_address_if_a_token_vouches_for_it(
    client: httpx.AsyncClient, bearer: Headers
) -> None:
    asked = {"query": QUERY, "variables": '{"first": 1}', "operationName": "Q"}
    answer = await client.get("/graphql", params=asked, headers=bearer)
    posted = await client.post("/graphql", json={"query": QUERY, "variables": {"first": 1}}, headers=bearer)
    assert (answer.status_code, answer.json()) == (200, posted.json())
    for variables in ("[1]", "nonsense", '"x"'):
        refused = await client.get("/graphql", params={**asked, "variables": variables}, headers=bearer)
        assert (refused.status_code, the_error(refused)["extensions"]["code"]) == (400, "BAD_REQUEST")


async def test_a_mutation_may_not(client: httpx.AsyncClient, bearer: Headers) -> None:
    answer = await client.get("/graphql", params={"query": CHANGE}, headers=bearer)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert the_error(answer)["extensions"]["code"] == "METHOD_NOT_ALLOWED"
    assert the_error(await client.post("/graphql", json={"query": CHANGE}, headers=bearer))["extensions"] != {}


async def test_a_cookie_vouches_for_no_address(client: httpx.AsyncClient) -> None:
    cookie = {"Cookie": "__Host-win-session=wins_" + "x" * 43, "Accept": "application/json"}
    answer = await client.get("/graphql", params={"query": QUERY}, headers=cookie)
    assert answer.status_code in (401, 405)
    assert answer.json().get("data") is None


async def test_a_hash_alone_is_answered_with_the_word_that_clients_know(
    client: httpx.AsyncClient, bearer: Headers
) -> None:
    answer = await client.post("/graphql", json={"extensions": HASH}, headers=bearer)
    assert (answer.status_code, the_error(answer)["message"]) == (200, "PersistedQueryNotSupported")
    assert the_error(answer)["extensions"]["code"] == "PERSISTED_QUERY_NOT_SUPPORTED"
    both = await client.post("/graphql", json={"query": "{ viewer { role } }", "extensions": HASH}, headers=bearer)
    assert both.json() == {"data": {"viewer": {"role": "CASE_MANAGER"}}}


@pytest.mark.parametrize("extensions", ["text", 0, True, [1]])
async def test_extensions_are_an_object(client: httpx.AsyncClient, bearer: Headers, extensions: object) -> None:
    body = {"query": "{ viewer { role } }", "extensions": extensions}
    answer = await client.post("/graphql", json=body, headers=bearer)
    assert (answer.status_code, the_error(answer)["extensions"]["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("document", "place"),
    [
        pytest.param("{ viewer {", {"line": 1, "column": 11}, id="cannot be read"),
        pytest.param("{\n  nothing\n}", {"line": 2, "column": 3}, id="not in the schema"),
        pytest.param("query ($a: Int!) { cases(first: $a) { totalCount } }", {"line": 1, "column": 8}, id="no value"),
    ],
)
async def test_a_wrong_document_is_located_and_has_the_status_of_the_media_type(
    client: httpx.AsyncClient, bearer: Headers, document: str, place: dict[str, int]
) -> None:
    for accepted, status in ((GRAPHQL, 400), ("application/json", 200)):
        answer = await client.post("/graphql", json={"query": document}, headers={**bearer, "Accept": accepted})
        assert answer.status_code == status
        assert "data" not in answer.json()
        assert the_error(answer)["locations"] == [place]


async def test_an_address_or_method_that_is_not_served_is_told_in_the_same_shape(
    client: httpx.AsyncClient, bearer: Headers
) -> None:
    absent = await client.get("/nowhere", headers=bearer)
    assert (absent.status_code, the_error(absent)["extensions"]["code"]) == (404, "NOT_FOUND")
    put = await client.put("/graphql", headers=bearer)
    assert (put.status_code, put.headers["allow"]) == (405, "GET, HEAD, POST")
    assert the_error(put)["extensions"]["code"] == "METHOD_NOT_ALLOWED"
    assert "GET, HEAD, POST" in the_error(put)["message"]


async def test_the_caller_of_a_token_may_choose_the_language(client: httpx.AsyncClient, bearer: Headers) -> None:
    body = {"query": '{ case(id: "nobody") { id } }'}
    told = {
        language: (await client.post("/graphql", json=body, headers={**bearer, "Accept-Language": language})).json()
        for language in ("it", "en-GB, it;q=0.5", "de")
    }
    words = {language: answer["errors"][0]["message"] for language, answer in told.items()}
    assert words["it"] == words["de"] != words["en-GB, it;q=0.5"]
