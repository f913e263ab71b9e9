"""With the program's own role and anybody's context, plain SQL neither reads what proves who somebody is nor sets it.

The process that serves is trusted with what people type; whoever can only make it send SQL learns nothing that
opens a session, and opens none.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

import asyncpg
import pytest

from authz.roles import Role
from infra.clock import new_id, now
from tenants.members import passwords
from tenants.members.codes import new_salt, recovery_hash
from tests.database.conftest import As, outcome
from tests.database.world import World

PASSWORD = "una parola che non si indovina"


@dataclass(frozen=True)
class Victim:
    """An account with a password, a second factor and a known browser; what is stored of them, and the proof."""

    world: World
    account_id: Any
    email: str
    proof: bytes
    stored: dict[str, Any]


@pytest.fixture
async def victim(world: World) -> AsyncIterator[Victim]:
    stored, proof = passwords.made(PASSWORD)
    account = world["account of holder"]
    salt, recovery = new_salt(), recovery_hash(account, "abcd-efgh-jkmn")
    before = await world.owner.fetchval("SELECT password_hash FROM account WHERE id = $1", account)
    await world.owner.execute("UPDATE account SET password_hash = $2 WHERE id = $1", account, stored)
    await world.owner.execute(
        "INSERT INTO second_factor (account_id, salt, started_at, confirmed_at, recovery_hashes) "
        "VALUES ($1, $2, now(), now(), ARRAY[$3])",
        *(account, salt, recovery),
    )
    kept = {
        "the hash of the password": stored.rpartition("$")[2],
        "the salt of the codes": salt.hex(),
        "a recovery code's hash": recovery,
        "the hash of a session's secret": b"holder".hex(),
        "the hash of an invitation's link": b"link of holder".hex(),
    }
    yield Victim(world, account, "holder@world.example", proof, kept)
    await world.owner.execute("DELETE FROM second_factor WHERE account_id = $1", account)
    await world.owner.execute("DELETE FROM known_device WHERE account_id = $1", account)
    await world.owner.execute("UPDATE account SET password_hash = $2 WHERE id = $1", account, before)


ROWS = """
SELECT p.proname, pg_get_function_arguments(p.oid) AS arguments,
       ARRAY(SELECT format_type(one, NULL) FROM unnest(p.proargtypes) one) AS kinds
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname = 'public' AND has_function_privilege('win_app', p.oid, 'EXECUTE') ORDER BY 1
"""


def given_for(victim: Victim, argument: str, kind: str) -> str:
    """Return the best that somebody can give who knows every id and address, and no secret."""
    name = argument.split()[0]
    known = {
        "_account": f"'{victim.account_id}'::uuid",
        "_member": f"'{victim.world['member of holder']}'::uuid",
        "_email": f"'{victim.email}'",
        "_kept": f"'{victim.world['session of holder']}'::uuid",
    }
    fillers = {"bytea": "'x'::bytea", "text": "'x'", "uuid": "gen_random_uuid()", "text[]": "'{x}'", "integer": "1"}
    fillers |= {"integer[]": "'{1}'", "interval": "interval '1 day'", "timestamp with time zone": "now()"}
    fillers |= {"bigint": "9223372036854775807", "boolean": "true", "date": "current_date", "uuid[]": "'{}'"}
    return known.get(name) or fillers.get(kind, f"NULL::{kind}")


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.VOLUNTEER])
async def test_no_function_gives_out_a_secret(acting: As, world: World, victim: Victim, role: Role) -> None:
    """Every one that the serving role may call, asked about the victim, in the victim's own context too."""
    said, asked = [], 0
    for whose in ("holder", "stranger"):
        for row in await world.owner.fetch(ROWS):
            arguments = row["arguments"].split(", ") if row["arguments"] else []
            given = ", ".join(given_for(victim, *pair) for pair in zip(arguments, row["kinds"], strict=True))
            async with acting(world.context(whose, role)) as connection:
                said.append((row["proname"], await outcome(connection, f"SELECT * FROM {row['proname']}({given})")))
            asked += 1
    assert asked > 80
    leaks = [(name, what) for name, text in said for what, one in victim.stored.items() if in_any_form(one, text)]
    assert leaks == []


def in_any_form(secret: str, text: str) -> bool:
    """Tell whether a text has a secret in it, as text, as hex or as bytes."""
    try:
        raw = repr(bytes.fromhex(secret))
    except ValueError:
        raw = secret
    return secret in text or raw in text


