"""Questions to the catalogue whose answer has to be: none. And what is readable, compared with what there is."""

import re
from collections.abc import Iterator

import asyncpg
import pytest

from authz.fields import FIELD
from tenants import models
from tenants.reading.shapes import Leaf, leaves
from tenants.shapes import SHAPES
from tests.database.test_reads import GROUPS, NEVER
from tests.database.world import World

IN_PUBLIC = "JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'"

FAULTS = {
    "a table without forced row security": f"""
        SELECT c.relname FROM pg_class c {IN_PUBLIC} WHERE c.relkind IN ('r', 'p')
           AND NOT (c.relrowsecurity AND c.relforcerowsecurity) AND c.relname <> 'tortoise_migrations'""",
    "a policy that checks only one way": """
        SELECT polname, polrelid::regclass FROM pg_policy WHERE polcmd IN ('w', '*')
           AND (polqual IS NULL OR polwithcheck IS NULL)""",
    "a policy for everybody": "SELECT polname, polrelid::regclass FROM pg_policy WHERE 0 = ANY (polroles)",
    "a policy of a tenant table that does not look at the territory": """
        SELECT polname, polrelid::regclass FROM pg_policy p
          JOIN pg_attribute a ON a.attrelid = p.polrelid AND a.attname = 'territory_id'
         WHERE NOT p.polrelid = 'session'::regclass
           AND coalesce(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
               NOT LIKE '%territory_id = ( SELECT (NULLIF(current_setting(''win.territory_id''%'""",
    "a role that walks around row security": """
        SELECT rolname FROM pg_roles WHERE rolname ~ '^win_'
           AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)""",
    "something that the serving role owns": "SELECT relname FROM pg_class WHERE relowner = 'win_app'::regrole",
    "a role that the serving role belongs to": "SELECT 1 FROM pg_auth_members WHERE member = 'win_app'::regrole",
    "a table that the serving role may empty or hang triggers on": f"""
        SELECT c.relname FROM pg_class c {IN_PUBLIC} WHERE c.relkind = 'r'
           AND has_table_privilege('win_app', c.oid, 'TRUNCATE, TRIGGER, REFERENCES')""",
    "a sequence that the serving role may read": f"""
        SELECT c.relname FROM pg_class c {IN_PUBLIC} WHERE CASE c.relkind WHEN 'S'
           THEN has_sequence_privilege('win_app', c.oid, 'SELECT, USAGE') END""",
    "a table that is open to everybody": f"""
        SELECT c.relname FROM pg_class c {IN_PUBLIC}, aclexplode(c.relacl) a WHERE a.grantee = 0""",
    "a function that runs as its owner without a fixed search path": """
        SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname = 'public' AND p.prosecdef
           AND NOT coalesce(array_to_string(p.proconfig, ' '), '') ~ 'search_path=.*pg_temp'""",
    "a function that everybody may call": """
        SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname = 'public' AND has_function_privilege('public', p.oid, 'EXECUTE')""",
    "a function that claims to leak nothing": """
        SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname = 'public' AND p.proleakproof""",
    "a view that looks with its owner's eyes": f"""
        SELECT c.relname FROM pg_class c {IN_PUBLIC} WHERE c.relkind IN ('v', 'm')
           AND NOT coalesce(c.reloptions @> ARRAY['security_invoker=true'], false)""",
    "a unique key of a tenant table that is not led by the territory": f"""
        SELECT c.relname, i.indexrelid::regclass FROM pg_class c {IN_PUBLIC}
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'territory_id'
          JOIN pg_index i ON i.indrelid = c.oid AND i.indisunique AND i.indkey[0] <> a.attnum
         WHERE c.relname <> 'session'""",
    "a foreign key between tenant tables that is not led by the territory": f"""
        SELECT k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid {IN_PUBLIC}
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'territory_id'
         WHERE k.contype = 'f' AND k.conkey[1] <> a.attnum""",
    "a trigger that is switched off": "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'O'",
    "a schema in which the serving role may make things": """
        SELECT nspname FROM pg_namespace WHERE has_schema_privilege('win_app', oid, 'CREATE')""",
}


NEVER_REMOVED = ("case_file", "joint_intervention_partner", "organisation", "pact_version")
"""Tables whose rows stay: nobody has to look for what refers to one. A demonstration goes away table by table."""
WITHOUT_INDEX = f"""
SELECT k.conrelid::regclass::text || ' → ' || k.confrelid::regclass::text
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid {IN_PUBLIC}
 WHERE k.contype = 'f' AND k.confrelid::regclass::text <> ALL ($1)
   AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = k.conrelid
         AND i.indkey[0] = ANY (k.conkey) AND (i.indkey[1] = ANY (k.conkey) OR cardinality(k.conkey) = 1))
"""
REMOVERS = """
SELECT p.proname || ' → ' || t.name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  CROSS JOIN unnest($1::text[]) t (name) WHERE n.nspname = 'public' AND p.prosrc ~ ('DELETE FROM ' || t.name || '\\M')
UNION ALL
SELECT 'win_app → ' || t.name FROM unnest($1::text[]) t (name) WHERE has_table_privilege('win_app', t.name, 'DELETE')
"""


