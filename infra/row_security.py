"""The SQL that hides a table's rows: keys led by the tenant, forced row security, policies and grants.

Context is read from transaction-local settings. After a transaction such a setting is '' and not NULL, hence
`nullif`: without a context the comparison is with NULL and no row exists. Each is wrapped in a sub-select so
that PostgreSQL evaluates it once a statement and not once a row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SERVING = "win_app"
KEEPING = "win_owner, win_steward"


def setting(name: str, kind: str = "uuid") -> str:
    """Return the expression of one transaction-local setting; NULL where there is none."""
    return f"(SELECT nullif(current_setting('win.{name}', true), '')::{kind})"


TERRITORY = setting("territory_id")
ORGANISATION = setting("organisation_id")
ACCOUNT = setting("account_id")
FIELD_MASK = setting("field_mask", "bigint")
WRITE_MASK = setting("write_mask", "bigint")
ACTIONS = setting("actions", "bigint")

TODAY = "(now() AT TIME ZONE 'Europe/Rome')::date"

IN_TERRITORY = f"territory_id = {TERRITORY}"


def is_current(row: str) -> str:
    """Return the predicate that today is one of the days of a member or an organisation."""
    return f"({TODAY} BETWEEN {row}.valid_from AND coalesce({row}.valid_until, 'infinity'))"


def mine(column: str = "organisation_id") -> str:
    """Return the predicate of rows that are my organisation's."""
    return f"{column} = {ORGANISATION}"


@dataclass(frozen=True)
class Tenancy:
    """How one tenant table is keyed, who sees its rows, and what the serving role may do with it.

    `select`, `insert`, `update`, `delete` are predicates for the serving role inside the territory; a verb
    without a predicate is not granted. `updated` is what a row has to be after an update, where that is not
    what it had to be before. `update_columns` and `insert_columns` narrow
    those grants: an id that the serving role cannot choose is one whose collision cannot tell it that a hidden row
    exists. The key's index holds the columns of `include` besides.
    """

    table: str
    key: Sequence[str] = ("id",)
    include: Sequence[str] = ()
    refers_to_territory: bool = True
    refers: Mapping[str, str] = field(default_factory=dict)
    unique: Sequence[Sequence[str]] = ()
    index: Sequence[Sequence[str]] = ()
    select: str = ""
    insert: str = ""
    update: str = ""
    updated: str = ""
    delete: str = ""
    update_columns: Sequence[str] = ()
    insert_columns: Sequence[str] = ()

    def statements(self) -> list[str]:
        """Return the statements in order, each complete in itself."""
        return [*self._keys(), *self._row_security(), *self._policies(), *self._grants()]

    def _keys(self) -> list[str]:
        table = self.table
        included = f" INCLUDE ({', '.join(self.include)})" if self.include else ""
        lines = [
            *([f"ALTER TABLE {table} ALTER COLUMN id SET DEFAULT time_ordered_id()"] if "id" in self.key else []),
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey",
            f"ALTER TABLE {table} ADD PRIMARY KEY (territory_id, {', '.join(self.key)}){included}",
        ]
        if self.refers_to_territory:
            lines.append(f"ALTER TABLE {table} ADD FOREIGN KEY (territory_id) REFERENCES territory (id)")
        for column, target in self.refers.items():
            lines.append(
                f"ALTER TABLE {table} ADD FOREIGN KEY (territory_id, {column}) REFERENCES {target} (territory_id, id)"
            )
        lines += [f"ALTER TABLE {table} ADD UNIQUE (territory_id, {', '.join(names)})" for names in self.unique]
        lines += [f"CREATE INDEX ON {table} (territory_id, {', '.join(names)})" for names in self.index]
        return lines

    def _row_security(self) -> list[str]:
        return [
            f"ALTER TABLE {self.table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {self.table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY kept ON {self.table} TO {KEEPING} USING ({IN_TERRITORY}) WITH CHECK ({IN_TERRITORY})",
        ]

    def _policies(self) -> list[str]:
        lines = []
        for verb, predicate in self._verbs():
            rule = f"{IN_TERRITORY} AND ({predicate})"
            after = f"{IN_TERRITORY} AND ({self.updated or predicate})"
            clauses = {
                "select": f"USING ({rule})",
                "insert": f"WITH CHECK ({rule})",
                "update": f"USING ({rule}) WITH CHECK ({after})",
                "delete": f"USING ({rule})",
            }
            lines.append(f"CREATE POLICY may_{verb} ON {self.table} FOR {verb.upper()} TO {SERVING} {clauses[verb]}")
        return lines

    def _grants(self) -> list[str]:
        lines = [f"GRANT SELECT, INSERT, UPDATE, DELETE ON {self.table} TO win_steward"]
        for verb, _ in self._verbs():
            narrowed = {"update": self.update_columns, "insert": self.insert_columns}.get(verb, ())
            columns = f" ({', '.join(narrowed)})" if narrowed else ""
            lines.append(f"GRANT {verb.upper()}{columns} ON {self.table} TO {SERVING}")
        return lines

    def _verbs(self) -> list[tuple[str, str]]:
        verbs = {"select": self.select, "insert": self.insert, "update": self.update, "delete": self.delete}
        return [(verb, predicate) for verb, predicate in verbs.items() if predicate]


def closed(table: str) -> list[str]:
    """Return the statements for a table outside the territories that the serving role never touches itself."""
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY kept ON {table} TO win_owner USING (true) WITH CHECK (true)",
    ]


def definer(
    name: str, arguments: str, returns: str, body: str, *, callers: str = SERVING, settings: str = ""
) -> list[str]:
    """Return a function that runs as its owner, with a fixed search path; nobody but `callers` may call it.

    `arguments` is a list such as "_case uuid, _version int". A trigger function has no callers. `settings` are
    further SET clauses, which hold while it runs.
    """
    kinds = ", ".join(part.split(maxsplit=1)[1] for part in arguments.split(", ")) if arguments else ""
    lines = [
        f"CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS {returns} LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = pg_catalog, public, pg_temp {settings} AS $body$\n{body.strip()}\n$body$",
        f"REVOKE ALL ON FUNCTION {name}({kinds}) FROM PUBLIC",
    ]
    return lines + ([f"GRANT EXECUTE ON FUNCTION {name}({kinds}) TO {callers}"] if callers else [])
