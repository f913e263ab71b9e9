"""Finds the command that was asked for, loads it alone, and tells a refusal in one sentence."""

import ast
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

import typer

from infra.errors import SetupError

COMMANDS = "win.commands"
DEVELOPING = "win.developing"
"""Commands that need what only the repository has: the tests, and the tools of the larger environment."""
REPOSITORY = (Path(__file__).parents[2] / "tests").is_dir()
NAME = "./win" if REPOSITORY else "win"
REFUSED = 2


def main() -> None:
    """Run the command of `sys.argv`."""
    groups = (COMMANDS, DEVELOPING) if REPOSITORY else (COMMANDS,)
    points = {point.name: point for group in groups for point in entry_points(group=group)}
    asked = next((argument for argument in sys.argv[1:] if not argument.startswith("-")), "")
    try:
        app = loaded(points[asked]) if asked in points else listed([points[name] for name in sorted(points)])
        app(prog_name=NAME)
    except SetupError as error:
        print(error, file=sys.stderr)
        sys.exit(REFUSED)


def empty() -> typer.Typer:
    """Return the application without a command."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(described)
    return app


def described() -> None:
    """Case work shared between the organisations of a territory, under a signed pact."""


def loaded(point: EntryPoint) -> typer.Typer:
    """Return the application with one command: a function is a command, an application a group of them."""
    app, command = empty(), point.load()
    if isinstance(command, typer.Typer):
        app.add_typer(command, name=point.name)
    else:
        app.command(point.name, context_settings=getattr(command, "context_settings", None))(command)
    return app


def listed(points: list[EntryPoint]) -> typer.Typer:
    """Return the application that only tells what there is; no command is loaded for that."""
    app = empty()
    for point in points:
        app.command(point.name, help=sentence(point))(nothing())
    return app


def nothing() -> Callable[[], None]:
    """Return a command that stands for another in a list."""
    return lambda: None


def sentence(point: EntryPoint) -> str:
    """Return what a command says of itself, read from its source: a docstring, or the `help` of a group."""
    spec = find_spec(point.module)
    if spec is None or spec.origin is None:
        return ""
    for node in ast.parse(Path(spec.origin).read_text("utf-8")).body:
        match node:
            case ast.FunctionDef(name=point.attr):
                return ast.get_docstring(node) or ""
            case ast.Assign(targets=[ast.Name(id=point.attr)], value=ast.Call(keywords=keywords)):
                return next((ast.literal_eval(word.value) for word in keywords if word.arg == "help"), "")
    return ""
