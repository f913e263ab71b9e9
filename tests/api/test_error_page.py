"""The page that errors point to."""

import httpx

from infra.errors import ErrorCode, ProblemCode
from infra.settings import public_address
from tests.conftest import Ask


async def test_an_error_leads_to_its_description(client: httpx.AsyncClient, ask: Ask) -> None:
    body = await ask("anna", '{ case(id: "nobody") { id } }')
    address, _, anchor = body["errors"][0]["extensions"]["docUrl"].removeprefix(public_address()).partition("#")
    page = await client.get(address)
    assert page.status_code == 200
    assert f'id="{anchor}"' in page.text
    assert body["errors"][0]["message"].split(".")[0] in page.text.replace("&#x27;", "'")


async def test_every_code_is_described(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs/errors")).text
    for code in (*ErrorCode, *ProblemCode):
        assert f"<code>{code.value}</code>" in page
    assert "{" not in page
