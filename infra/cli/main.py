"""Finds the command that was asked for, loads it alone, and tells a refusal in one sentence."""

import sys
from importlib.metadata import EntryPoint, entry_points

import typer

from infra.errors import SetupError

COMMANDS = "win.commands"
REFUSED = 2


def main() -> None:
    """Run the command of `sys.argv`."""
    points = {point.name: point for point in entry_points(group=COMMANDS)}
    asked = next((argument for argument in sys.argv[1:] if not argument.startswith("-")), None)
    wanted = [points[asked]] if asked in points else sorted(points.values(), key=lambda point: point.name)
    try:
        assembled(wanted)()
    except SetupError as error:
        print(error, file=sys.stderr)
        sys.exit(REFUSED)


def assembled(points: list[EntryPoint]) -> typer.Typer:
    """Return the application of these commands: a function is a command, an application a group of them."""
    app = typer.Typer(
        name="win",
        help="Case work shared between the organisations of a territory, under a signed pact.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_show_locals=False,
    )
    app.callback()(described)
    for point in points:
        command = point.load()
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=point.name)
        else:
            app.command(point.name, context_settings=getattr(command, "context_settings", None))(command)
    return app


def described() -> None:
    """Case work shared between the organisations of a territory, under a signed pact."""
