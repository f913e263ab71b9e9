"""Nothing tells that a hidden row exists: hidden and absent get the same answer, to the letter.

Not promised: the planner's estimates and the counts of EXPLAIN ANALYZE are made from all rows, which PostgreSQL does
not hide from whoever may write statements. The program sends no EXPLAIN, and no statement comes from outside.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from authz.roles import Role
from infra.clock import new_id
from tenants.members import passwords
from tests.database.conftest import As, outcome
from tests.database.test_reads import GROUPS, TABLES, WORK
from tests.database.world import World

STORED = passwords.stored("nobody's")
FUNCTIONS = """
SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND has_function_privilege('win_app', p.oid, 'EXECUTE')
 ORDER BY 1
"""

TOUCH = "SELECT * FROM touch_case($1, 'work', 1, ARRAY[1::bigint << 25])"

# How each function that the serving role may call is asked about a row that is there but hidden from a stranger,
# and about one that is not there. None: what it tells is not about rows of a tenant.
ASKED: dict[str, Callable[[Any, World], Any] | None] = {
    "log_refused(uuid[],uuid,uuid)": lambda hidden, world: (
        "SELECT log_refused(ARRAY[$1::uuid], '01900000-0000-7000-8000-000000000000', NULL)",
        world["kept"] if hidden else new_id(),
    ),
    "sharing_if(uuid,text,bigint,uuid[],uuid[],uuid,uuid,uuid)": lambda hidden, world: (
        "SELECT * FROM sharing_if($1, 'traineeship', -1, ARRAY[current_setting('win.organisation_id')::uuid], "
        "ARRAY[$1], $1, $1, $1)",
        world["kept"] if hidden else new_id(),
    ),
    "touch_case(uuid,text,integer,bigint[])": lambda hidden, world: (TOUCH, world["kept"] if hidden else new_id()),
    "change_case_status(uuid,text,text,integer)": lambda hidden, world: (
        "SELECT * FROM change_case_status($1, 'closed', 'other', NULL)",
        world["kept"] if hidden else new_id(),
    ),
    "stands(uuid,uuid)": lambda hidden, world: (
        f"SELECT stands($1, '{world['partner']}')",
        world["work on shared"] if hidden else new_id(),
    ),
    "open_session(uuid,bytea,uuid,bytea,uuid,bytea,text,text,text)": lambda hidden, world: (
        f"SELECT open_session(gen_random_uuid(), 'x', $1, '-', '{world['member of holder']}', NULL, '', '', '')",
        world["account of holder"] if hidden else new_id(),
    ),
    "switch_session(uuid,bytea,uuid,bytea)": lambda hidden, world: (
        "SELECT switch_session(gen_random_uuid(), 'x', $1, 'stranger')",
        world["member of holder"] if hidden else new_id(),
    ),
    **{
        f"{name}(uuid,bytea)": lambda hidden, world, name=name: (
            f"SELECT * FROM {name}($1, '-')",
            world["account of holder"] if hidden else new_id(),
        )
        for name in ("proved_memberships", "hold_account", "proved_factor")
    },
    "know_device(uuid,bytea,text,timestamp with time zone)": lambda hidden, world: (
        "SELECT know_device($1, '-', 'x', now())",
        world["account of holder"] if hidden else new_id(),
    ),
    "renew_password(uuid,bytea,text)": lambda hidden, world: (
        f"SELECT renew_password($1, '-', '{STORED}')",
        world["account of holder"] if hidden else new_id(),
    ),
    "end_session(uuid)": lambda hidden, world: (
        "SELECT end_session($1)",
        world["session of holder"] if hidden else new_id(),
    ),
    "end_other_sessions(uuid)": lambda hidden, world: (
        "SELECT end_other_sessions($1)",
        world["session of holder"] if hidden else new_id(),
    ),
    "change_password(uuid,bytea,text,bytea)": lambda hidden, world: (
        f"SELECT change_password($1, '-', '{STORED}', '1')",
        world["session of holder"] if hidden else new_id(),
    ),
    "confirm_second_factor(uuid,bytea,bigint,text[],text)": lambda hidden, world: (
        "SELECT confirm_second_factor($1, 'x', 1, '{}', 'x')",
        world["session of holder"] if hidden else new_id(),
    ),
    "use_code_of_step(uuid,bytea,bytea,bigint)": lambda hidden, world: (
        "SELECT use_code_of_step($1, '-', 'x', 1)",
        world["account of holder"] if hidden else new_id(),
    ),
    "use_recovery_code(uuid,bytea,text)": lambda hidden, world: (
        "SELECT use_recovery_code($1, '-', 'x')",
        world["account of holder"] if hidden else new_id(),
    ),
    # About the account in the context alone.
    **dict.fromkeys(
        (
            *("start_second_factor(bytea,bytea)", "end_second_factor(bytea)", "own_memberships()"),
            *("second_factor_begun()", "own_second_factor()", "own_sessions()", "set_language(text)"),
            *("gets_news()", "set_news_by_mail(boolean)"),
        )
    ),
    **{
        f"{name}(uuid)": lambda hidden, world, name=name, row=row: (
            f"SELECT * FROM {name}($1)",
            world[row] if hidden else new_id(),
        )
        for name, row in (
            ("note_suspended", "kept"),
            ("see_proposal", "work on shared"),
            *((verb, "member of holder") for verb in ("claim_member", "end_membership", "ask_factor_reset")),
            ("send_password_reset", "member of holder"),
            ("withdraw_invitation", "invitation of holder"),
            ("confirm_factor_reset", "factor reset of holder"),
        )
    },
    "set_member_role(uuid,text)": lambda hidden, world: (
        "SELECT set_member_role($1, 'volunteer')",
        world["member of holder"] if hidden else new_id(),
    ),
    # About an address, whether or not it has an account; and about links, which whoever asks has to bring.
    "ask_password_reset(text,text)": None,
    "reset_of_link(bytea)": None,
    "reset_password(bytea,text)": None,
    "factor_resets()": None,
    # About my own organisation alone: test_members.py judges them.
    "managed_members()": None,
    "managed_invitations()": None,
    "own_coordinators()": None,
    "own_name()": None,
    "invite_member(text,text,text,interval,integer)": None,
    # About links, which whoever asks has to bring: the tests of invitations judge them.
    "invitation_of_link(bytea)": None,
    "accept_invitation(bytea,uuid,bytea,text,text,text)": None,
    # About credentials and addresses, which whoever asks has to bring: the tests of sign-in judge them.
    "enter(bytea)": None,
    "still_entered(bytea,text)": None,
    "note_use(bytea)": None,
    "password_recipe(text)": None,
    "prove_password(text,bytea)": None,
    "is_known_device(text,text,timestamp with time zone)": None,
    "close_session(bytea)": None,
    "member_of_session(bytea)": None,
    "sign_in_wait(text[],integer[],interval,timestamp with time zone)": None,
    "sign_in_failed(text[],integer[],interval,timestamp with time zone)": None,
    "sign_in_passed(text[],text[],timestamp with time zone)": None,
    "territory_ids()": None,
    # What every territory wants to be known.
    "territory_contacts()": None,
    "time_ordered_id()": None,
}


async def both(acting: As, world: World, statement: str, hidden: UUID, *values: object) -> tuple[str, str]:
    """Return a stranger's answers to a statement about `$1`: for a hidden id, and for one that nobody has."""
    answers = []
    for id_ in (hidden, UUID(int=hidden.int ^ 1)):
        async with acting(world.context("stranger", Role.COORDINATOR)) as connection:
            answer = await outcome(connection, statement, id_, *values)
            answers.append(answer.replace(str(id_), "the id"))
    return answers[0], answers[1]


