"""Expressions that several shapes share."""

from authz.fields import FIELDS


def field_keys(mask: str) -> str:
    """Return the expression of the list of keys of the fields in a mask, in the order of the registry."""
    fields = ", ".join(f"('{field.key}', {field.bit})" for field in FIELDS)
    return (
        f"(SELECT coalesce(json_agg(f.key ORDER BY f.bit), '[]') FROM (VALUES {fields}) f (key, bit) "
        f"WHERE {mask} & (1::bigint << f.bit) <> 0)"
    )


def last_day(until: str) -> str:
    """Return the expression of the last day, in Italy, before an instant; null for what never ends."""
    return (
        f"CASE WHEN {until} < 'infinity' "
        f"THEN (({until} - interval '1 microsecond') AT TIME ZONE 'Europe/Rome')::date END"
    )
