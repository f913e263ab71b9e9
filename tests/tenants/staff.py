"""Members who are there in the database too, with a session, because what they may is looked up there."""

import re
from dataclasses import fields, replace
from uuid import UUID, uuid4

from authz.actor import Actor
from authz.roles import Role
from infra.clock import new_id
from infra.database import Connection, transaction
from infra.settings import settings
from jobs.job import Happened
from jobs.send_invitation import run
from tenants.invitations.service import invite_member
from tenants.members.secrets import hash_of, new_secret
from tests.tenants.office import Office, do

ACCOUNT = """
INSERT INTO account (id, email, password_hash, display_name, language, is_demo, created_at)
VALUES ($1, $2, '-', $3, 'it', true, now())
"""
MEMBER = """
INSERT INTO member (territory_id, id, account_id, organisation_id, role, valid_from)
VALUES ($1, $2, $3, $4, $5, '2020-01-01')
"""


async def work_in(owner: Connection, office: Office) -> None:
    await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(office.territory_id))


async def hire(owner: Connection, office: Office, organisation: str, role: Role, *, lead: bool = False) -> Actor:
    """Make an account that is a member of the organisation."""
    actor = replace(office.member(organisation, role), account_id=new_id(), member_id=new_id(), is_lead=lead)
    async with owner.transaction():
        await work_in(owner, office)
        await owner.execute(ACCOUNT, actor.account_id, f"{uuid4().hex}@prova.example", f"{organisation} {role}")
        place = (actor.territory_id, actor.member_id, actor.account_id, actor.organisation_id, str(role))
        await owner.execute(MEMBER, *place)
        if lead:
            await owner.execute("UPDATE organisation SET is_lead = true WHERE id = $1", actor.organisation_id)
    return actor


async def email_of(owner: Connection, actor: Actor) -> str:
    email: str = await owner.fetchval("SELECT email FROM account WHERE id = $1", actor.account_id)
    return email


async def open_for(owner: Connection, actor: Actor) -> str:
    """Put a session of the member there, as if they had signed in, and return its secret."""
    secret = new_secret("cookie")
    await owner.execute(
        "INSERT INTO session (id, token_hash, kind, account_id, member_id, territory_id, created_at, last_seen_at, "
        "expires_at) VALUES ($1, $2, 'cookie', $3, $4, $5, now(), now(), now() + interval '1 hour')",
        *(new_id(), hash_of(secret), actor.account_id, actor.member_id, actor.territory_id),
    )
    return secret


async def is_alive(secret: str) -> bool:
    async with transaction() as connection:
        return await connection.fetchrow("SELECT FROM enter($1)", hash_of(secret)) is not None


async def invite(actor: Actor, email: str = "", role: Role = Role.VOLUNTEER) -> UUID:
    return await do(actor, invite_member, email or f"{uuid4().hex}@prova.example", "Nuova Persona", str(role))


async def post(owner: Connection, territory_id: UUID, invitation: UUID) -> str:
    """Have the worker's job send an invitation into the folder of mails, and return the secret of the link."""
    async with owner.transaction():
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory_id))
        row = await owner.fetchrow("SELECT * FROM event WHERE invitation_id = $1", invitation)
        names = [field.name for field in fields(Happened) if field.name != "data"]
        await run(owner, Happened(**{name: row[name] for name in names}, data={}))
    folder = settings().data.absolute() / "mail"
    newest = max(folder.glob("*.eml")).read_text("utf-8")
    return re.findall(r"/invitations/(\S+)", newest)[0]