async def test_every_function_is_accounted_for(world: World) -> None:
    assert {row[0] for row in await world.owner.fetch(FUNCTIONS)} == set(ASKED)


@pytest.mark.parametrize("name", [name for name, ask in ASKED.items() if ask])
async def test_functions_answer_alike(acting: As, world: World, name: str) -> None:
    ask = ASKED[name]
    assert ask is not None
    answers = []
    for hidden in (True, False):
        statement, id_ = ask(hidden, world)
        async with acting(world.context("stranger", Role.COORDINATOR)) as connection:
            answer = (await outcome(connection, statement, id_)).replace(str(id_), "the id")
            if answer.startswith("["):
                await connection.fetch(statement, id_)
            left = [await connection.fetchval(f"SELECT count(*) FROM {table}") for table in WORK]
            answers.append((answer, left))
    assert answers[0] == answers[1]


async def test_a_hidden_case_is_not_touched(acting: As, world: World) -> None:
    async with acting(world.context("stranger", Role.COORDINATOR)) as connection:
        assert await connection.fetchval(TOUCH, world["kept"]) is None


KEYS = """
SELECT c.relname AS table, a.attname AS column FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.atttypid = 'uuid'::regtype AND NOT a.attisdropped
 WHERE c.relkind = 'r' AND has_column_privilege('win_app', c.oid, a.attnum, 'INSERT') ORDER BY 1, 2
"""
GIVEN = """
SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
 WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped
   AND has_column_privilege('win_app', attrelid, attnum, 'INSERT')
"""
FILLERS = {
    "uuid": "'{stranger}'::uuid",
    "text": "'x'",
    "character varying": "'x'",
    "integer": "1",
    "smallint": "1",
    "bigint": "1",
    "numeric": "1",
    "boolean": "false",
    "date": "current_date",
    "timestamp with time zone": "now()",
    "text[]": "'{{}}'",
    "uuid[]": "'{{}}'",
    "jsonb": "'{{}}'",
    "bytea": "'x'",
}
OWN = {
    "territory_id": "here",
    "organisation_id": "stranger",
    "holder_id": "stranger",
    "account_id": "account of stranger",
}
ROWS_OF = {
    "person_id": "person of kept",
    "need_id": "",
    "joint_intervention_id": "work on shared",
    "authorisation_id": "authorisation of shared",
    "organisation_id": "other_holder",
    "holder_id": "other_holder",
}


