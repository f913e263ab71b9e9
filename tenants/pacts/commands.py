"""`win pact …`: what the pact says and gives, what a draft would change, and the same policy for another engine."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import typer

from authz.clauses import Pact, parse_pact
from authz.compile import Grant, Party, casbin_csv, casbin_model, digest, policy_lines
from authz.enforcer import PolicyError
from authz.faults import PactError
from authz.fields import names_of
from authz.kinds import OrganisationKind
from authz.purposes import Purpose
from infra.clock import today
from infra.database import OWNER, Connection
from infra.entry import work_as
from infra.errors import SetupError
from tenants.pacts.description import access_in_words, describe, differences, fields_in_words, in_words, term_facts
from tenants.pacts.document import read_document
from tenants.pacts.health import policy_health, version_faults
from tenants.pacts.queries import (
    Decisions,
    StoredParty,
    StoredVersion,
    as_parties,
    decisions,
    stored_grants,
    stored_parties,
    stored_terms,
    stored_versions,
)
from tenants.pacts.service import Simulation, bring_into_force, load_pact, parties_of, simulate

Answer = TypeVar("Answer")


class Language(StrEnum):
    """The languages in which texts are stored."""

    IT = "it"
    EN = "en"


app = typer.Typer(
    help="The pact: what it says, to whom it gives what, and what a draft would change.", no_args_is_help=True
)

TerritoryOption = Annotated[str | None, typer.Option("--territory", help="Short name; left out: every territory.")]
LanguageOption = Annotated[Language, typer.Option("--language", help="Language of the texts.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The pact, in YAML.")]


@app.command("show")
def show(
    territory: TerritoryOption = None,
    version: Annotated[int | None, typer.Option(help="Number; left out: the version in force.")] = None,
    as_json: JsonOption = False,
    language: LanguageOption = Language.EN,
) -> None:
    """Print the clauses, who gets which fields for which purposes, and the digest."""

    async def work(connection: Connection) -> list[dict[str, object]]:
        found = []
        for slug, territory_id in (await _territories(connection, territory)).items():
            await _enter(connection, territory_id)
            faults = await policy_health(connection)
            chosen = await _version_among(connection, slug, version, named=territory)
            if chosen is None:
                continue
            parties, decided = await _decided(connection, chosen)
            found.append({**describe(chosen, parties, decided), "faults": faults})
        return found

    try:
        found = _ask(work)
    except PactError:
        raise SetupError("The stored text of this version cannot be read.") from None
    if as_json:
        typer.echo(json.dumps(found if territory is None else found[0], ensure_ascii=False, indent=2))
        return
    for facts in found:
        typer.echo(in_words(facts, language) + "\n")
        for fault in facts["faults"]:  # type: ignore[attr-defined]
            typer.echo(f"Fault: {fault}", err=True)


@app.command("export")
def export(
    folder: Annotated[Path, typer.Option("--casbin", file_okay=False, help="Where model.conf and policy.csv go.")],
    territory: TerritoryOption = None,
) -> None:
    """Write the pacts in force as a model and a policy that any Casbin engine can load."""

    async def work(connection: Connection) -> list[str]:
        policies = []
        for slug, territory_id in (await _territories(connection, territory)).items():
            await _enter(connection, territory_id)
            version = await _version_among(connection, slug, None, named=territory)
            if version is None:
                continue
            for fault in await version_faults(connection, version):
                raise SetupError(fault)
            bound = [party for party in await stored_parties(connection, version.id) if party.is_bound_on(today())]
            policies.append(casbin_csv(policy_lines(version.pact(), as_parties(bound))))
        return policies

    policies = _ask(work)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.conf").write_text(casbin_model(), encoding="utf-8")
        (folder / "policy.csv").write_text("".join(policies), encoding="utf-8")
    except OSError as error:
        raise SetupError(f"{folder} cannot be written: {error.strerror}.") from None
    typer.echo(f"Wrote {folder / 'model.conf'} and {folder / 'policy.csv'}.")


@app.command("simulate")
def simulate_command(
    file: FileArgument,
    organisation: Annotated[str, typer.Option(help="Short name of the organisation.")],
    purpose: Annotated[Purpose, typer.Option(help="Purpose of the joint work.")],
    as_json: JsonOption = False,
    language: LanguageOption = Language.EN,
) -> None:
    """Print what a draft would let an organisation read and write, and the difference to what is in force."""
    pact = _read(file, language)

    async def work(connection: Connection) -> tuple[Simulation, Grant]:
        await _enter(connection, (await _territories(connection, pact.territory))[pact.territory])
        rows = await connection.fetch(
            "SELECT slug, kind FROM organisation WHERE slug = ANY ($1::text[])", [slug for slug, _ in pact.parties]
        )
        parties = [Party(row["slug"], OrganisationKind(row["kind"])) for row in rows]
        if organisation not in {party.slug for party in parties}:
            raise SetupError(f"{organisation} is no party of this pact, or no organisation of {pact.territory}.")
        _, before = (await stored_grants(connection)).get((organisation, purpose), (None, Grant(0, 0)))
        return simulate(pact, parties, organisation, purpose), before

    simulation, before = _ask(work)
    _print_simulation(pact, organisation, purpose, simulation, before, as_json=as_json)


def _print_simulation(
    pact: Pact, organisation: str, purpose: Purpose, simulation: Simulation, before: Grant, *, as_json: bool
) -> None:
    grant = simulation.grant
    facts = {
        "digest": digest(pact),
        "organisation": organisation,
        "purpose": str(purpose),
        "read": names_of(grant.read_mask),
        "write": names_of(grant.write_mask),
        "terms": [term_facts(term) for term in simulation.terms],
        "against_in_force": differences(before, grant),
    }
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    typer.echo(f"{organisation}, {purpose}, under this draft ({facts['digest']})")
    read, write = (fields_in_words(names_of(mask)) for mask in (grant.read_mask, grant.write_mask))
    for line in access_in_words(read, write):
        typer.echo(line)
    if grant == Grant(0, 0):
        typer.echo("    nothing")
    for term in simulation.terms:
        until = f"{term.until_days} days" if term.until_days else "without limit of time"
        typer.echo(f"    by clause {term.clause}, {term.basis}, {until}")
    typer.echo("Against what is in force" if before != grant else "The same as what is in force")
    for act, change in differences(before, grant).items():
        for sign, names in (("+", change["more"]), ("-", change["less"])):
            if names:
                typer.echo(f"  {sign} {act} {', '.join(names)}")


@app.command("load")
def load(
    file: FileArgument,
    from_day: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day; left out: today.")
    ] = None,
    language: LanguageOption = Language.EN,
) -> None:
    """Load a version and bring it into force; the same file again changes nothing."""
    pact = _read(file, language)
    day = from_day.date() if from_day else today()
    if day > today():
        raise SetupError("A version comes into force on its day, not before: give --from a day that has come.")

    async def work(connection: Connection) -> None:
        territory_id = (await _territories(connection, pact.territory))[pact.territory]
        version_id = await load_pact(connection, territory_id, read_document(file), parties_of(pact, day))
        await bring_into_force(connection, territory_id, version_id, day)

    try:
        _ask(work)
    except PactError as error:
        raise _refused(error, language) from None
    typer.echo(f"Version {pact.version} of the pact of {pact.territory} is in force ({digest(pact)}).")


def _read(file: Path, language: Language) -> Pact:
    try:
        return parse_pact(read_document(file))
    except PactError as error:
        raise _refused(error, language) from None


def _refused(error: PactError, language: Language) -> typer.Exit:
    for fault in error.faults:
        typer.echo(fault.it if language is Language.IT else fault.en, err=True)
    return typer.Exit(1)


def _ask(work: Callable[[Connection], Awaitable[Answer]]) -> Answer:
    """Run the work in one transaction of the owner's. Raises `SetupError`."""

    async def run(owner: Connection) -> Answer:
        async with owner.transaction():
            return await work(owner)

    try:
        return work_as(OWNER, run)
    except PolicyError as error:
        raise SetupError(str(error)) from None


