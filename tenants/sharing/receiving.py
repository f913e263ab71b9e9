"""Who can be given something: a party of the pact in force, on the days that bind it, to which some clause gives."""

from infra.row_security import TODAY

RECEIVERS = f"""pact_grant g
  JOIN pact_party y ON y.territory_id = g.territory_id AND y.pact_version_id = g.pact_version_id
                   AND y.organisation_id = g.organisation_id
                   AND y.joined_on <= {TODAY} AND (y.left_on IS NULL OR y.left_on > {TODAY})
  JOIN organisation e ON e.territory_id = g.territory_id AND e.id = g.organisation_id
                     AND e.valid_from <= {TODAY} AND (e.valid_until IS NULL OR e.valid_until >= {TODAY})"""
"""What stands in a FROM: the grants `g` of organisations that can receive today."""
