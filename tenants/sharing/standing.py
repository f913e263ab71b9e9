"""What joint work stands on: who takes part at all, who sees by it now, and which authorisations acceptance brings."""

from infra.row_security import TODAY, is_current


def takes_part(row: str) -> str:
    """Return the predicate that the organisation of a row is there today, and a party of the pact in force."""
    return (
        "EXISTS (SELECT FROM organisation o "
        "JOIN pact_party m ON m.territory_id = o.territory_id AND m.organisation_id = o.id "
        "JOIN pact_version v ON v.territory_id = m.territory_id AND v.id = m.pact_version_id "
        "AND v.in_force_from IS NOT NULL AND v.superseded_at IS NULL "
        f"WHERE o.territory_id = {row}.territory_id AND o.id = {row}.organisation_id "
        f"AND {is_current('o')} AND m.joined_on <= {TODAY} AND {TODAY} < coalesce(m.left_on, 'infinity'))"
    )


def stood_on(purpose: str, moment: str) -> str:
    """Return the predicate of the authorisations `a` that a part taken at this moment by organisation `o` stands on.

    All that were in force then, for the purpose and for the organisation by name or kind; none that came later.
    """
    return (
        f"{purpose} = ANY (a.purposes) AND (o.id = ANY (a.organisation_ids) OR o.kind = ANY (a.kinds)) "
        f"AND a.given_at <= {moment} AND a.until > {moment} AND coalesce(a.withdrawn_at, 'infinity') > {moment}"
    )


def sees_by(part: str) -> str:
    """Return the predicate that the organisation of a row of `joint_intervention_partner` sees the case by it now."""
    return (
        f"EXISTS (SELECT FROM case_access a WHERE a.territory_id = {part}.territory_id "
        f"AND a.organisation_id = {part}.organisation_id AND a.case_id = {part}.case_id "
        f"AND a.source_id = {part}.joint_intervention_id AND a.until > now() AND a.read_mask <> 0)"
    )
