"""The documentation says what is there: files, settings, codes, limits and commands."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from uuid import UUID

import pytest

from api import headers, limits, limits_cost
from api.refusals import STATUS, extensions
from authz.fields import FIELDS
from authz.roles import FIELD_MASKS
from infra.cli.main import COMMANDS, DEVELOPING
from infra.database import SERVER_SETTINGS
from infra.errors import ErrorCode, ProblemCode
from infra.settings import Settings
from tenants.account.weakness import SHORTEST_PASSWORD
from tenants.invitations import service as invitations
from tenants.members import service as members
from tenants.members import throttles
from tenants.members.passwords import STRANGERS
from tenants.operations.service import LONGEST as LONGEST_KEY
from tenants.reading import pages
from web import protocol

ROOT = Path(__file__).parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
CODE_BLOCK = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
FOLDERS = ("api", "authz", "docs", "infra", "jobs", "tenants", "tests", "web", r"\.ci", r"\.github")
FILE = re.compile(rf"(?:{'|'.join(FOLDERS)})/[\w./-]*")
PLACEHOLDER = re.compile(r"<\w+>|NNNN")
COMMAND = re.compile(r"\./win ([a-z]+(?:-[a-z]+)*)")
SETTING = re.compile(r"\bWIN_[A-Z_]+\b")

NOT_SETTINGS = {
    "WIN_PYTHON": "read by the script `win`, before there is a program",
    "WIN_ORACLE_DECISIONS": "read by the tests",
    "WIN_REQUIRE_PEERS": "read by the tests",
    "WIN_TEST_THOROUGH": "read by the tests",
}


@cache
def text(page: Path) -> str:
    return page.read_text("utf-8")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def page_named(name: str) -> str:
    return text(ROOT / "docs" / f"{name}.md")


def words(page: Path) -> Iterator[str]:
    """Yield what a page says in code: between backquotes, and in blocks."""
    yield from CODE_BLOCK.findall(text(page))
    yield from CODE.findall(CODE_BLOCK.sub("", text(page)))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as the usual renderers make them."""
    plain = CODE_BLOCK.sub("", text(page))
    kept = (re.sub(r"[^\w\s-]", "", heading.lower()) for heading in HEADING.findall(plain))
    return {re.sub(r"\s", "-", heading.strip()) for heading in kept}


def row_of(page: str, subject: str) -> str:
    """Return the row of a table that begins with these words, or nothing."""
    return next((line for line in page.splitlines() if line.startswith(f"| {subject} |")), "")


def test_every_link_leads_to_a_file_and_a_heading() -> None:
    broken = []
    for page in PAGES:
        for link in LINK.findall(CODE_BLOCK.sub("", text(page))):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            if not target.exists() or (anchor and anchor not in anchors(target)):
                broken.append(f"{name_of(page)}: {link}")
    assert broken == []


def test_every_file_that_is_named_exists() -> None:
    absent = {
        f"{name_of(page)}: {path}"
        for page in PAGES
        for code in words(page)
        for path in FILE.findall(code)
        if code.startswith(path) and not PLACEHOLDER.search(code) and not (ROOT / path).exists()
    }
    assert sorted(absent) == []


def test_every_command_that_is_named_exists_and_the_operators_page_names_all() -> None:
    known = {point.name for group in (COMMANDS, DEVELOPING) for point in entry_points(group=group)}
    named = {name: set(COMMAND.findall(text(page))) for page in PAGES for name in [name_of(page)]}
    assert {name: sorted(found - known) for name, found in named.items() if found - known} == {}
    assert known - named["docs/operating.md"] == set()


def test_every_page_is_in_the_index() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in LINK.findall(text(index))}
    assert [name_of(page) for page in PAGES if page not in linked | {index, ROOT / "CHANGELOG.md"}] == []


DECISIONS = [page for page in PAGES if page.parent.name == "decisions"]
A_PAGE = 50


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_is_a_page_with_its_three_parts(page: Path) -> None:
    headings = HEADING.findall(text(page))
    assert headings[1:] == ["Context", "Decision", "Consequences"]
    assert headings[0].startswith(f"{int(page.stem[:4])}. ")
    assert len(text(page).splitlines()) <= A_PAGE


def test_every_setting_has_its_row_and_its_default() -> None:
    page = page_named("operating")
    for name, setting in Settings.model_fields.items():
        row = row_of(page, f"`WIN_{name.upper()}`")
        assert row, name
        if setting.default is not None:
            assert f"`{setting.default}`" in row.split("|")[2], name


def test_no_setting_is_named_that_does_not_exist() -> None:
    known = {f"WIN_{name.upper()}" for name in Settings.model_fields} | NOT_SETTINGS.keys()
    assert {
        (name_of(page), name) for page in PAGES for name in SETTING.findall(text(page)) if name not in known
    } == set()


