"""The list of cases: its order, and how it may be narrowed without telling what the reader may not know."""

from authz.fields import FIELD
from tenants.reading.shapes import Key, Source


def if_readable(table: str, test: str, field: str) -> str:
    """Return a condition on a value of a case; it asks only of the cases whose value the reader may know.

    A filter is a question too, so its field stands under `tested` besides.
    """
    return (
        f"EXISTS (SELECT FROM {table} x JOIN case_access m ON m.territory_id = x.territory_id "
        "AND m.case_id = x.case_id WHERE x.territory_id = a.territory_id AND x.case_id = a.case_id "
        f"AND {test} AND m.organisation_id = {{organisation}} AND m.until > now() "
        f"AND m.read_mask & {{field_mask}} & {FIELD[field].mask} <> 0)"
    )


# Row security shows the words of names that the reader may know, and no others. It stands before every condition that
# might tell of a row, so the bounds are made apart: only comparisons may reach the index. `IS TRUE` has the matches
# found once, and not anew for every case.
NAMED = (
    "(a.case_id IN (SELECT w.case_id FROM unnest(string_to_array({value}, '|')) WITH ORDINALITY asked (runs, place) "
    "CROSS JOIN LATERAL (SELECT r.run AS low, r.run || '~' AS high "
    "FROM unnest(string_to_array(asked.runs, ' ')) r (run) OFFSET 0) bounds "
    "JOIN case_name_word w ON w.territory_id = {territory} AND w.word >= bounds.low AND w.word < bounds.high "
    "GROUP BY w.case_id HAVING count(DISTINCT asked.place) = cardinality(string_to_array({value}, '|')))) IS TRUE"
)

# The index case_access_list holds all of this: a page costs the same however many cases there are.
CASES = Source(
    rows="FROM case_access a WHERE a.territory_id = {territory} AND a.organisation_id = {organisation} "
    "AND a.until > now()",
    keys=(Key("opened_on", "a.opened_on", "date"), Key("id", "a.case_id", "uuid")),
    group="GROUP BY a.opened_on, a.case_id HAVING bit_or(a.read_mask) & {field_mask} <> 0",
    mask="bit_or(a.read_mask) & {field_mask}",
    filters={
        "status": "EXISTS (SELECT FROM case_file f WHERE f.territory_id = a.territory_id AND f.id = a.case_id "
        "AND f.status = {value})",
        "number": "EXISTS (SELECT FROM case_file f WHERE f.territory_id = a.territory_id AND f.id = a.case_id "
        "AND f.number = upper({value}))",
        "holder": "a.holder_id = (SELECT o.id FROM organisation o WHERE o.territory_id = {territory} "
        "AND o.slug = {value})",
        "opened_from": "a.opened_on >= {value}::date",
        "opened_to": "a.opened_on <= {value}::date",
        "municipality": if_readable("case_contacts", "x.municipality = {value}", "contacts.municipality"),
        "identity_code": if_readable("case_identity_code", "x.code = {value}", "identity.identity_code"),
        "name": NAMED,
        "external_reference": "a.case_id = (SELECT r.case_id FROM case_reference r WHERE r.territory_id = {territory} "
        "AND r.holder_id = {organisation} AND r.reference = {value})",
        # Row security hides the changes that the reader may not know of.
        "updated_since": "(EXISTS (SELECT FROM case_file f WHERE f.territory_id = a.territory_id AND f.id = a.case_id "
        "AND f.opened_at >= {value}::timestamptz) OR EXISTS (SELECT FROM case_change v "
        "WHERE v.territory_id = a.territory_id AND v.case_id = a.case_id AND v.at >= {value}::timestamptz))",
    },
    tested={
        "municipality": FIELD["contacts.municipality"].mask,
        "identity_code": FIELD["identity.identity_code"].mask,
        "name": FIELD["identity.name"].mask,
    },
    cases="SELECT id FROM {shown}",
)
