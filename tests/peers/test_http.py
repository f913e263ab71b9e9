"""GraphQL over HTTP, by the audit of the package `graphql-http`: every demand is met."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.conftest import CAST
from tests.peers.conftest import Peer
from tests.web.browser import serving, until_it_answers


async def test_no_audit_fails_or_warns(
    peer: Peer, database_url: str, token: Callable[[str, str], Awaitable[str]], tmp_path: Path
) -> None:
    with serving(database_url, tmp_path / "log") as origin:
        await until_it_answers(origin)
        results = peer("http.js", f"{origin}/graphql", await token(*CAST["anna"]))
    assert len(results) > 50
    assert [one for one in results if one["status"] in ("error", "warn")] == []
    # What may be done and is not: a form in an address.
    assert {one["id"] for one in results if one["status"] == "notice"} <= {"5A70"}
