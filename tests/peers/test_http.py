"""GraphQL over HTTP, by the audit of the package `graphql-http`: every demand is met."""

from collections.abc import Awaitable, Callable

from tests.conftest import CAST, Served
from tests.peers.conftest import Peer


async def test_no_audit_fails_or_warns(peer: Peer, served: Served, token: Callable[[str, str], Awaitable[str]]) -> None:
    results = peer("http.js", f"{served.origin}/graphql", await token(*CAST["anna"]))
    assert len(results) > 50
    assert [one for one in results if one["status"] in ("error", "warn")] == []
    # What may be done and is not: a form in an address.
    assert {one["id"] for one in results if one["status"] == "notice"} <= {"5A70"}
