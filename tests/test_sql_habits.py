"""What SQL is made of: texts of the program's own, whole before anybody calls; and nothing set for a whole session."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.test_habits import called, calls, functions, name_of, of_the_program

RUNS = {"execute", "executemany", "fetch", "fetchrow", "fetchval", "fetchmany", "cursor", "prepare"}
RUNS |= {"execute_query", "execute_query_dict", "execute_script"}

HANDED_IN = {
    "api/bench/bare.py: page": "what the compiler made, to compare with",
    "infra/commands.py: administer": "the name of a database of our own making",
    "infra/migrate.py: make_roles": "role names, and the quoted name of the database, which cannot be parameters",
    "infra/migrate.py: make_role": "role names and hexadecimal passwords, which cannot be parameters",
    "jobs/notify.py: run": "made by tenants/notifications/telling.py from its own table",
    "tenants/cases/conflicts.py: *": "table and column names of the groups of a case",
    "tenants/cases/writing.py: write": "table and column names of the groups of a case",
    "tenants/demo/remove.py: *": "statements of its own list",
    "tenants/demo/rows.py: *": "table and column names of its own",
    "tenants/members/managing.py: *": "statements of the functions that call it",
    "tenants/reading/statements.py: run": "what the compiler made; tests/api/test_reading.py holds it to the reference",
    "tenants/reading/statements.py: run_several": "the same",
}
"""Where a statement is not one of the module's own texts, and what it is instead."""

OF_A_FUNCTION = {
    "tenants/migrations/0004_sharing.py": "settings of a function, which hold while it runs",
    "tenants/sharing/grounds.py": "the same",
}


class Texts:
    """Which expressions of one function are texts of the program's own."""

    def __init__(self, function: ast.AST) -> None:
        self.given: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            for target, value in assigned(node):
                for name in ast.walk(target):
                    if isinstance(name, ast.Name):
                        self.given.setdefault(name.id, []).append(value)

    def is_own(self, node: ast.expr, seen: frozenset[str] = frozenset()) -> bool:
        """Tell whether it is a literal, a name in capitals, or put together of these alone, here or before."""
        match node:
            case ast.Constant():
                return True
            case ast.Name(id=name) if name in self.given and name not in seen:
                return all(self.is_own(value, seen | {name}) for value in self.given[name])
            case ast.Name(id=name):
                return name.isupper() and name not in self.given
            case ast.Attribute(attr=name):
                return name.isupper()
            case ast.JoinedStr(values=values):
                parts = [part.value if isinstance(part, ast.FormattedValue) else part for part in values]
                return all(self.is_own(part, seen) for part in parts)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.is_own(left, seen) and self.is_own(right, seen)
            case ast.IfExp(body=one, orelse=other):
                return self.is_own(one, seen) and self.is_own(other, seen)
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                return all(self.is_own(part, seen) for part in parts)
        return False


