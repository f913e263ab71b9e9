"""Writing by plain SQL: hidden cases cannot be changed, and nobody can give themselves a ground to see one."""

from typing import Any

import pytest

from authz.fields import ALL_FIELDS, FIELD
from authz.roles import Role
from infra.clock import today
from infra.row_security import ACCOUNT
from tenants.cases.need_fields import TOLD, item_masks, stored_masks, told_mask
from tests.database.conftest import As, outcome
from tests.database.test_reads import BY_ROW, GROUPS
from tests.database.world import World

WRITABLE = """
SELECT c.relname, a.attname, format_type(a.atttypid, NULL) FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relkind = 'r' AND has_column_privilege('win_app', c.oid, a.attnum, 'UPDATE') ORDER BY 1, 2
"""
IMMUTABLE = {"id", "territory_id", "holder_id", "case_id", "person_id", "need_id", "account_id", "version", "opened_by"}
IMMUTABLE |= {"given_at", "given_by", "field_mask", "offered_mask", "purposes", "purpose", "basis", "until"}
IMMUTABLE |= {
    "kinds",
    "organisation_ids",
    "joint_intervention_id",
    "organisation_id",
    "proposed_by",
    "field_bit",
    "fields_mask",
}


async def test_what_says_whose_a_row_is_never_changes(world: World) -> None:
    found = {f"{table}.{column}" for table, column, _ in await world.owner.fetch(WRITABLE) if column in IMMUTABLE}
    assert found == {"access_log.fields_mask"}, "an entry of the log grows with its request"


async def test_updates_and_deletes_of_a_stranger_change_nothing(acting: As, world: World) -> None:
    for table, column, _ in await world.owner.fetch(WRITABLE):
        if table != "idempotency":
            async with acting(world.context("stranger", Role.COORDINATOR)) as connection:
                assert await connection.execute(f"UPDATE {table} SET {column} = {column}") == "UPDATE 0", table
    for table in ("case_health", "case_need", "case_need_detail"):
        async with acting(world.context("stranger", Role.COORDINATOR)) as connection:
            assert await connection.execute(f"DELETE FROM {table}") == "DELETE 0"


async def test_a_partner_writes_only_what_it_may(acting: As, world: World) -> None:
    """The partner may write phone, work and needs of one case, but no address; and anything of its own."""
    may = {"case_contacts": 2, "case_work": 2, "case_identity": 2}
    async with acting(world.context("partner", Role.CASE_MANAGER)) as connection:
        for table in GROUPS:
            column = await connection.fetchval(
                "SELECT min(attname::text) FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 "
                "AND has_column_privilege(attrelid, attnum, 'UPDATE')",
                table,
            )
            changed = await connection.execute(f"UPDATE {table} SET {column} = {column}")
            assert changed == f"UPDATE {may.get(table, 1)}", table


async def test_a_volunteer_does_not_write_what_the_role_may_not(acting: As, world: World) -> None:
    async with acting(world.context("holder", Role.VOLUNTEER)) as connection:
        assert await connection.execute("UPDATE case_health SET detail = 'x'") == "UPDATE 0"
        assert await connection.execute("UPDATE case_isee SET isee_value = 1") == "UPDATE 0"
        assert await connection.execute("UPDATE case_justice SET measures = 'x'") == "UPDATE 0"
        assert await connection.execute("DELETE FROM case_need WHERE macro = 'health'") == "DELETE 0"


def authorisation(world: World, holder: str, case: str) -> tuple[str, list[Any]]:
    return (
        "INSERT INTO authorisation (territory_id, case_id, holder_id, basis, purposes, organisation_ids, kinds, "
        "field_mask, until, given_at, given_by) VALUES ($1, $2, $3, 'consent', '{traineeship}', $4, '{}', $5, "
        "'infinity', now(), $6)",
        [world["here"], world[case], world[holder], [world["partner"]], ALL_FIELDS, world["account of partner"]],
    )


def joint_intervention(world: World, holder: str, case: str) -> tuple[str, list[Any]]:
    return (
        "INSERT INTO joint_intervention (territory_id, case_id, holder_id, purpose, proposed_at, "
        "proposed_by) VALUES ($1, $2, $3, 'traineeship', now(), $4)",
        [world["here"], world[case], world[holder], world["account of partner"]],
    )


def invitation(world: World, holder: str, case: str, work: str) -> tuple[str, list[Any]]:
    return (
        "INSERT INTO joint_intervention_partner (territory_id, joint_intervention_id, organisation_id, holder_id, "
        "case_id) VALUES ($1, $2, $3, $4, $5)",
        [world["here"], world[work], world["stranger"], world[holder], world[case]],
    )