async def test_what_refers_to_a_row_that_may_go_is_found_by_an_index(world: World) -> None:
    """Otherwise removing one row, or looking for what belongs to it, reads a whole table."""
    assert [row[0] for row in await world.owner.fetch(WITHOUT_INDEX, NEVER_REMOVED)] == []
    assert [row[0] for row in await world.owner.fetch(REMOVERS, NEVER_REMOVED)] == []


async def test_members_are_found_by_their_organisation(world: World) -> None:
    """The list of members is asked by organisation, and not by account."""
    found = await world.owner.fetch("SELECT indexdef FROM pg_indexes WHERE tablename = 'member'")
    assert any("(territory_id, organisation_id)" in row[0] for row in found)


@pytest.mark.parametrize("fault", FAULTS)
async def test_there_is_no(world: World, fault: str) -> None:
    assert [tuple(row) for row in await world.owner.fetch(FAULTS[fault])] == []


async def test_the_program_serves_as_the_role_that_is_judged_here(serving: asyncpg.Connection) -> None:
    assert await serving.fetchval("SELECT current_user || ' ' || session_user") == "win_app win_app"


NOT_READ = {
    "case_change": {"part", "account_id", "organisation_id"},
    "case_file": {"holder_id", "person_id", "opened_by", "is_demo"},
    "case_identity_code": {"kind"},
    "case_name_word": {"word"},
    "case_need_detail": {"need_id"},
    "case_reference": {"holder_id"},
}
"""Columns that nothing reads, on purpose; whoever adds a column declares it or writes it here."""
KEYS = {"territory_id", "case_id", "field_bit", "fields_mask"}
ALIASED = re.compile(r"(?:FROM|JOIN) (\w+) (\w+)\b")
COLUMN = re.compile(r"\{?(\b\w+)\}?\.(\w+)")


def read_by(leaf: Leaf, table: str) -> Iterator[tuple[str, str]]:
    """Yield the tables and columns that a leaf reads."""
    aliases = {"row": table, "of": leaf.table, **{alias: name for name, alias in ALIASED.findall(leaf.template)}}
    for alias, column in COLUMN.findall(leaf.template):
        if alias in aliases:
            yield aliases[alias], column


def readings() -> Iterator[tuple[str, str, Leaf]]:
    for shape in SHAPES.values():
        for leaf in leaves(shape.members):
            for table, column in read_by(leaf, shape.table):
                yield table, column, leaf


def test_every_column_of_a_case_is_declared_or_listed_as_never_read() -> None:
    declared = {(table, column) for table, column, _ in readings()}
    undeclared = []
    for name in models.__all__:
        model = getattr(models, name)
        table = model._meta.db_table
        if table.startswith("case_") and table != "case_access":
            silent = KEYS | NOT_READ.get(table, set())
            columns = model._meta.fields_db_projection.values()
            undeclared += [(table, name) for name in columns if name not in silent and (table, name) not in declared]
    assert undeclared == []


def test_what_is_listed_as_never_read_is_not_read() -> None:
    free = {("case_file", "holder_id"), ("case_file", "person_id"), ("case_need_detail", "need_id")}
    read = {(table, column) for table, column, _ in readings()}
    listed = {(table, column) for table, columns in NOT_READ.items() for column in columns}
    assert read & (listed - free) == set()


def test_each_value_is_guarded_by_a_field_of_its_own_table() -> None:
    astray = [
        f"{table}.{column} is read as {leaf.field}"
        for table, column, leaf in readings()
        if table in GROUPS and leaf.field not in GROUPS[table]
    ]
    assert astray == []


def test_no_table_mixes_sensitivities() -> None:
    mixed = {
        table: names
        for table, names in GROUPS.items()
        if len({FIELD[name].is_sensitive for name in names}) > 1 or len({FIELD[name].sensitivity for name in names}) > 1
    }
    assert mixed == {}


async def test_the_policies_have_the_bits_of_the_fields(world: World) -> None:
    """The restatement of these tests, the declarations and the policies in force say the same."""
    for table, names in GROUPS.items():
        text = await world.owner.fetchval(
            "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polname = 'may_select' "
            "AND polrelid = $1::text::regclass",
            table,
        )
        found = {int(number) for number in re.findall(r"& \(?'?(\d+)'?\)?::bigint\)", text)}
        assert found == {sum(FIELD[name].mask for name in names)}, table


def test_no_shape_reads_what_nobody_may_read() -> None:
    assert {table for table, _, _ in readings()} & set(NEVER) == set()
