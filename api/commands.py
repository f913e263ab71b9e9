"""`win schema export`: the schema, and the list of its operations, as files in the tree, so that a change is seen."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer
from graphql import GraphQLField, GraphQLObjectType, build_schema, find_breaking_changes

from api.schema import schema as win_schema
from infra.errors import SetupError

FILE = Path(__file__).with_name("schema.graphql")
RELEASED = FILE.with_name("released.graphql")
"""The schema of the last release, as its release leaves it there; there is none before the first."""
OPERATIONS = Path(__file__).parents[1] / "docs" / "operations.md"
HEAD = """# Operations

Every field of `Query` and of `Mutation`, as `./win schema export` writes them. [The guide](graphql.md) tells how they
are used, and `/docs/schema` all of their types.
"""

schema = typer.Typer(help="The GraphQL schema.", no_args_is_help=True)


@schema.callback()
def group() -> None:
    """The GraphQL schema."""


@schema.command()
def export(
    check: Annotated[bool, typer.Option("--check", help="Only tell whether the files are up to date.")] = False,
) -> None:
    """Write the schema to api/schema.graphql, and its operations to docs/operations.md."""
    texts = {FILE: win_schema.as_str() + "\n", OPERATIONS: operations()}
    for file, text in texts.items():
        if not check:
            file.write_text(text, "utf-8")
        elif not file.exists() or file.read_text("utf-8") != text:
            raise SetupError(f"{file.parent.name}/{file.name} is not up to date; run ./win schema export.")
    if check and RELEASED.exists():
        broken = breaks(RELEASED.read_text("utf-8"), texts[FILE])
        if broken:
            raise SetupError("This breaks what was released: " + "; ".join(broken))


def breaks(before: str, after: str) -> list[str]:
    """Return what somebody who wrote against the one schema finds broken in the other."""
    return [change.description for change in find_breaking_changes(build_schema(before), build_schema(after))]


def operations() -> str:
    """Return the page of the documentation that names every operation."""
    schema = win_schema._schema
    parts = [("Queries", schema.query_type), ("Mutations", schema.mutation_type)]
    return "\n".join([HEAD, *(line for title, kind in parts if kind for line in table(title, kind))])


def table(title: str, kind: GraphQLObjectType) -> Iterator[str]:
    """Yield the lines of one table, in the order of the names."""
    yield from (f"## {title}\n", "| operation | gives | what for |", "|---|---|---|")
    fields: Mapping[str, GraphQLField] = kind.fields
    for name in sorted(fields):
        given = ", ".join(f"{argument}: {value.type}" for argument, value in fields[name].args.items())
        asked = f"{name}({given})" if given else name
        note = (fields[name].description or "").replace("\n", " ").replace("|", "\\|")
        yield f"| `{asked}` | `{fields[name].type}` | {note} |"
    yield ""
