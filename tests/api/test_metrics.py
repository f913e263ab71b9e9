"""The counters: what they count, and that no caller can make them grow or speak."""

import json
import random
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import httpx
from prometheus_client.parser import text_string_to_metric_families

from api.schema import schema
from infra.database import pool_state
from infra.errors import ErrorCode
from tests.api.people import Browser, Someone
from tests.api.test_headers import ROUTES as OF_ANOTHER
from tests.conftest import CAST, THOROUGH, setting

HERE = "127.0.0.1"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]
Token = Callable[[str, str], Awaitable[str]]


def series(name: str, **labels: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    return name, tuple(sorted(labels.items()))


async def scrape(client: httpx.AsyncClient) -> Samples:
    response = await client.get("/metrics")
    assert response.status_code == 200
    families = text_string_to_metric_families(response.text)
    return {series(sample.name, **sample.labels): sample.value for family in families for sample in family.samples}


def of(samples: Samples, name: str, **labels: str) -> float:
    return samples.get(series(name, **labels), 0)


async def test_requests_are_counted_by_method_template_and_class(browser: Browser) -> None:
    client = browser(HERE)
    before = await scrape(client)
    case = f"/cases/case_{uuid4().hex}"
    for method, path in (("GET", "/livez"), ("GET", case), ("GET", "/no/such/page"), ("PATCH", "/session")):
        await client.request(method, path)
    after = await scrape(client)
    for method, route, status in (
        ("GET", "/livez", "2xx"),
        ("GET", "/cases/{case}", "3xx"),
        ("GET", "none", "4xx"),
        ("PATCH", "/session", "4xx"),
    ):
        labels = {"method": method, "route": route}
        assert of(after, "win_http_requests_total", status=status, **labels) == 1 + of(
            before, "win_http_requests_total", status=status, **labels
        )
        took = [of(one, "win_http_request_seconds_count", **labels) for one in (before, after)]
        assert took[1] == took[0] + 1
    # The scrape itself is the one that runs.
    assert of(after, "win_http_requests_running") == 1
    assert case not in str(after)


async def test_operations_are_counted_by_root_field_and_outcome(browser: Browser, token: Token) -> None:
    client = browser(HERE, authorization=f"Bearer {await token(*CAST['anna'])}")
    before = await scrape(client)
    absent = "case_" + str(uuid4())
    asked = (
        "query Amina { viewer { email } again: viewer { role } cases(first: 1) { nodes { id } } }",
        f'query Amina {{ viewer {{ email }} ...All }} fragment All on Query {{ gone: case(id: "{absent}") {{ id }} }}',
        f'mutation Amina {{ markNotificationRead(input: {{notificationId: "{absent}"}}) {{ notification {{ id }} }} }}',
        "query Amina { amina }",
        "query Amina {",
        "query Amina { viewer { email } " + " ".join(f"a{n}: viewer {{ email }}" for n in range(40)) + " }",
    )
    for document in asked:
        await client.post("/graphql", json={"query": document})
    await browser(HERE).post("/graphql", json={"query": "{ viewer { email } }"})
    await client.post("/graphql", content=b" " * (1024 * 1024 + 1), headers={"content-type": "application/json"})
    after = await scrape(client)
    for operation, field, code, more in (
        ("query", "viewer", "OK", 2),
        ("query", "cases", "OK", 1),
        ("query", "case", "NOT_FOUND", 1),
        ("mutation", "markNotificationRead", "NOT_FOUND", 1),
        ("none", "none", "BAD_REQUEST", 2),
        ("none", "none", "LIMIT_EXCEEDED", 1),
    ):
        labels = {"operation": operation, "field": field, "code": code}
        assert (
            of(after, "win_graphql_fields_total", **labels) - of(before, "win_graphql_fields_total", **labels) == more
        )
    for limit in ("aliases", "body"):
        assert of(after, "win_refused_total", limit=limit) - of(before, "win_refused_total", limit=limit) == 1
    assert "Amina" not in str(after)


async def test_slowed_down_sign_ins_are_counted(browser: Browser, person: Someone) -> None:
    client = browser(HERE)
    before = await scrape(client)
    for _ in range(7):
        await client.post("/session", json={"email": person.email, "password": "sbagliata"})
    after = await scrape(client)
    assert of(after, "win_refused_total", limit="sign_in") > of(before, "win_refused_total", limit="sign_in")
    assert person.email not in str(after)


HOSTILE = 500 if THOROUGH else 100


def hostile(chance: random.Random, number: int) -> str:
    """A word of a stranger's: some are names of the schema's, and some try to break out of the label."""
    return chance.choice([f"x{number}", f"viewer{number}", f'a"}} {number}\n', f"è{number}", f"Amina Prova {number}"])


async def test_hostile_names_make_no_new_series(browser: Browser, token: Token) -> None:
    client = browser(HERE, authorization=f"Bearer {await token(*CAST['anna'])}")
    chance = random.Random(11)  # noqa: S311 (what a stranger might send)

    async def send(number: int) -> None:
        word = hostile(chance, number)
        path = httpx.URL("https://win.example").copy_with(
            raw_path=f"/{number}/".encode() + word.encode("utf-8").hex().encode()
        )
        await client.request(chance.choice(["GET", "POST", f"M{number}"]), path)
        await client.get(f"/cases/{number}", params={"q": word})
        name = f"Name{number}"
        for document in (
            f"query {name} {{ k{number}: viewer {{ email }} }}",
            f"query {name} {{ k{number} {{ email }} }}",
            f"query {name} {{ viewer {{ email }} }} query Other{number} {{ viewer {{ role }} }}",
        ):
            body = {"query": document, "operationName": chance.choice([name, word])}
            await client.post("/graphql", content=json.dumps(body), headers={"content-type": "application/json"})

    await send(0)
    for method in ("GET", "POST", "OTHER"):
        await client.request("M0" if method == "OTHER" else method, "/nowhere")
        await client.request("M0" if method == "OTHER" else method, "/cases/0")
    for document in ("{ a: viewer { email } }", "{ a }", "query A { viewer { email } }"):
        await client.post("/graphql", json={"query": document, "operationName": None})
        await client.post("/graphql", json={"query": document, "operationName": "B"})
    before = await scrape(client)
    for number in range(1, HOSTILE + 1):
        await send(number)
    after = await scrape(client)
    assert after.keys() - before.keys() == set()
    assert answered(after) - answered(before) >= 5 * HOSTILE


def answered(samples: Samples) -> float:
    """Return how many requests were answered."""
    return sum(value for (name, _), value in samples.items() if name == "win_http_requests_total")


async def test_labels_are_words_of_ours(browser: Browser) -> None:
    from web.app import build

    known = {
        "method": {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "OTHER"},
        "route": {getattr(route, "path", "") for route in (*build().routes, *OF_ANOTHER)} | {"none"},
        "status": {"none", *(f"{number}xx" for number in range(1, 6))},
        "operation": {"query", "mutation", "none"},
        "field": {"none", "__typename", "__schema", "__type"},
        "code": {"OK", *ErrorCode},
    }
    for root in (schema._schema.query_type, schema._schema.mutation_type):
        assert root is not None
        known["field"] |= root.fields.keys()
    for name, labels in await scrape(browser(HERE)):
        if name.startswith(("win_http", "win_graphql")):
            assert [label for label, word in labels if label != "le" and word not in known[label]] == []


async def test_the_pool_the_process_and_the_worker(browser: Browser) -> None:
    client = browser(HERE)
    samples = await scrape(client)
    state = pool_state()
    assert state is not None
    assert of(samples, "win_pool_connections", state="most") == state.most == 10
    assert 0 <= of(samples, "win_pool_connections", state="used") <= of(samples, "win_pool_connections", state="opened")
    assert of(samples, "process_resident_memory_bytes") > 0
    async with setting("WIN_REDIS_URL", "redis://127.0.0.1:1"):
        samples = await scrape(client)
    assert of(samples, "win_worker_seen") == 0
    # What nobody has counted is not there, or an alarm would take it for none.
    assert [name for name, _ in samples if name.startswith("win_outbox")] == []


async def test_the_operators_page_names_every_series(browser: Browser) -> None:
    page = (Path(__file__).parents[2] / "docs" / "operating.md").read_text("utf-8")
    lines = (await browser(HERE).get("/metrics")).text.splitlines()
    served = {line.split(" ")[2] for line in lines if line.startswith("# TYPE win_")}
    of_the_worker = {"win_outbox_events", "win_outbox_oldest_seconds"}
    rows = re.findall(r"^\| `(win_\w+)` \|", page, re.MULTILINE)
    assert sorted(rows) == sorted(served | of_the_worker)
