"""`win pact …` on the demonstration territories."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import casbin
import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from authz.clauses import parse_pact
from authz.compile import digest
from infra.errors import SetupError
from infra.settings import settings
from tenants.pacts.commands import app
from tenants.pacts.document import read_document

FOLDER = Path(__file__).parents[2] / "tenants" / "pacts"
MAIN = FOLDER / "empolese-valdelsa.yaml"
PLACEMENT = ["simulate", str(MAIN), "--organisation", "cooperativa-il-ponte", "--purpose", "traineeship"]

Win = Callable[..., Awaitable[Result]]


@pytest.fixture
def win(database_url: str, secret: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Win]:
    """Runs a command as an operator would, on this worker's database."""
    monkeypatch.setenv("WIN_DATABASE_URL", database_url)
    monkeypatch.setenv("WIN_SECRET_KEY", secret)
    settings.cache_clear()

    async def run(*arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, list(arguments))

    yield run
    settings.cache_clear()


async def test_show_tells_clauses_decisions_and_digest(win: Win) -> None:
    answer = await win("show", "--territory", "empolese-valdelsa", "--language", "it")
    assert answer.exit_code == 0, answer.output
    assert f"Digest {digest(parse_pact(read_document(MAIN)))}" in answer.output
    assert "Clause 5. Inserimento lavorativo" in answer.output
    assert "read identity.*, contacts.*, work.*, education.*, plan.*" in answer.output
    assert "never economic.isee_value" in answer.output
    assert "Fault" not in answer.output


async def test_show_as_json(win: Win) -> None:
    answer = await win("show", "--territory", "empolese-valdelsa", "--json")
    facts = json.loads(answer.stdout)
    assert (facts["version"], facts["faults"], len(facts["parties"]), len(facts["clauses"])) == (1, [], 37, 12)
    [decision] = [
        one
        for one in facts["decisions"]
        if (one["organisation"], one["purpose"]) == ("cooperativa-il-ponte", "traineeship")
    ]
    assert decision["write"] == ["plan.progress", "interventions.log", "interventions.detail"]
    assert [term["clause"] for term in decision["terms"]] == [5]
    everywhere = json.loads((await win("show", "--json")).stdout)
    assert {"empolese-valdelsa", "valdarno-demo"} <= {one["territory"] for one in everywhere}


async def test_export_is_a_policy_that_casbin_loads(win: Win, tmp_path: Path) -> None:
    answer = await win("export", "--casbin", str(tmp_path / "new" / "folder"))
    assert answer.exit_code == 0, answer.output
    folder = tmp_path / "new" / "folder"
    engine = casbin.Enforcer(str(folder / "model.conf"), str(folder / "policy.csv"))

    def may(organisation: str, territory: str, field: str) -> bool:
        return bool(engine.enforce(organisation, territory, field, "read", "traineeship"))

    assert may("cooperativa-il-ponte", "empolese-valdelsa", "identity.name")
    assert not may("cooperativa-il-ponte", "empolese-valdelsa", "economic.isee_value")
    assert not may("cooperativa-il-ponte", "valdarno-demo", "identity.name")
    assert may("cooperativa-la-gualchiera", "valdarno-demo", "identity.name")
    assert not may("cooperativa-la-gualchiera", "empolese-valdelsa", "identity.name")


async def test_export_to_a_place_that_is_a_file(win: Win, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = await win("export", "--casbin", str(tmp_path / "file" / "folder"))
    assert isinstance(answer.exception, SetupError)


async def test_simulation_of_what_is_in_force_changes_nothing(win: Win) -> None:
    answer = await win(*PLACEMENT)
    assert answer.exit_code == 0, answer.output
    assert "by clause 5, consent, 540 days" in answer.output
    assert answer.output.endswith("The same as what is in force\n")


async def test_simulation_tells_what_a_draft_would_change(win: Win, tmp_path: Path) -> None:
    draft = yaml.safe_load(MAIN.read_text())
    draft["clauses"][4]["shares"][0]["read"] = ["identity", "work", "health.disability"]
    (tmp_path / "draft.yaml").write_text(yaml.safe_dump(draft))
    answer = await win("simulate", str(tmp_path / "draft.yaml"), *PLACEMENT[2:], "--json")
    change = json.loads(answer.stdout)["against_in_force"]
    assert change["read"]["more"] == ["health.disability"]
    assert change["read"]["less"][0] == "contacts.municipality"
    assert change["write"] == {"more": [], "less": []}
    in_words = (await win("simulate", str(tmp_path / "draft.yaml"), *PLACEMENT[2:])).output
    assert "+ read health.disability" in in_words


async def test_draft_with_faults_is_refused_in_the_language_asked_for(win: Win, tmp_path: Path) -> None:
    draft = yaml.safe_load(MAIN.read_text())
    draft["clauses"][4]["shares"][0]["read"] = ["identita"]
    (tmp_path / "draft.yaml").write_text(yaml.safe_dump(draft))
    for command in (["simulate", str(tmp_path / "draft.yaml"), *PLACEMENT[2:]], ["load", str(tmp_path / "draft.yaml")]):
        answer = await win(*command, "--language", "it")
        assert answer.exit_code == 1
        assert "Clausola 5, shares 1, read: nessun campo e nessun gruppo si chiama «identita»." in answer.stderr


async def test_load_of_what_is_in_force_changes_nothing(win: Win) -> None:
    before = json.loads((await win("show", "--json")).stdout)
    answer = await win("load", str(MAIN))
    assert answer.exit_code == 0, answer.output
    assert json.loads((await win("show", "--json")).stdout) == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["show", "--territory", "altrove"], "There is no territory altrove."),
        (
            ["show", "--territory", "valdarno-demo", "--version", "7"],
            "There is no version 7 of the pact of valdarno-demo.",
        ),
        (
            [*PLACEMENT[:3], "caritas-montevarchi", *PLACEMENT[4:]],
            "caritas-montevarchi is no party of this pact, or no organisation of empolese-valdelsa.",
        ),
        (
            ["load", str(MAIN), "--from", "2999-01-01"],
            "A version comes into force on its day, not before: give --from a day that has come.",
        ),
    ],
)
async def test_what_cannot_be_done_is_one_sentence(win: Win, arguments: list[str], sentence: str) -> None:
    answer = await win(*arguments)
    assert isinstance(answer.exception, SetupError)
    assert str(answer.exception) == sentence
