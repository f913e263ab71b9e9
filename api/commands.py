"""`win schema export`: the schema as a file in the tree, so that every change of it is seen."""

from pathlib import Path
from typing import Annotated

import typer

from api.schema import schema as win_schema
from infra.errors import SetupError

FILE = Path(__file__).with_name("schema.graphql")

schema = typer.Typer(help="The GraphQL schema.", no_args_is_help=True)


@schema.callback()
def group() -> None:
    """The GraphQL schema."""


@schema.command()
def export(
    check: Annotated[bool, typer.Option("--check", help="Only tell whether the file is up to date.")] = False,
) -> None:
    """Write the schema to api/schema.graphql."""
    text = win_schema.as_str() + "\n"
    if check and (not FILE.exists() or FILE.read_text("utf-8") != text):
        raise SetupError("api/schema.graphql is not up to date; run ./win schema export.")
    if not check:
        FILE.write_text(text, "utf-8")