async def test_an_insert_that_names_a_hidden_row_is_refused_as_one_that_names_none(acting: As, world: World) -> None:
    """For every column of every table in which the serving role may write an id: key or foreign key.

    Of organisations those of the other territory are hidden: within a territory all are known.
    """
    differ, asked = [], 0
    for table, column in await world.owner.fetch(KEYS):
        target = ROWS_OF.get(column, "kept")
        hidden = world[target] if target else world.needs["kept", "eviction"]
        for ending in ("", " ON CONFLICT DO NOTHING", " RETURNING true"):
            columns, values = [], []
            for name, kind in await world.owner.fetch(GIVEN, table):
                mine = world[OWN[name]] if name in OWN else None
                filler = FILLERS[kind].format(stranger=world["stranger"])
                columns.append(name)
                values.append("$1" if name == column else f"'{mine}'" if mine else filler)
            statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(values)}){ending}"
            answers = await both(acting, world, statement, hidden)
            asked += 1
            if answers[0] != answers[1]:
                differ.append((table, column, ending, *answers))
            assert "recursion" not in answers[0]
    assert asked > 60
    assert differ == []


async def test_ids_cannot_be_chosen(acting: As, world: World) -> None:
    chosen = []
    for table in ("person", "case_file", "authorisation", "joint_intervention", "case_need", "access_log"):
        async with acting(world.context("stranger", Role.COORDINATOR)) as connection:
            answer = await outcome(connection, f"INSERT INTO {table} (id) VALUES ($1)", world["kept"])
        if not answer.startswith("InsufficientPrivilegeError: permission denied"):
            chosen.append((table, answer))
    assert chosen == []


QUESTIONS = {
    "select": "SELECT * FROM case_file WHERE id = $1",
    "for update": "SELECT * FROM case_file WHERE id = $1 FOR UPDATE NOWAIT",
    "for key share": "SELECT * FROM case_work WHERE case_id = $1 FOR KEY SHARE SKIP LOCKED",
    "update": "UPDATE case_identity SET sex = 'F' WHERE case_id = $1 RETURNING given_name",
    "update of work": "UPDATE case_work SET profile = 'x' WHERE case_id = $1 RETURNING profile",
    "delete": "DELETE FROM case_need WHERE case_id = $1 RETURNING macro",
    "delete of health": "DELETE FROM case_health WHERE case_id = $1 RETURNING detail",
    "delete of a case": "DELETE FROM case_file WHERE id = $1",
    "plan": "EXPLAIN SELECT * FROM case_file WHERE id = $1",
    "plan of a part": "EXPLAIN (FORMAT JSON) SELECT * FROM case_health WHERE case_id = $1",
    "cast": "SELECT count(*) FROM case_work WHERE case_id = $1 AND profile::int = 1",
    "division": "SELECT count(*) FROM case_isee WHERE case_id = $1 AND 1 / (isee_value - isee_value) > 0",
    "row security off": "SELECT set_config('row_security', 'off', true), (SELECT id FROM case_file WHERE id = $1)",
}


@pytest.mark.parametrize("name", QUESTIONS)
async def test_hidden_and_absent_get_the_same_answer(acting: As, world: World, name: str) -> None:
    hidden, absent = await both(acting, world, QUESTIONS[name], world["kept"])
    assert hidden == absent


async def test_no_part_of_a_condition_is_run_on_a_hidden_row(acting: As, world: World) -> None:
    """A function that costs nothing and speaks is asked after row security, not before."""
    heard: list[str] = []
    async with acting(world.context("stranger", Role.COORDINATOR)) as connection:
        connection.add_log_listener(lambda _connection, message: heard.append(str(message)))
        await connection.execute(
            "CREATE FUNCTION pg_temp.tell(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 "
            "AS $$ BEGIN RAISE NOTICE 'heard %', $1; RETURN true; END $$"
        )
        for table in (*GROUPS, "case_health", "case_need", "case_need_detail", "case_file", "person"):
            assert await connection.fetch(f"SELECT 1 FROM {table} t WHERE pg_temp.tell(t::text)") == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("ALTER FUNCTION pg_temp.tell(text) LEAKPROOF")
    assert heard == []


