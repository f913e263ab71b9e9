"""Two small territories with one case in every state of sharing, and the people who must not see it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from authz.fields import ALL_FIELDS, FIELD
from authz.roles import MASKS, Role
from infra.clock import new_id, now, today
from infra.database import Context

PLACEMENT = ("identity.name", "identity.birth", "contacts.phone", "contacts.address", "work.profile", "needs.macro")
PATHWAY = ("identity.name", "health.conditions", "needs.macro", "needs.detail")
NEEDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("housing", "eviction"): (),
    ("health", "oncological"): ("health.conditions",),
    ("health", "depression"): ("health.mental",),
    ("disability", "psychic"): ("health.disability", "health.mental"),
    ("justice", "detention"): ("justice.measures",),
}
"""Family and item of each need, and the fields that it tells."""
ORGANISATIONS = ("holder", "partner", "clinic", "invited", "declined", "stranger")
CASES = ("shared", "treated", "kept", "withdrawn", "expired", "closed")
CHANGES: tuple[tuple[str, ...], ...] = ((), ("work.profile",), ("needs.macro", "health.mental"))
"""The fields that somebody has to read, all of them, to know of each change of every case."""
LATER, EARLIER = timedelta(days=100), timedelta(days=-100)


def bits(names: tuple[str, ...]) -> int:
    return sum(FIELD[name].mask for name in names)


@dataclass
class World:
    """Ids by name; names of rows of the second territory begin with `other_`."""

    owner: asyncpg.Connection
    ids: dict[str, UUID] = field(default_factory=dict)
    needs: dict[tuple[str, str], UUID] = field(default_factory=dict)

    def __getitem__(self, name: str) -> UUID:
        return self.ids[name]

    def new(self, name: str) -> UUID:
        self.ids[name] = new_id()
        return self.ids[name]

    def context(self, organisation: str, role: Role, territory: str = "here") -> Context:
        """Return the context that the server sets for a member of the organisation."""
        masks = MASKS[role]
        bits = (masks.read, masks.write, masks.actions)
        return Context(self[territory], self[organisation], self[f"account of {organisation}"], *bits)

    async def put(self, table: str, **values: Any) -> None:
        """Insert one row as the owner."""
        places = ", ".join(f"${position}" for position in range(1, len(values) + 1))
        await self.owner.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", *values.values())


async def build(owner: asyncpg.Connection) -> World:
    """Make both territories, in one transaction."""
    world = World(owner)
    async with owner.transaction():
        await add_territory(world, "here", ORGANISATIONS)
        placement = ("traineeship", PLACEMENT)
        granted = {"partner": placement, "invited": placement, "clinic": ("health_social_pathway", PATHWAY)}
        await add_pact(world, "here", granted)
        for name in CASES:
            await add_case(world, "here", "holder", name)
        await add_case(world, "here", "partner", "partners_own")
        await share(world, "shared", "traineeship", partner="accepted", invited="invited", declined="declined")
        await share(world, "treated", "health_social_pathway", clinic="accepted")
        await share(world, "withdrawn", "traineeship", withdrawn=True, partner="accepted")
        await share(world, "expired", "traineeship", until=EARLIER, partner="accepted")
        await share(world, "closed", "traineeship", closed=True, partner="accepted")
        await add_territory(world, "there", ("other_holder",))
        await add_case(world, "there", "other_holder", "other_case")
    return world


async def add_territory(world: World, name: str, organisations: tuple[str, ...]) -> None:
    territory = world.new(name)
    await world.put("territory", id=territory, slug=f"world-{name}", name=name, is_demo=True, created_at=now())
    await world.owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
    for slug in organisations:
        await add_organisation(world, {"territory_id": territory}, slug)


async def add_organisation(world: World, row: dict[str, Any], slug: str) -> None:
    """Add it with one member, who has a session and has made a request."""
    account, member = world.new(f"account of {slug}"), world.new(f"member of {slug}")
    organisation = world.new(slug)
    named = {"password_hash": "-", "display_name": slug, "language": "it", "created_at": now()}
    await world.put("account", **named, id=account, email=f"{slug}@world.example")
    kind = {"kind": "caritas", "is_lead": False, "valid_from": today()}
    await world.put("organisation", **row, **kind, id=organisation, slug=slug, name=slug)
    both = {**row, "account_id": account, "organisation_id": organisation}
    await world.put("member", **both, id=member, role="case_manager", valid_from=today())
    moments = {"created_at": now(), "last_seen_at": now(), "expires_at": now() + LATER}
    token = {"token_hash": slug.encode(), "kind": "bearer"}
    await world.put(
        "session", **row, **moments, **token, id=world.new(f"session of {slug}"), account_id=account, member_id=member
    )
    asked = {"email": f"invited-by-{slug}@world.example", "display_name": slug, "role": "volunteer"}
    open_until = {"invited_at": now(), "expires_at": now() + LATER, "token_hash": f"link of {slug}".encode()}
    invitation = {"id": world.new(f"invitation of {slug}"), "organisation_id": organisation, "invited_by": account}
    await world.put("invitation", **row, **asked, **open_until, **invitation)
    lost = {"account_id": account, "asked_by": new_id(), "asked_at": now(), "expires_at": now() + LATER}
    reset = {"id": world.new(f"factor reset of {slug}"), "organisation_id": organisation}
    await world.put("factor_reset", **row, **lost, **reset)
    done = {"request_hash": b"1", "outcomes": f'{{"secret": "{slug}"}}', "created_at": now()}
    await world.put("idempotency", **both, **done, key="1")


async def add_pact(world: World, territory: str, grants: dict[str, tuple[str, tuple[str, ...]]]) -> None:
    version, row = world.new("pact"), {"territory_id": world[territory]}
    text = {"title_it": "Patto", "title_en": "Pact"}
    both = {"gives_it": "", "gives_en": "", "receives_it": "", "receives_en": ""}
    await world.put(
        "pact_version",
        **{**row, **text, "id": version, "version": 1, "preamble_it": "", "preamble_en": "", "digest": "-"},
        document="{}",
        loaded_at=now(),
        in_force_from=today(),
    )
    await world.put("pact_clause", **row, **text, **both, id=new_id(), pact_version_id=version, number=5, shares="[]")
    for slug in ORGANISATIONS:
        party = {**row, "id": new_id(), "pact_version_id": version, "organisation_id": world[slug]}
        await world.put("pact_party", **party, role="signatory", joined_on=today())
    for slug, (purpose, names) in grants.items():
        grant = {**row, "organisation_id": world[slug], "purpose": purpose, "read_mask": bits(names)}
        written = grant["read_mask"] & ~FIELD["identity.name"].mask
        await world.put("pact_grant", **grant, id=new_id(), pact_version_id=version, write_mask=written)
        await world.put("pact_term", **grant, id=new_id(), clause=5, basis="consent", write_mask=written)


async def add_case(world: World, territory: str, holder: str, name: str) -> None:
    """Fill every table of a case; each text says which case and which table it is of."""
    case, person, row = world.new(name), world.new(f"person of {name}"), {"territory_id": world[territory]}
    await world.put("person", **row, id=person, organisation_id=world[holder], reference=f"P-{name}")
    await world.put(
        "case_file",
        **{**row, "id": case, "number": f"N-{name}", "holder_id": world[holder], "person_id": person},
        status="listening",
        opened_on=today(),
        opened_by=world[f"account of {holder}"],
    )
    key = {**row, "case_id": case}
    for table, values in groups(name).items():
        await world.put(table, **key, **values)
    await add_changes(world, holder, name, key)
    for kind in ("conditions", "disability", "addictions", "mental"):
        await world.put(
            "case_health", **key, field_bit=FIELD[f"health.{kind}"].bit, detail=f"{name} case_health {kind}"
        )
    for (macro, item), names in NEEDS.items():
        need = world.needs[name, item] = new_id()
        told = bits(names)
        await world.put("case_need", **key, id=need, macro=macro, fields_mask=told, recorded_on=today())
        await world.put(
            "case_need_detail", **key, need_id=need, fields_mask=told, item=item, note=f"{name} case_need_detail"
        )
    await world.put(
        "access_log",
        **{**key, "id": new_id(), "at": now(), "request_id": new_id(), "organisation_id": world[holder]},
        account_id=world[f"account of {holder}"],
        holder_id=world[holder],
        fields_mask=1,
        clause=5,
        authorisation_id=new_id(),
        source_id=new_id(),
        kind="opened",
        reader_name="Chi legge",
        reader_role="case_manager",
    )


async def add_changes(world: World, holder: str, name: str, key: dict[str, Any]) -> None:
    """Say what the case is found by, and who changed what."""
    await world.put("case_reference", **key, holder_id=world[holder], reference=f"{name} case_reference")
    await world.put("case_name_word", **key, word=name.replace("_", ""))
    who = {"account_id": world[f"account of {holder}"], "organisation_id": world[holder]}
    for version, needed in enumerate(CHANGES, 2):
        changed = {"part": "work", "fields_mask": bits(needed), "version": version, "at": now()}
        await world.put("case_change", **key, **changed, **who)


def groups(name: str) -> dict[str, dict[str, Any]]:
    """Return the values of the tables that have one row a case."""
    texts = {
        "case_identity": ("given_name", "family_name"),
        "case_contacts": ("phone", "email"),
        "case_address": ("address",),
        "case_legal_status": ("citizenship", "residence_permit"),
        "case_economic": ("debts", "benefits"),
        "case_work": ("profile", "history"),
        "case_education": ("languages",),
        "case_housing": ("situation",),
        "case_justice": ("measures",),
    }
    values: dict[str, dict[str, Any]] = {
        table: {column: f"{name} {column}"[:20] for column in columns} for table, columns in texts.items()
    }
    values["case_identity_code"] = {"code": "PRVMNA90E47D403X", "kind": "codice_fiscale"}
    values["case_disadvantage"] = {"statuses": [f"{name} statuses"]}
    values["case_isee"] = {"isee_value": 4210}
    values["case_contacts"]["municipality"] = "048014"
    return values


async def share(
    world: World,
    name: str,
    purpose: str,
    *,
    until: timedelta = LATER,
    withdrawn: bool = False,
    closed: bool = False,
    **partners: str,
) -> None:
    """Give an authorisation and propose joint work, with the partners' answers; what has expired, before that."""
    given = now() + min(until - LATER, timedelta())
    row = {"territory_id": world["here"], "case_id": world[name], "holder_id": world["holder"]}
    account, done = world["account of holder"], {"at": now(), "by": world["account of holder"]}
    await world.put(
        "authorisation",
        **{**row, "id": world.new(f"authorisation of {name}"), "basis": "consent", "purposes": [purpose]},
        organisation_ids=[world[slug] for slug in partners],
        kinds=[],
        field_mask=ALL_FIELDS,
        until=now() + until,
        given_at=given,
        given_by=account,
        **({"withdrawn_at": done["at"], "withdrawn_by": done["by"]} if withdrawn else {}),
    )
    await world.put(
        "joint_intervention",
        **{**row, "id": world.new(f"work on {name}"), "purpose": purpose},
        proposed_at=given,
        proposed_by=account,
        **({"closed_at": done["at"], "closed_by": done["by"], "closing_reason": "completed"} if closed else {}),
    )
    await world.put(
        "joint_intervention_offer",
        **{**row, "joint_intervention_id": world[f"work on {name}"], "offered_mask": ALL_FIELDS},
        message=f"{name} joint_intervention_offer message",
    )
    await answer_each(world, name, row, given if until == EARLIER else None, partners)
    await record(world, name, partners)


