"""What an operator does for somebody whose codes are lost."""

import asyncpg
import pytest
from pydantic import SecretStr

from infra.database import as_role
from infra.errors import SetupError
from infra.settings import Settings
from tenants.members.commands import unlocked
from tests.api.people import CARITAS, someone

SWITCHED_ON = "INSERT INTO second_factor (account_id, salt, started_at, confirmed_at) VALUES ($1, 'x', now(), now())"


async def test_the_second_factor_of_one_account_is_taken_off(
    database_url: str, secret: str, owner: asyncpg.Connection
) -> None:
    given = Settings(database_url=as_role(database_url, "win_owner", secret), secret_key=SecretStr(secret))
    person, other = await someone(owner, CARITAS), await someone(owner, CARITAS)
    for one in (person, other):
        await owner.execute(SWITCHED_ON, one.account_id)
    await unlocked(given, f" {person.email.upper()}")
    left = await owner.fetch("SELECT account_id FROM second_factor")
    assert (person.account_id in {row[0] for row in left}, other.account_id in {row[0] for row in left}) == (
        False,
        True,
    )
    for email in (person.email, "nessuno@prova.example"):
        with pytest.raises(SetupError):
            await unlocked(given, email)