ATTACKS: dict[str, Callable[[Victim], tuple[str, tuple[Any, ...]]]] = {
    "read the hash": lambda v: ("SELECT password_hash FROM account WHERE id = $1", (v.account_id,)),
    "write the hash": lambda v: ("UPDATE account SET password_hash = $1", (passwords.stored("mia"),)),
    "change the password": lambda v: (
        "SELECT change_password($1, $2, $3, 'x')",
        (v.world["session of holder"], b"guessed", passwords.stored("mia")),
    ),
    "change the password with what is stored of it": lambda v: (
        "SELECT change_password($1, $2, $3, 'x')",
        (v.world["session of holder"], sha256(v.proof).digest(), passwords.stored("mia")),
    ),
    "renew the hash": lambda v: ("SELECT renew_password($1, $2, $3)", (v.account_id, b"", passwords.stored("mia"))),
    "renew the hash with none": lambda v: (
        "SELECT renew_password($1, NULL, $2)",
        (v.account_id, passwords.stored("mia")),
    ),
    "prove with what is stored": lambda v: (
        "SELECT account_id FROM prove_password($1, $2)",
        (v.email, sha256(v.proof).digest()),
    ),
    "open a session": lambda v: (
        "SELECT open_session(gen_random_uuid(), 'mine', $1, $2, $3, NULL, '', '', '')",
        (v.account_id, b"guessed", v.world["member of holder"]),
    ),
    "take over a session": lambda v: (
        "SELECT switch_session(gen_random_uuid(), 'mine', $1, $2)",
        (v.world["member of holder"], b"guessed"),
    ),
    "read the sessions": lambda v: ("SELECT token_hash FROM session", ()),
    "write a session": lambda v: ("UPDATE session SET token_hash = 'mine'", ()),
    "read the salt of the codes": lambda v: ("SELECT proved_factor($1, NULL)", (v.account_id,)),
    "use a code": lambda v: ("SELECT use_code_of_step($1, NULL, $2, 9999999999)", (v.account_id, b"x")),
    "use a recovery code": lambda v: (
        "SELECT use_recovery_code($1, NULL, $2)",
        (v.account_id, v.stored["a recovery code's hash"]),
    ),
    "switch the codes off": lambda v: ("SELECT end_second_factor(NULL)", ()),
    "switch the codes off with a guess": lambda v: ("SELECT end_second_factor('x')", ()),
    "begin other codes": lambda v: ("SELECT start_second_factor(NULL, 'x')", ()),
    "make a browser known": lambda v: (
        "SELECT know_device($1, NULL, 'mine', $2)",
        (v.account_id, now() + timedelta(days=9)),
    ),
    "list the organisations": lambda v: ("SELECT * FROM proved_memberships($1, NULL)", (v.account_id,)),
    "list another's organisations": lambda v: ("SELECT * FROM memberships_of($1)", (v.account_id,)),
    "ask whether it is proved": lambda v: ("SELECT is_proved($1, $2)", (v.account_id, v.proof)),
    "read the links of invitations": lambda v: ("SELECT token_hash FROM invitation", ()),
    "follow a link that is none": lambda v: ("SELECT * FROM invitation_of_link(NULL)", ()),
    "make an account's password by a link that is none": lambda v: (
        "SELECT accept_invitation(NULL, $1, NULL, 'x', $2, 'it')",
        (v.account_id, passwords.stored("mia")),
    ),
}
STATE = """
SELECT a.password_hash, (SELECT f.salt || convert_to(f.recovery_hashes::text || f.last_step, 'UTF8')
                           FROM second_factor f WHERE f.account_id = a.id),
       (SELECT count(*) FROM known_device d WHERE d.account_id = a.id),
       (SELECT string_agg(s.token_hash::text || coalesce(s.revoked_at::text, ''), ',' ORDER BY s.id)
          FROM session s WHERE s.account_id = a.id)
  FROM account a WHERE a.id = $1
"""


@pytest.mark.parametrize("name", ATTACKS)
async def test_nothing_is_read_or_set_without_the_proof(
    acting: As, world: World, serving: asyncpg.Connection, victim: Victim, name: str
) -> None:
    """In the victim's own context: whoever can set it still knows no password."""
    statement, values = ATTACKS[name](victim)
    before = await world.owner.fetchrow(STATE, victim.account_id)
    async with acting(world.context("holder", Role.COORDINATOR)) as connection:
        answer = await outcome(connection, statement, *values)
        if answer.startswith("["):  # done, and undone: once more, to look at what it leaves
            await connection.fetch(statement, *values)
            sessions = await connection.fetch("SELECT id FROM own_sessions()")
            assert [row[0] for row in sessions] == [world["session of holder"]]
            assert not await connection.fetchval("SELECT is_known_device($1, 'mine', now())", victim.email)
            assert await connection.fetchrow("SELECT * FROM prove_password($1, $2)", victim.email, victim.proof)
    assert answer in ("[(None,)]", "[(False,)]", "[]", "[('',)]") or answer.startswith("InsufficientPrivilege"), answer
    assert await world.owner.fetchrow(STATE, victim.account_id) == before


async def test_with_the_proof_each_does_what_it_is_for(acting: As, world: World, victim: Victim) -> None:
    """So that the refusals above are about the proof, and not about anything else."""
    async with acting(world.context("holder", Role.COORDINATOR)) as connection:
        who, factor = await connection.fetchrow("SELECT * FROM prove_password($1, $2)", victim.email, victim.proof)
        assert (who, factor) == (victim.account_id, True)
        opened = "SELECT open_session($1, 'mine', $2, $3, $4, NULL, '', '', '')"
        member = world["member of holder"]
        assert await connection.fetchval(opened, new_id(), victim.account_id, victim.proof, member) is not None
        another = world["member of partner"]
        assert await connection.fetchval(opened, new_id(), victim.account_id, victim.proof, another) is None
        given = (world["session of holder"], victim.proof, passwords.stored("mia"))
        assert await connection.fetchval("SELECT change_password($1, $2, $3, 'x')", *given) is not None


async def test_an_address_without_an_account_has_a_recipe_too(acting: As, world: World, victim: Victim) -> None:
    async with acting(None) as connection:
        recipes = [
            await connection.fetchval("SELECT password_recipe($1)", email)
            for email in (victim.email, "nobody@world.example", "nobody@world.example", "other@world.example")
        ]
    assert recipes[1] == recipes[2]
    assert len(set(recipes)) == 3
    assert {len(one) for one in recipes} == {len(recipes[0])}
    assert [passwords.price_of(one) for one in recipes] == [passwords.price_of(recipes[0])] * 4
    assert victim.stored["the hash of the password"] not in str(recipes)
