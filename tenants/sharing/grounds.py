"""What an accepted proposal stands on, and what that gives: the two texts that derivation and previews are made of."""

# Every partner that has accepted, with each authorisation that its part stands on.
STANDINGS = """
    SELECT j.territory_id, j.case_id, j.id AS source_id, p.organisation_id, j.purpose::text AS purpose,
           f.offered_mask, p.answered_at AS accepted_at, n.authorisation_id
      FROM joint_intervention j
      JOIN joint_intervention_offer f
        ON f.territory_id = j.territory_id AND f.joint_intervention_id = j.id
      JOIN joint_intervention_partner p
        ON p.territory_id = j.territory_id AND p.joint_intervention_id = j.id AND p.status = 'accepted'
      JOIN joint_intervention_authorisation n
        ON n.territory_id = p.territory_id AND n.joint_intervention_id = p.joint_intervention_id
       AND n.organisation_id = p.organisation_id AND n.ended_at IS NULL
     WHERE j.territory_id = _territory AND j.case_id = ANY (_cases) AND j.closed_at IS NULL
"""


def grounds_from(standings: str) -> str:
    """Return the query of what pact, authorisation, offer and dates give to whoever stands so, or is supposed to."""
    return f"""
    SELECT s.organisation_id, c.id AS case_id, s.source_id, t.clause::smallint AS clause, a.id AS authorisation_id,
           s.purpose, bit_or(g.read_mask) AS pact_mask,
           bit_or(t.read_mask & g.read_mask & a.field_mask) AS authorised_mask,
           bit_or(t.read_mask & g.read_mask & a.field_mask & s.offered_mask) AS read_mask,
           bit_or(t.write_mask & g.write_mask & a.field_mask & s.offered_mask) AS write_mask,
           min(least(a.until,
                     ((s.accepted_at AT TIME ZONE 'Europe/Rome')::date + t.until_days + 1)::timestamp
                         AT TIME ZONE 'Europe/Rome',
                     (o.valid_until + 1)::timestamp AT TIME ZONE 'Europe/Rome',
                     party.left_on::timestamp AT TIME ZONE 'Europe/Rome')) AS until,
           c.opened_on, c.holder_id
      FROM ({standings}) s
      JOIN case_file c
        ON c.territory_id = s.territory_id AND c.id = s.case_id AND c.holder_id <> s.organisation_id
      JOIN authorisation a
        ON a.territory_id = s.territory_id AND a.id = s.authorisation_id AND a.case_id = s.case_id
       AND a.withdrawn_at IS NULL AND s.purpose = ANY (a.purposes)
      JOIN organisation o
        ON o.territory_id = s.territory_id AND o.id = s.organisation_id
       AND (o.id = ANY (a.organisation_ids) OR o.kind = ANY (a.kinds))
      JOIN pact_grant g
        ON g.territory_id = s.territory_id AND g.organisation_id = s.organisation_id AND g.purpose = s.purpose
      JOIN pact_party party
        ON party.territory_id = g.territory_id AND party.pact_version_id = g.pact_version_id
       AND party.organisation_id = g.organisation_id
      JOIN pact_term t
        ON t.territory_id = g.territory_id AND t.organisation_id = g.organisation_id AND t.purpose = g.purpose
       AND t.basis = a.basis AND (t.read_mask | t.write_mask) & a.field_mask <> 0
     GROUP BY s.organisation_id, c.id, s.source_id, t.clause, a.id, s.purpose, c.opened_on, c.holder_id
    """