async def _territories(connection: Connection, slug: str | None) -> dict[str, UUID]:
    rows = await connection.fetch(
        "SELECT slug, id FROM territory WHERE $1::text IS NULL OR slug = $1 ORDER BY slug", slug
    )
    if not rows:
        raise SetupError(f"There is no territory {slug}." if slug else "There is no territory yet.")
    return {row["slug"]: row["id"] for row in rows}


async def _enter(connection: Connection, territory_id: UUID) -> None:
    await connection.execute("SELECT set_config('win.territory_id', $1, true)", str(territory_id))


async def _version(connection: Connection, territory: str, number: int | None) -> StoredVersion:
    for version in await stored_versions(connection):
        if version.is_in_force if number is None else version.number == number:
            return version
    raise SetupError(
        f"No version of the pact is in force in {territory}."
        if number is None
        else f"There is no version {number} of the pact of {territory}."
    )


async def _version_among(
    connection: Connection, territory: str, number: int | None, *, named: str | None
) -> StoredVersion | None:
    """Return the version; of all territories, one that has none is told of and left out."""
    try:
        return await _version(connection, territory, number)
    except SetupError as error:
        if named is not None:
            raise
        typer.echo(str(error), err=True)
        return None


async def _decided(connection: Connection, version: StoredVersion) -> tuple[list[StoredParty], Decisions]:
    """Return the decisions that are stored if the version is in force, else those that its text would give."""
    parties = await stored_parties(connection, version.id)
    if not version.is_in_force:
        return parties, decisions(version.document, as_parties(parties))
    grants = {key: grant for key, (_, grant) in (await stored_grants(connection)).items()}
    return parties, Decisions(grants, tuple(await stored_terms(connection)))
