"""The house rules that a machine can keep: what a reviewer would otherwise have to say twice."""

import ast
import importlib
import importlib.metadata
import re
import string
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from infra.errors import ErrorCode, ProblemCode
from infra.messages import MESSAGES
from infra.settings import Settings

ROOT = Path(__file__).parent.parent
FLOORS = ("web", "api", "jobs", "tenants", "authz", "infra")

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 40

EMPTY_WORDS = {"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"}
OTHER_WORDS = {
    r"organi[z]ation": "organisation",
    r"authori[z]e|authori[z]ation": "authorise, authorisation",
    r"(^|_)org_id$": "organisation_id",
    r"(^|_)tenant_id$": "organisation_id or territory_id",
    r"(^|_)user_id$": "account_id or member_id",
    r"(^|_)agreement": "pact",
    r"beneficiar": "person",
    r"(^|_)(dossier|folder_id)": "case",
}
"""What an identifier must not say, and the glossary's word for it."""

HOSTS = re.compile(r"(?:https?|postgres(?:ql)?|rediss?)://(?:[^\s/@'\"`{}]*@)?([a-zA-Z0-9.-]+\.[a-zA-Z]{2,}|[0-9.]+)")
KNOWN_HOSTS = re.compile(
    r"(.*\.)?(example|test|invalid|localhost)|127\.0\.0\.1|0\.0\.0\.0|(.*\.)?europa\.eu|(.*\.)?w3\.org"
    r"|scalars\.graphql\.org"
)
MACHINE_PATHS = re.compile(r"(?<![\w.}*])/(?:work|home|root|Users|mnt|opt)/\w")
WHEELS_FROM = re.compile(r"^\s*(--index-url|--extra-index-url|--find-links|-i |-f )|@ https?://", re.MULTILINE)

CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
CLOCKS |= {("time", "time_ns")}


