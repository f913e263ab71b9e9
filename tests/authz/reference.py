"""Who may read or write what under a pact, said once more: plainly, without Casbin and without the parsed values."""

from collections.abc import Iterable, Mapping
from typing import Any

from authz.fields import Field


def may(
    document: Mapping[str, Any],
    kinds: Mapping[str, str],
    organisation: str,
    purpose: str,
    field: Field,
    act: str,
) -> bool:
    """Tell whether the organisation may do `act` to the field for the purpose."""
    if (act, field.key) == ("write", "contacts.address"):
        return False
    lists = [document["parties"].get(name, []) for name in ("promoters", "signatories", "adherents")]
    if not any(organisation in members for members in lists):
        return False
    given = forbidden = False
    for clause in document["clauses"]:
        for share in clause.get("shares", []):
            grantees = share["with"]
            is_named = organisation in grantees.get("organisations", [])
            is_of_kind = kinds[organisation] in grantees.get("kinds", [])
            if (is_named or is_of_kind) and purpose in share["for"]:
                given |= named(share.get(act, []), field, group_covers_it=not field.is_sensitive)
                forbidden |= named(share.get("never", []), field, group_covers_it=True)
    return given and not forbidden


def named(names: Iterable[str], field: Field, *, group_covers_it: bool) -> bool:
    """Tell whether one of the names is the field's, or its group's where that is enough."""
    return any(name == field.key or (name == field.group and group_covers_it) for name in names)
