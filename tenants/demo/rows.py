"""Rows on their way to the database: gathered by table, copied aside, then inserted a table at a time."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from infra.database import Connection

COLUMNS: dict[str, tuple[str, ...]] = {
    "organisation": ("id", "slug", "name", "kind", "is_lead", "valid_from", "is_demo"),
    "member": ("id", "account_id", "organisation_id", "role", "valid_from"),
    "person": ("id", "organisation_id", "reference", "is_demo"),
    "case_file": (
        "id",
        "number",
        "holder_id",
        "person_id",
        "status",
        "opened_on",
        "closed_on",
        "closure_reason",
        "opened_by",
        "is_demo",
    ),
    "case_identity": ("case_id", "given_name", "family_name", "birth_date", "birth_year", "sex"),
    "case_name_word": ("case_id", "word"),
    "case_identity_code": ("case_id", "code", "kind"),
    "case_contacts": ("case_id", "municipality", "phone", "email"),
    "case_address": ("case_id", "address", "protected"),
    "case_legal_status": ("case_id", "citizenship", "residence_permit"),
    "case_disadvantage": ("case_id", "statuses"),
    "case_economic": ("case_id", "income_band", "debts", "benefits"),
    "case_isee": ("case_id", "isee_value", "valid_until"),
    "case_work": ("case_id", "profile", "history"),
    "case_education": ("case_id", "level", "languages"),
    "case_housing": ("case_id", "situation"),
    "case_health": ("case_id", "field_bit", "detail"),
    "case_justice": ("case_id", "measures"),
    "case_need": ("id", "case_id", "macro", "fields_mask", "recorded_on"),
    "case_need_detail": ("need_id", "case_id", "fields_mask", "item", "note"),
    "authorisation": (
        "id",
        "case_id",
        "holder_id",
        "basis",
        "purposes",
        "organisation_ids",
        "kinds",
        "field_mask",
        "until",
        "given_at",
        "given_by",
        "withdrawn_at",
        "withdrawn_by",
        "withdrawal_reason",
    ),
    "joint_intervention": (
        "id",
        "case_id",
        "holder_id",
        "purpose",
        "proposed_at",
        "proposed_by",
        "closed_at",
        "closed_by",
        "closing_reason",
    ),
    "joint_intervention_offer": ("joint_intervention_id", "case_id", "holder_id", "offered_mask", "message"),
    "joint_intervention_partner": (
        "joint_intervention_id",
        "organisation_id",
        "holder_id",
        "case_id",
        "status",
        "answered_at",
        "answered_by",
        "decline_reason",
    ),
    "event": (
        "kind",
        "organisation_id",
        "account_id",
        "holder_id",
        "case_id",
        "joint_intervention_id",
        "partner_id",
        "at",
        "state",
    ),
}
"""The tables in the order in which rows refer to each other."""
FILLED = (*COLUMNS, "joint_intervention_authorisation", "case_access")
"""Every table that a demonstration fills; the last two are made by the database from the others."""


class Rows:
    """Rows of one territory, by table, in the order of `COLUMNS`."""

    def __init__(self) -> None:
        self._tables: dict[str, list[tuple[Any, ...]]] = defaultdict(list)

    def add(self, table: str, *values: object) -> None:
        """Gather one row; values stand in the order of the table's columns here."""
        self._tables[table].append(values)

    def of(self, table: str) -> list[tuple[Any, ...]]:
        """Return what was gathered for one table."""
        return self._tables[table]

    async def write(self, connection: Connection, territory_id: UUID) -> None:
        """Insert everything; the territory must be the one of the transaction's context.

        COPY is refused where row security is forced, so rows are copied into a table of this transaction
        first. One INSERT a table also means one run of its statement triggers.
        """
        for table, columns in COLUMNS.items():
            if self._tables[table]:
                await self._write_table(connection, territory_id, table, columns)

    async def _write_table(
        self, connection: Connection, territory_id: UUID, table: str, columns: tuple[str, ...]
    ) -> None:
        aside, names = f"demo_{table}", ", ".join(columns)
        await connection.execute(f"CREATE TEMP TABLE {aside} AS SELECT {names} FROM {table} WITH NO DATA")
        await connection.copy_records_to_table(aside, records=self._tables[table], columns=columns)
        await connection.execute(
            f"INSERT INTO {table} (territory_id, {names}) SELECT $1, {names} FROM {aside}", territory_id
        )
        await connection.execute(f"DROP TABLE {aside}")