async def answer_each(
    world: World, name: str, row: dict[str, Any], moment: datetime | None, partners: dict[str, str]
) -> None:
    """Invite each partner, with its answer; of what has expired the answer is old too."""
    for slug, status in partners.items():
        moment = moment or now()
        answer = {} if status == "invited" else {"answered_at": moment, "answered_by": world[f"account of {slug}"]}
        answer |= {"decline_reason": "no_place"} if status == "declined" else {}
        await world.put(
            "joint_intervention_partner",
            **{**row, **answer, "joint_intervention_id": world[f"work on {name}"], "organisation_id": world[slug]},
            status=status,
        )


async def record(world: World, name: str, partners: dict[str, str]) -> None:
    """Say that it was proposed and who accepted, and tell the partners."""
    for slug in [slug for slug, status in partners.items() if status == "accepted"]:
        await put_event(world, name, "joint_intervention_accepted", slug)
    proposed = await put_event(world, name, "joint_intervention_proposed", "holder")
    for slug in partners:
        told = {"event_id": proposed, "organisation_id": world[slug], "account_id": world[f"account of {slug}"]}
        about = {"territory_id": world["here"], "case_id": world[name], "kind": "joint_intervention_proposed"}
        await world.put("notification", **told, **about, id=new_id(), at=now())


async def put_event(world: World, name: str, kind: str, slug: str) -> UUID:
    """Record what an organisation did in the joint work on this case."""
    event = new_id()
    row = {"territory_id": world["here"], "case_id": world[name], "holder_id": world["holder"], "id": event}
    who = {"organisation_id": world[slug], "account_id": world[f"account of {slug}"]}
    await world.put(
        "event", **row, **who, kind=kind, joint_intervention_id=world[f"work on {name}"], at=now(), state="done"
    )
    return event