@pytest.mark.parametrize("code", ErrorCode)
def test_every_error_code_has_the_section_that_answers_point_to(code: ErrorCode) -> None:
    address = extensions({"code": code}, UUID(int=0))["docUrl"]
    assert address.partition("#")[2] in anchors(ROOT / "docs" / "errors.md")
    assert f"\n\n`{code}`, HTTP {STATUS.get(code, 400)}" in page_named("errors")


def test_the_sections_of_errors_are_the_codes() -> None:
    assert re.findall(r"^`([A-Z_]+)`, HTTP", page_named("errors"), re.MULTILINE) == sorted(ErrorCode)


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_code_is_explained(code: ProblemCode) -> None:
    assert row_of(page_named("errors"), f"`{code}`")


LIMITS = {
    "body of a request": headers.MAX_BODY,
    "document": limits.MAX_BYTES,
    "tokens": limits.MAX_TOKENS,
    "depth": limits.MAX_DEPTH,
    "depth of introspection": limits.MAX_INTROSPECTION_DEPTH,
    "fields, with fragments opened": limits.MAX_FIELDS,
    "aliases": limits.MAX_ALIASES,
    "directives": limits.MAX_DIRECTIVES,
    "fragments": limits.MAX_FRAGMENTS,
    "pairs of fields with one place in the answer": limits.MAX_REPEATS,
    "values in variables": limits_cost.MAX_VARIABLES,
    "cost": limits_cost.MAX_COST,
}


@pytest.mark.parametrize("limit", LIMITS)
def test_limits_are_those_of_the_code(limit: str) -> None:
    row = row_of(page_named("graphql"), limit)
    assert re.findall(r"\d+", row) == [str(LIMITS[limit])]


def test_every_limit_on_documents_is_told() -> None:
    named = [name for module in (limits, limits_cost) for name in vars(module) if name.startswith("MAX_")]
    told = len(LIMITS) - 1  # the limit on bodies is elsewhere
    assert len(set(named) - {"MAX_NESTING"}) == told


SIGN_IN = import_module("tenants.migrations.0005_sign_in")
SENTENCES = [
    ("graphql", f"| `first`, `last` | 0 to {pages.MOST}, not both |"),
    ("graphql", f"counts up to {pages.COUNTED} |"),
    ("graphql", f"(1 to {LONGEST_KEY} printable"),
    (
        "graphql",
        f"valid for {members.TOKEN_DAYS} days unless `--days` says otherwise, {members.MOST_TOKEN_DAYS} at most",
    ),
    ("graphql", f"{limits_cost.ROOT_PAGE} times at the root and {limits_cost.NESTED_PAGE} times below"),
    ("security", f"ends after {SIGN_IN.HOURS} hours, or after {SIGN_IN.MINUTES} minutes"),
    ("security", f"A count is of the last {throttles.SPAN.seconds // 60} minutes"),
    (
        "security",
        f"{throttles.MOST_FOR_ADDRESS} guesses are looked at from anywhere, and {throttles.MOST_FROM_NETWORK}",
    ),
    ("security", f"of a network, {throttles.MOST_OF_NETWORK} whatever"),
    ("security", f"within {throttles.DEVICE_KNOWN_FOR.days} days"),
    ("security", f"that browser's own failures count, {throttles.MOST_FROM_DEVICE} of them"),
    ("security", f"{STRANGERS.most} places, of those of strangers {STRANGERS.most_each} for one"),
    ("members", f"An invitation is valid for {invitations.LIFE.days} days"),
    ("members", f"sends {invitations.MOST_A_DAY} invitations in a day"),
    ("members", f"a password of {SHORTEST_PASSWORD} signs"),
    ("operating", f"| a statement of a request | {SERVER_SETTINGS['statement_timeout']} |"),
    ("operating", f"| waiting for a lock | {SERVER_SETTINGS['lock_timeout']} |"),
    ("operating", f"in which nothing happens | {SERVER_SETTINGS['idle_in_transaction_session_timeout']} |"),
    ("operating", f"| {protocol.LARGEST_HEAD} bytes, {Settings.model_fields['request_seconds'].default} seconds |"),
    ("sharing", f"fields: {len(FIELDS)} of them"),
]


@pytest.mark.parametrize(("page", "sentence"), SENTENCES)
def test_numbers_in_sentences_are_those_of_the_code(page: str, sentence: str) -> None:
    assert sentence in " ".join(page_named(page).split())


def test_every_role_is_in_the_table_of_what_roles_see() -> None:
    page = page_named("sharing")
    table = page[page.index("| role | reads | writes |") :]
    assert [role for role in FIELD_MASKS if role.replace("_", " ") not in table] == []