CLAIMS = {
    "a consent for another's case": lambda world: authorisation(world, "partner", "kept"),
    "a consent in the holder's name": lambda world: authorisation(world, "holder", "kept"),
    "a consent for a case that is shared with me": lambda world: authorisation(world, "partner", "shared"),
    "joint work on another's case": lambda world: joint_intervention(world, "partner", "kept"),
    "joint work in the holder's name": lambda world: joint_intervention(world, "holder", "kept"),
    "joint work on a case that is shared with me": lambda world: joint_intervention(world, "partner", "shared"),
    "an invitation to another's joint work": lambda world: invitation(world, "partner", "treated", "work on treated"),
    "an invitation in the holder's name": lambda world: invitation(world, "holder", "treated", "work on treated"),
    "an invitation that mixes two cases": lambda world: invitation(world, "partner", "partners_own", "work on treated"),
}


@pytest.mark.parametrize("name", CLAIMS)
async def test_nobody_gives_themselves_a_ground(acting: As, world: World, name: str) -> None:
    statement, values = CLAIMS[name](world)
    async with acting(world.context("partner", Role.COORDINATOR)) as connection:
        answer = await outcome(connection, statement, *values)
        refused = ("InsufficientPrivilegeError: new row violates row-level security", "ForeignKeyViolationError")
        assert answer.startswith(refused), answer


ANSWER = "UPDATE joint_intervention_partner SET status = 'accepted'"
WORK_OF = "SELECT 1 FROM case_work WHERE case_id = $1"
GROUND_CHANGES = {
    "accept for another": "UPDATE joint_intervention_partner SET status = 'accepted' WHERE organisation_id <> $1",
    "undo a withdrawal": "UPDATE authorisation SET withdrawn_at = NULL WHERE holder_id <> $1",
    "open closed work again": "UPDATE joint_intervention SET closed_at = NULL WHERE holder_id <> $1",
}


@pytest.mark.parametrize("name", GROUND_CHANGES)
async def test_nobody_changes_another_organisations_part(acting: As, world: World, name: str) -> None:
    async with acting(world.context("partner", Role.COORDINATOR)) as connection:
        assert await connection.execute(GROUND_CHANGES[name], world["partner"]) == "UPDATE 0"


async def test_the_holder_cannot_accept_for_a_partner(acting: As, world: World) -> None:
    async with acting(world.context("holder", Role.COORDINATOR)) as connection:
        changed = await connection.execute("UPDATE joint_intervention_partner SET status = 'accepted'")
        assert changed == "UPDATE 0"
        answer = await outcome(
            connection,
            "INSERT INTO joint_intervention_partner (territory_id, joint_intervention_id, organisation_id, holder_id, "
            "case_id, status) VALUES ($1, $2, $3, $4, $5, 'accepted')",
            *(world["here"], world["work on treated"], world["stranger"], world["holder"], world["treated"]),
        )
    assert answer.startswith("InsufficientPrivilegeError: permission denied")


async def test_accepting_gives_a_ground_and_withdrawing_takes_it(acting: As, world: World) -> None:
    """The triggers see to it, whatever statement makes the change."""
    count = "SELECT count(*) FROM case_access WHERE case_id = $1 AND organisation_id = $2 AND until > now()"
    key = (world["shared"], world["invited"])
    async with acting(world.context("invited", Role.CASE_MANAGER)) as connection:
        assert await connection.fetchval(count, *key) == 0
        assert await connection.fetch(WORK_OF, world["shared"]) == []
        assert await connection.execute(f"{ANSWER}, answered_at = now(), answered_by = {ACCOUNT}") == "UPDATE 1"
        assert await connection.fetchval(count, *key) == 1
        assert len(await connection.fetch(WORK_OF, world["shared"])) == 1
        await connection.execute("SELECT set_config('win.organisation_id', $1, true)", str(world["holder"]))
        withdrawn = f"withdrawn_at = now(), withdrawn_by = {ACCOUNT}, withdrawal_reason = 'x'"
        await connection.execute(f"UPDATE authorisation SET {withdrawn} WHERE case_id = $1", world["shared"])
        await connection.execute("SELECT set_config('win.organisation_id', $1, true)", str(world["invited"]))
        assert await connection.fetchval(count, *key) == 0
        assert await connection.fetch(WORK_OF, world["shared"]) == []


FORGED = {
    "not at all": "",
    "in advance, to share for longer": f", answered_at = now() + interval '1 day', answered_by = {ACCOUNT}",
    "long ago": f", answered_at = now() - interval '1 day', answered_by = {ACCOUNT}",
    "by nobody": ", answered_at = now()",
    "by another": ", answered_at = now(), answered_by = '{other}'",
}


