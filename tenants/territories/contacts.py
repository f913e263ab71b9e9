"""Whom anybody may ask about a territory."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.database import transaction

CONTACTS = "SELECT territory, name, role, email FROM territory_contacts()"


@dataclass(frozen=True)
class Contact:
    """Who answers for a territory."""

    territory: str
    name: str
    role: str
    email: str


async def contacts() -> Sequence[Contact]:
    """Return the contact of every territory that names one, by the territory's name; nobody has to be signed in."""
    async with transaction() as connection:
        rows = await connection.fetch(CONTACTS)
    return [Contact(row["territory"], row["name"], row["role"] or "", row["email"] or "") for row in rows]
