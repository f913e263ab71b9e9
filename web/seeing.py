"""What the API tells of who would see a case, put together for a page: what is gained, kept and lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any


@dataclass(frozen=True)
class Ground:
    """Fields that are seen for one purpose, by one clause, until one day."""

    purpose: str
    clause: Mapping[str, Any]
    until: str
    fields: Sequence[str]


@dataclass(frozen=True)
class Outlook:
    """What one organisation would see, beside what it sees now."""

    organisation: Mapping[str, Any]
    fields: Sequence[Mapping[str, Any]]

    @property
    def seen(self) -> list[Mapping[str, Any]]:
        return [one for one in self.fields if one["reason"] == "SHARED"]

    @property
    def lost(self) -> list[str]:
        return [one["field"] for one in self.fields if one["before"] and one["reason"] != "SHARED"]

    @property
    def gained(self) -> list[str]:
        return [one["field"] for one in self.seen if not one["before"]]

    @property
    def grounds(self) -> list[Ground]:
        """Return what it would see, by what lets it."""
        return grounds_of(self.seen)

    def withheld(self, offered: set[str]) -> list[Mapping[str, Any]]:
        """Return what it would not see, although it is offered."""
        return [one for one in self.fields if one["reason"] != "SHARED" and one["field"] in offered]


def grounds_of(seen: Sequence[Mapping[str, Any]]) -> list[Ground]:
    """Return fields by what lets them be seen, in the order of the clauses."""

    def ground(one: Mapping[str, Any]) -> tuple[str, int, str]:
        return one["purpose"], one["clause"]["number"], one["until"]

    made = []
    for (purpose, _, until), members in groupby(sorted(seen, key=ground), key=ground):
        fields = list(members)
        made.append(Ground(purpose, fields[0]["clause"], until, [one["field"] for one in fields]))
    return made


def outlooks(preview: Mapping[str, Any] | None) -> list[Outlook]:
    """Return what each organisation of a preview would see, by name."""
    found = preview["organisations"] if preview else []
    told = [Outlook(one["organisation"], one["fields"]) for one in found]
    return sorted(told, key=lambda one: str(one.organisation["name"]))