@pytest.mark.parametrize("how", FORGED)
async def test_an_answer_is_given_now_and_in_ones_own_name(acting: As, world: World, how: str) -> None:
    given = FORGED[how].replace("{other}", str(world["account of holder"]))
    async with acting(world.context("invited", Role.COORDINATOR)) as connection:
        answer = await outcome(connection, f"{ANSWER}{given}")
    assert answer.startswith("InsufficientPrivilegeError: new row violates row-level security")


@pytest.mark.parametrize("who", ["partner", "declined"])
async def test_an_answer_is_given_once(acting: As, world: World, who: str) -> None:
    async with acting(world.context(who, Role.COORDINATOR)) as connection:
        assert await connection.execute(f"{ANSWER}, answered_at = now(), answered_by = {ACCOUNT}") == "UPDATE 0"


async def test_a_protected_address_is_to_a_partner_as_if_there_were_none(acting: As, world: World) -> None:
    """It has no row, writing is refused as it is where none is protected, and no ground changes by it."""
    case = world["shared"]
    me = "SELECT set_config('win.organisation_id', $1, true)"
    grounds = "SELECT * FROM case_access WHERE case_id = $1 ORDER BY clause, authorisation_id"
    write = "INSERT INTO case_address (territory_id, case_id, address) VALUES ($1, $2, 'x')"
    found: dict[bool, list[object]] = {}
    async with acting(world.context("holder", Role.CASE_MANAGER)) as connection:
        for protected in (False, True):
            await connection.execute(me, str(world["holder"]))
            change = "UPDATE case_address SET protected = $2 WHERE case_id = $1"
            assert await connection.execute(change, case, protected) == "UPDATE 1"
            await connection.execute(me, str(world["partner"]))
            rows = await connection.fetch("SELECT FROM case_address WHERE case_id = $1", case)
            assert len(rows) == (0 if protected else 1)
            changed = await connection.execute("UPDATE case_address SET address = 'x' WHERE case_id = $1", case)
            added = await outcome(connection, write, world["here"], case)
            found[protected] = [changed, added, await connection.fetch(grounds, case)]
    assert found[False] == found[True]
    assert found[True][0] == "UPDATE 0"


async def test_a_holder_opens_cases_of_its_own_persons_only(acting: As, world: World) -> None:
    statement = (
        "INSERT INTO case_file (territory_id, number, holder_id, person_id, status, opened_on, opened_by) "
        "VALUES ($1, 'N-1', $2, $3, 'listening', $4, $5) RETURNING 1"
    )
    facts = (world["here"], world["partner"])
    who = world["account of partner"]
    async with acting(world.context("partner", Role.CASE_MANAGER)) as connection:
        own = await outcome(connection, statement, *facts, world["person of partners_own"], today(), who)
        others = await outcome(connection, statement, *facts, world["person of shared"], today(), who)
    assert own == "[(1,)]"
    assert others.startswith("ForeignKeyViolationError")


ENTRY = {
    "territory_id": "a.territory_id",
    "at": "now()",
    "request_id": "gen_random_uuid()",
    "organisation_id": "a.organisation_id",
    "account_id": ACCOUNT,
    "holder_id": "a.holder_id",
    "case_id": "a.case_id",
    "source_id": "a.source_id",
    "fields_mask": "a.read_mask",
    "clause": "a.clause",
    "authorisation_id": "a.authorisation_id",
    "kind": "'opened'",
    "reader_name": "own_name()",
    "reader_role": f"(SELECT m.role FROM member m WHERE m.account_id = {ACCOUNT})",
}
FALSE_ENTRIES = {
    "in another's name": {"account_id": "gen_random_uuid()"},
    "for another organisation": {"organisation_id": "a.holder_id"},
    "of long ago": {"at": "now() - interval '1 day'"},
    "of tomorrow": {"at": "now() + interval '1 day'"},
    "of a case without a ground": {"case_id": "gen_random_uuid()"},
    "of another ground": {"source_id": "gen_random_uuid()"},
    "by another clause": {"clause": "7"},
    "of more than is read": {"fields_mask": "a.read_mask | (1::bigint << 38)"},
    "of a refusal": {"kind": "'refused'"},
    "by another name": {"reader_name": "'Chi legge'"},
    "in another role": {"reader_role": "'auditor'"},
}


def entry(**changes: str) -> str:
    """Return the insert of an entry about what the ground of the partner shows, with these changes."""
    values = {**ENTRY, **changes}
    return (
        f"INSERT INTO access_log ({', '.join(values)}) SELECT {', '.join(values.values())} FROM case_access a "
        "WHERE a.case_id = $1 AND a.clause > 0"
    )


