"""What an operator does for somebody whose codes are lost."""

import asyncpg
import pytest

from infra.errors import SetupError
from tenants.members.commands import unlocked
from tests.api.people import CARITAS, someone

SWITCHED_ON = "INSERT INTO second_factor (account_id, salt, started_at, confirmed_at) VALUES ($1, 'x', now(), now())"


async def test_the_second_factor_of_one_account_is_taken_off(owner: asyncpg.Connection) -> None:
    person, other = await someone(owner, CARITAS), await someone(owner, CARITAS)
    for one in (person, other):
        await owner.execute(SWITCHED_ON, one.account_id)
    before = await owner.fetchval("SELECT count(*) FROM letter WHERE kind = 'factor_unlocked'")
    await unlocked(owner, f" {person.email.upper()}")
    told = await owner.fetch("SELECT email FROM letter WHERE kind = 'factor_unlocked' ORDER BY at DESC")
    assert (len(told) - before, told[0]["email"]) == (1, person.email)
    left = {row["account_id"] for row in await owner.fetch("SELECT account_id FROM second_factor")}
    assert left & {person.account_id, other.account_id} == {other.account_id}
    for email in (person.email, "nessuno@prova.example"):
        with pytest.raises(SetupError):
            await unlocked(owner, email)