STEPS = {
    "make a function": "CREATE FUNCTION public.tell(text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "make a table": "CREATE TABLE public.mine (id uuid)",
    "make a view": "CREATE VIEW public.mine AS SELECT * FROM case_file",
    "become the owner": "SET LOCAL ROLE win_owner",
    "become the steward": "SET LOCAL ROLE win_steward",
    "be somebody else": "SET LOCAL session_authorization = win_owner",
    "read as a file": "COPY case_file TO '/dev/null'",
    "run a program": "COPY case_file TO PROGRAM 'cat'",
    "empty a table": "TRUNCATE case_access",
    "switch triggers off": "ALTER TABLE case_file DISABLE TRIGGER ALL",
    "switch row security off": "ALTER TABLE case_file DISABLE ROW LEVEL SECURITY",
    "replay as a replica": "SET LOCAL session_replication_role = replica",
    "derive by hand": "SELECT derive_case_access(gen_random_uuid(), '{}')",
    "read the statistics": "SELECT count(*) FROM pg_statistic",
    "write grounds": "INSERT INTO case_access SELECT * FROM case_access",
    "change grounds": "UPDATE case_access SET read_mask = -1",
    "move a version on": "UPDATE case_change SET version = 7",
    "make a change": "INSERT INTO case_change SELECT * FROM case_change",
    "move a case on": "UPDATE case_file SET status = 'closed'",
    "make a policy": "CREATE POLICY mine ON case_file USING (true)",
    "refer to a table": "CREATE TEMP TABLE mine (t uuid, c uuid, FOREIGN KEY (t, c) REFERENCES case_file)",
}


@pytest.mark.parametrize("step", STEPS)
async def test_the_serving_role_may_not(acting: As, world: World, step: str) -> None:
    async with acting(world.context("holder", Role.COORDINATOR)) as connection:
        answer = await outcome(connection, STEPS[step])
    assert answer.startswith(("InsufficientPrivilegeError", "InvalidTableDefinitionError: constraints on temporary"))


async def test_row_security_cannot_be_switched_off_for_a_query(acting: As, world: World) -> None:
    for (table,) in await world.owner.fetch(TABLES):
        async with acting(world.context("stranger", Role.COORDINATOR)) as connection:
            await connection.execute("SET LOCAL row_security = off")
            answer = await outcome(connection, f"SELECT count(*) FROM {table}")
        assert answer.startswith("InsufficientPrivilegeError"), table


async def test_another_schema_in_front_does_not_mislead_what_runs_as_owner(acting: As, world: World) -> None:
    async with acting(world.context("stranger", Role.COORDINATOR)) as connection:
        await connection.execute("CREATE TEMP TABLE case_access AS SELECT * FROM case_access")
        await connection.execute(
            "INSERT INTO pg_temp.case_access (territory_id, organisation_id, case_id, until, write_mask, read_mask) "
            "VALUES ($1, $2, $3, 'infinity', -1, -1)",
            *(world["here"], world["stranger"], world["kept"]),
        )
        assert await connection.fetchval(TOUCH, world["kept"]) is None
        assert await connection.fetch("SELECT 1 FROM case_file WHERE id = $1", world["kept"]) == []


async def test_statistics_of_hidden_rows_are_hidden(acting: As, world: World) -> None:
    await world.owner.execute("ANALYZE case_contacts")
    async with acting(world.context("stranger", Role.COORDINATOR)) as connection:
        assert await connection.fetch("SELECT tablename FROM pg_stats WHERE tablename ~ '^(case|person)'") == []


async def test_a_copy_out_has_what_a_query_has(acting: As, world: World) -> None:
    lines: list[bytes] = []
    async with acting(world.context("partner", Role.CASE_MANAGER)) as connection:
        await connection.copy_from_query("SELECT id FROM case_file ORDER BY id", output=take(lines))
    assert sorted(b"".join(lines).decode().split()) == sorted(str(world[name]) for name in ("shared", "partners_own"))


def take(lines: list[bytes]) -> Any:
    async def taking(data: bytes) -> None:
        lines.append(bytes(data))

    return taking


async def test_a_copy_in_is_refused(acting: As, world: World) -> None:
    async with acting(world.context("stranger", Role.COORDINATOR)) as connection:
        with pytest.raises(asyncpg.FeatureNotSupportedError):
            await connection.copy_records_to_table("case_work", records=[(world["kept"], world["here"], "x", "x")])