@pytest.mark.parametrize("how", FALSE_ENTRIES)
async def test_nobody_writes_a_false_entry_into_the_log(acting: As, world: World, how: str) -> None:
    async with acting(world.context("partner", Role.CASE_MANAGER)) as connection:
        answer = await outcome(connection, entry(**FALSE_ENTRIES[how]), world["shared"])
        assert answer.startswith("InsufficientPrivilegeError: new row violates row-level security"), answer
        assert await connection.execute(entry(), world["shared"]) == "INSERT 0 1"
        ended = await outcome(connection, entry(), world["expired"])
        assert ended.startswith("InsufficientPrivilegeError: new row violates row-level security"), ended


async def test_an_entry_grows_with_its_request_and_never_shrinks(acting: As, world: World) -> None:
    async with acting(world.context("partner", Role.CASE_MANAGER)) as connection:
        await connection.execute(entry(fields_mask="0"), world["shared"])
        await connection.execute("UPDATE access_log SET fields_mask = 2 WHERE fields_mask = 0")
        answer = await outcome(connection, "UPDATE access_log SET fields_mask = 0 WHERE fields_mask = 2")
        assert answer.startswith("RestrictViolationError"), answer
        for beyond in ("fields_mask = -1", "kind = 'refused'"):
            answer = await outcome(connection, f"UPDATE access_log SET {beyond} WHERE fields_mask = 2")
            assert answer.startswith("InsufficientPrivilegeError"), answer
        # The entry of another moment is as if it were not there: nobody may touch it again.
        mine = "UPDATE access_log SET kind = 'listed' WHERE case_id = $1"
        assert await connection.execute(mine, world["partners_own"]) == "UPDATE 0"
        assert (await outcome(connection, "DELETE FROM access_log")).startswith("InsufficientPrivilegeError")


async def test_health_is_hidden_and_kept_field_by_field(acting: As, world: World) -> None:
    async with acting(world.context("clinic", Role.CASE_MANAGER)) as connection:
        details = await connection.fetch("SELECT detail FROM case_health")
        assert [row[0] for row in details] == ["treated case_health conditions"]
        assert await connection.execute("UPDATE case_health SET detail = 'x'") == "UPDATE 1"
        answer = await outcome(
            connection,
            "INSERT INTO case_health (territory_id, case_id, field_bit, detail) VALUES ($1, $2, $3, 'x')",
            *(world["here"], world["kept"], FIELD["health.conditions"].bit),
        )
    assert answer.startswith("InsufficientPrivilegeError")


async def test_a_row_is_not_moved_to_another_field(acting: As, world: World) -> None:
    moves = {"case_health": "field_bit = 40", "case_need": "fields_mask = 0", "case_need_detail": "fields_mask = 0"}
    assert set(moves) == set(BY_ROW)
    async with acting(world.context("clinic", Role.CASE_MANAGER)) as connection:
        for table, move in moves.items():
            answer = await outcome(connection, f"UPDATE {table} SET {move}")
            assert answer.startswith("InsufficientPrivilegeError"), table


ADD_NEED = (
    "INSERT INTO case_need (territory_id, case_id, macro, fields_mask, recorded_on) "
    "VALUES ($1, $2, $3, $4, current_date) RETURNING id"
)
ADD_DETAIL = (
    "INSERT INTO case_need_detail (territory_id, case_id, need_id, item, fields_mask) VALUES ($1, $2, $3, $4, $5)"
)


@pytest.mark.parametrize("macro", TOLD)
async def test_a_need_is_stored_under_the_fields_of_its_item_and_no_others(
    acting: As, world: World, macro: str
) -> None:
    """The database has the table of the catalogue too: what is kept elsewhere is what somebody else could read."""
    here, case = world["here"], world["kept"]
    async with acting(world.context("holder", Role.CASE_MANAGER)) as connection:
        for item in TOLD[macro]:
            told = told_mask(macro, item)
            need = await connection.fetchval(ADD_NEED, here, case, macro, told)
            for wrong in {0, FIELD["health.mental"].mask, FIELD["justice.measures"].mask} - stored_masks()[macro]:
                answer = await outcome(connection, ADD_NEED, here, case, macro, wrong)
                assert answer.startswith("CheckViolationError"), (macro, wrong)
            for item_of_another in ("eviction", "depression", "psychic", "1"):
                if item_masks().get(item_of_another) != told:
                    answer = await outcome(connection, ADD_DETAIL, here, case, need, item_of_another, told)
                    assert answer.startswith("CheckViolationError"), (item, item_of_another)
            assert await outcome(connection, ADD_DETAIL, here, case, need, item, told) == "[]"


async def test_no_key_cascades(world: World) -> None:
    cascading = await world.owner.fetch(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND (confdeltype <> 'a' OR confupdtype <> 'a')"
    )
    assert cascading == []