@cache
def tracked() -> tuple[Path, ...]:
    """Return every file that is under version control and still there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    return tuple(ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


@cache
def texts() -> dict[Path, str]:
    """Return the text of every tracked file that is text."""
    found = {}
    for path in tracked():
        try:
            found[path] = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return found


@cache
def modules() -> dict[Path, ast.Module]:
    """Return every tracked Python module, parsed once."""
    return {path: ast.parse(text, str(path)) for path, text in texts().items() if path.suffix == ".py"}


def name_of(path: Path) -> str:
    """Return a path as the reader of a failure knows it."""
    return path.relative_to(ROOT).as_posix()


def of_the_program() -> Iterator[tuple[Path, ast.Module]]:
    """Yield the modules of the floors, without the tests."""
    for path, module in modules().items():
        if name_of(path).split("/")[0] in FLOORS:
            yield path, module


def functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls(node: ast.AST) -> Iterator[ast.Call]:
    for item in ast.walk(node):
        if isinstance(item, ast.Call):
            yield item


def called(call: ast.Call) -> tuple[str, str]:
    """Return what a call is made on and the name called, such as ("datetime", "now")."""
    target = call.func
    if isinstance(target, ast.Attribute):
        owner = target.value
        return (owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")), target.attr
    return "", getattr(target, "id", "")


def test_no_file_is_too_long() -> None:
    lengths = {name_of(path): len(texts()[path].splitlines()) for path in modules()}
    assert {name: lines for name, lines in lengths.items() if lines >= MOST_LINES_OF_A_FILE} == {}


def test_no_function_is_too_long() -> None:
    lengths = {
        f"{name_of(path)}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path, module in modules().items()
        for node in functions(module)
    }
    assert {name: lines for name, lines in lengths.items() if lines >= MOST_LINES_OF_A_FUNCTION} == {}


def test_no_module_is_named_by_an_empty_word() -> None:
    assert [name_of(path) for path in modules() if {*path.parts, path.stem} & EMPTY_WORDS] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name_of(path)
        for path, module in of_the_program()
        if "migrations" not in path.parts and path.stem != "__main__" and ast.get_docstring(module) is None
    ]
    assert silent == []


def identifiers(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.arg():
                yield node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.id


def test_one_word_for_one_thing() -> None:
    wrong = [
        f"{name_of(path)}: {identifier} (say {word})"
        for path, module in modules().items()
        for identifier in set(identifiers(module))
        for pattern, word in OTHER_WORDS.items()
        if re.search(pattern, identifier, re.IGNORECASE)
    ]
    assert wrong == []


def test_no_address_of_any_server_but_examples() -> None:
    hosts = {(name_of(path), host) for path, text in texts().items() for host in HOSTS.findall(text)}
    assert sorted((name, host) for name, host in hosts if not KNOWN_HOSTS.fullmatch(host)) == []


def test_no_path_of_any_machine() -> None:
    assert [name_of(path) for path, text in texts().items() if MACHINE_PATHS.search(text)] == []


def test_locks_do_not_say_where_packages_come_from() -> None:
    locks = [path for path in texts() if path.suffix in (".txt", ".lock", ".in")]
    assert [name_of(path) for path in locks if WHEELS_FROM.search(texts()[path])] == []


def test_only_commands_print() -> None:
    loud = [
        f"{name_of(path)}:{call.lineno}"
        for path, module in of_the_program()
        for call in calls(module)
        if called(call) == ("", "print") and path.stem != "commands" and "cli" not in path.parts
    ]
    assert loud == []


def test_there_is_one_clock() -> None:
    others = [
        f"{name_of(path)}:{call.lineno}"
        for path, module in of_the_program()
        for call in calls(module)
        if called(call) in CLOCKS and name_of(path) != "infra/clock.py"
    ]
    assert others == []


def requiring(module: ast.Module) -> set[str]:
    """Return the functions that call `actor.require`, or one of this module that does."""
    bodies = {node.name: node for node in functions(module)}
    found: set[str] = set()
    while True:
        more = {
            name
            for name, node in bodies.items()
            if any(called(call) == ("actor", "require") or called(call)[1] in found for call in calls(node))
        }
        if more <= found:
            return found
        found |= more


NOT_A_VERB_OF_A_ROLE = {
    "tenants/account/service.py: change_password": "everybody may change their own",
    "tenants/account/service.py: start_second_factor": "everybody may protect their own account",
    "tenants/account/service.py: confirm_second_factor": "the same",
    "tenants/account/service.py: end_second_factor": "the same",
    "tenants/account/service.py: end_other_sessions": "everybody may end their own sessions",
    "tenants/account/service.py: end_session": "the same",
    "tenants/account/service.py: set_language": "everybody may choose their own language",
    "tenants/members/service.py: prove": "nobody is signed in yet",
    "tenants/members/service.py: sign_in": "nobody is signed in yet",
    "tenants/members/service.py: sign_in_with_code": "nobody is signed in yet",
    "tenants/members/service.py: sign_out": "everybody may end their own session",
    "tenants/account/service.py: set_news_by_mail": "everybody may choose what they are mailed",
    "tenants/joint_work/service.py: mark_proposal_read": "whoever sees a proposal has seen it; it is noted as that",
    "tenants/notifications/service.py: mark_all_read": "everybody may put away what they were told",
    "tenants/notifications/service.py: mark_read": "the same",
    "tenants/operations/service.py: remember": "bookkeeping of a request that its verbs have already been allowed",
    "tenants/operations/service.py: remembered": "the same",
}


def test_every_verb_asks_whether_the_role_may() -> None:
    open_doors = []
    for path, module in of_the_program():
        if path.name in ("service.py", "managing.py"):
            closed = requiring(module)
            for node in module.body:
                if not isinstance(node, ast.AsyncFunctionDef) or node.name.startswith("_"):
                    continue
                first = [argument.arg for argument in node.args.args][:1]
                door = f"{name_of(path)}: {node.name}"
                # An operator's verb is given the owner's connection; nobody reaches it from outside.
                if first != ["connection"] and node.name not in closed and door not in NOT_A_VERB_OF_A_ROLE:
                    open_doors.append(door)
    assert open_doors == []


def entry_points() -> list[str]:
    points = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    return [target for group in points.values() for target in group.values()]


@pytest.mark.parametrize("target", entry_points())
def test_every_entry_point_leads_somewhere(target: str) -> None:
    module, _, name = target.partition(":")
    assert callable(getattr(importlib.import_module(module), name))


RAISED = {"BadRequest", "LimitExceeded", "NotFound", "Refused", "Unauthenticated", "Unavailable"}
OF_CODES = {
    f"{kind}.{code.lower()}" for kind, codes in (("error", ErrorCode), ("problem", ProblemCode)) for code in codes
}
MADE = ("limit", "mail", "notification", "problem")
"""Kinds of message whose ids are put together: what follows the kind stands by itself in Python or in SQL."""


def said() -> Iterator[tuple[str, str]]:
    """Yield every text of the program that is a message id by its look or by where it stands, and its file."""
    kinds = {message.partition(".")[0] for message in MESSAGES}
    looks = re.compile(rf"({'|'.join(sorted(kinds))})\.[a-z_0-9]+")
    for path, module in of_the_program():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED:
                given = [argument for argument in node.args[:1] if isinstance(argument, ast.Constant)]
                yield from ((name_of(path), text) for text in constants(given))
        yield from ((name_of(path), text) for text in constants([module]) if looks.fullmatch(text))


def constants(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield every text that is written within."""
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


def test_every_message_that_is_said_exists() -> None:
    derived = {("infra/errors.py", message) for message in OF_CODES}
    assert sorted(pair for pair in {*said(), *derived} if pair[1] not in MESSAGES) == []


def test_every_message_is_said() -> None:
    written = {"infra/messages.py", "infra/problem_messages.py"}
    words = {text for path, module in of_the_program() if name_of(path) not in written for text in constants([module])}
    in_sql = {word for text in words for word in re.findall(r"'([a-z_]+)'", text)}
    made = {f"{kind}.{word}{part}" for kind in MADE for word in words | in_sql for part in ("", "_subject", "_text")}
    assert {*MESSAGES} - words - made - OF_CODES == set()


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_message_has_both_languages_with_the_same_values() -> None:
    assert list(MESSAGES) == sorted(MESSAGES)
    faulty = [
        message
        for message, (italian, english) in MESSAGES.items()
        if not italian.strip()
        or not english.strip()
        or placeholders(italian) != placeholders(english)
        # A word of a protocol is no sentence.
        or (italian == english and message != "error.persisted_query_not_supported")
    ]
    assert faulty == []


def test_every_setting_is_described() -> None:
    assert [name for name, setting in Settings.model_fields.items() if not setting.description] == []


def test_nothing_installed_has_the_name_of_a_floor() -> None:
    """WIN is an application: its floors are top-level packages, which nobody else may provide."""
    owners = importlib.metadata.packages_distributions()
    assert {floor: owners[floor] for floor in FLOORS if set(owners.get(floor, [])) - {"win"}} == {}


def test_the_schema_that_is_written_down_is_the_schema() -> None:
    from api.schema import schema

    assert (ROOT / "api" / "schema.graphql").read_text("utf-8").strip() == schema.as_str().strip()
