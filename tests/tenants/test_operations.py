"""One key, one request, once: whatever comes twice, at once, or under another's name."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from authz.actor import Actor
from infra.clock import new_id
from infra.database import Connection
from infra.errors import BadRequest, IdempotencyConflict
from tenants.operations.service import remember, remembered
from tests.tenants.office import Office, acting, at_once, do, open_office, see

OUTCOMES = {"openCase": {"row": "1", "problems": [{"text": "è 'così' \\ \"là\""}]}}


@pytest.fixture(scope="module")
async def office(database: str, owner: Connection) -> AsyncIterator[Office]:
    async with open_office(owner) as office:
        yield office


async def request(actor: Actor, key: str, body: bytes = b"1", outcomes: Any = OUTCOMES) -> Any:
    """Do what an operation does with its key; return what it did before, if it did."""
    async with acting(actor):
        before = await remembered(actor, key, body)
        if before is None:
            await asyncio.sleep(0)
            await remember(actor, key, body, outcomes)
        return before


async def test_the_same_request_gets_what_it_did(office: Office) -> None:
    key = str(new_id())
    assert await request(office.anna, key) is None
    assert await request(office.anna, key, outcomes={}) == OUTCOMES
    with pytest.raises(IdempotencyConflict):
        await request(office.anna, key, b"2")


async def test_what_was_rolled_back_was_not_done(office: Office) -> None:
    key = str(new_id())

    async def fail() -> None:
        async with acting(office.anna):
            assert await remembered(office.anna, key, b"1") is None
            await remember(office.anna, key, b"1", OUTCOMES)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await request(office.anna, key, b"2") is None


async def test_a_key_is_of_one_account_in_one_organisation(office: Office) -> None:
    key = str(new_id())
    elsewhere = replace(office.giulia, account_id=office.anna.account_id)
    for actor in (office.anna, office.piero, elsewhere):
        assert await request(actor, key, str(actor.role).encode()) is None
    assert len(await see(office.anna, "SELECT FROM idempotency WHERE key = $1", key)) == 1


async def test_of_many_at_once_one_does_it_and_the_others_hear(office: Office) -> None:
    key = str(new_id())
    results = await at_once(*(request(office.anna, key) for _ in range(5)))
    assert sorted(map(str, results)) == sorted(map(str, [None, *[OUTCOMES] * 4]))


@pytest.mark.parametrize("key", ["", "a" * 201, "è", "a\nb", "a\x00", "\x7f", "🔑"])
async def test_what_cannot_be_a_key(office: Office, key: str) -> None:
    with pytest.raises(BadRequest):
        await do(office.anna, remembered, key, b"1")


async def test_the_longest_key(office: Office) -> None:
    key = str(new_id()).ljust(200, "~")
    assert await request(office.anna, key) is None
    assert await request(office.anna, key) == OUTCOMES