def assigned(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what is given a value here, and the value."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((target, value) for target in targets)
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            yield target, value
        case ast.AugAssign(target=target, value=value):
            yield target, value
        case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
            yield target, value
        case ast.comprehension(target=target, iter=value):
            yield target, value


def foreign_statements(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield the function and line of every statement that is not a text of the program's own."""
    for function in functions(module):
        texts = Texts(function)
        for call in calls(function):
            is_method = isinstance(call.func, ast.Attribute)
            if is_method and called(call)[1] in RUNS and call.args and not texts.is_own(call.args[0]):
                yield function.name, call.lineno


def session_settings(module: ast.Module) -> Iterator[int]:
    """Yield the line of every text that sets something for longer than its transaction."""
    for node in ast.walk(module):
        text = text_of(node)
        beyond = [kept for kept in SET_CONFIG.findall(text) if kept.strip().lower() != "true"]
        if beyond or SETS.search(text):
            yield getattr(node, "lineno", 0)


SET_CONFIG = re.compile(r"set_config\((?:[^(),]|\([^()]*\))*,(?:[^(),]|\([^()]*\))*,([^()]*)\)", re.IGNORECASE)
SETS = re.compile(
    r"(?:\A|;)\s*(?:SET\s+(?!LOCAL\b|CONSTRAINTS\b)(?:SESSION\b|ROLE\b|TIME\s+ZONE\b|[\w.]+\s*(?:=|\bTO\b))"
    r"|RESET\b|DISCARD\b)"
)


def text_of(node: ast.AST) -> str:
    """Return a text, with a place for whatever is put into it."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=values):
            return "".join(text_of(part) if isinstance(part, ast.Constant) else "_" for part in values)
    return ""


def test_values_reach_sql_as_parameters_only() -> None:
    foreign = {
        f"{name_of(path)}:{line} {function}"
        for path, module in of_the_program()
        for function, line in foreign_statements(module)
        if not {f"{name_of(path)}: {function}", f"{name_of(path)}: *"} & HANDED_IN.keys()
    }
    assert sorted(foreign) == []


def test_every_statement_that_is_handed_in_is_still_there() -> None:
    found = {
        f"{name_of(path)}: {name}"
        for path, module in of_the_program()
        for function, _ in foreign_statements(module)
        for name in (function, "*")
    }
    assert sorted(HANDED_IN.keys() - found) == []


def test_nothing_is_set_for_longer_than_a_transaction() -> None:
    lasting = [
        f"{name_of(path)}:{line}"
        for path, module in of_the_program()
        for line in session_settings(module)
        if name_of(path) not in OF_A_FUNCTION
    ]
    assert lasting == []


@pytest.mark.parametrize(
    "body",
    [
        'connection.fetch(f"SELECT {name}")',
        'text = f"SELECT {name}"; connection.fetch(text)',
        'text = "SELECT "; text += name; connection.fetch(text)',
        'text = "SELECT %s" % name; connection.fetch(text)',
        'text = "SELECT {}".format(name); connection.fetch(text)',
        'text = "".join(["SELECT ", name]); connection.fetch(text)',
        'QUERY = "SELECT " + name; connection.fetch(QUERY)',
        'text = "SELECT 1" if name else name; connection.fetch(text)',
        "for text in [name]: connection.fetch(text)",
        "text = build(name); connection.fetch(text)",
        'connection.fetch((text := f"SELECT {name}") and text)',
        "connection.fetch(name)",
    ],
)
def test_the_rule_finds_sql_that_is_made_before_the_call(body: str) -> None:
    assert list(foreign_statements(ast.parse(f"async def f(connection, name):\n {body}"))) != []


def test_the_rule_lets_texts_of_our_own_pass() -> None:
    body = """
async def f(connection, name):
    text = ONE if name else f"SELECT {COLUMNS} FROM x"
    await connection.fetch(text, name)
    for statement in (ONE, "SELECT 1" + TWO):
        await connection.execute(statement)
"""
    assert list(foreign_statements(ast.parse(body))) == []


@pytest.mark.parametrize(
    ("text", "lasts"),
    [
        ("SET statement_timeout = '1s'", True),
        ("SET win.territory_id TO 'x'", True),
        ("SELECT 1; SET ROLE win_owner", True),
        ("SET SESSION AUTHORIZATION win_owner", True),
        ("RESET ALL", True),
        ("SELECT set_config('win.territory_id', $1, false)", True),
        ("SELECT set_config('a', coalesce($1, ''), true), set_config('b', $2, $3)", True),
        ("SET LOCAL statement_timeout = '1s'", False),
        ("SELECT set_config('win.territory_id', coalesce($1, ''), true)", False),
        ("UPDATE event SET state = 'done'", False),
        ("Set the language = yours", False),
    ],
)
def test_the_rule_finds_what_is_set_for_a_session(text: str, lasts: bool) -> None:
    assert (list(session_settings(ast.parse(f"X = {text!r}"))) != []) is lasts
