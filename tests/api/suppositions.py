"""The queries about what is only supposed, and short changes, each as it asks about an id."""

ANSWER = "{ organisations { organisation { slug } } problems { code } }"
BY_SUPPOSITION = {
    "sharingIfProposed": (
        "case",
        "query ($id: ID!) { sharingIfProposed(caseId: $id, purpose: HIRE, partners: "
        f'["cooperativa-il-ponte"], fields: ["work"]) {ANSWER} }}',
    ),
    "sharingIfAccepted": (
        "joint-intervention",
        f"query ($id: ID!) {{ sharingIfAccepted(jointInterventionId: $id) {ANSWER} }}",
    ),
    "sharingIfAttached": (
        "joint-intervention",
        "query ($id: ID!) { sharingIfAttached(jointInterventionId: $id, authorisationId: "
        f'"authorisation_01900000-0000-7000-8000-000000000000") {ANSWER} }}',
    ),
    "sharingIfWithdrawn": (
        "authorisation",
        f"query ($id: ID!) {{ sharingIfWithdrawn(authorisationId: $id) {ANSWER} }}",
    ),
}

BY_SHORT_CHANGE = {
    name: (noun, f"mutation ($id: ID!) {{ {name}(input: {{{given}: $id}}) {{ problems {{ code }} }} }}")
    for name, noun, given in (
        ("askFactorReset", "member", "memberId"),
        ("confirmFactorReset", "factorreset", "requestId"),
        ("markProposalRead", "joint-intervention", "jointInterventionId"),
        ("sendPasswordReset", "member", "memberId"),
    )
}
ASKED_OF_ANNA = """
INSERT INTO factor_reset (territory_id, organisation_id, account_id, asked_by, asked_at, expires_at)
SELECT m.territory_id, m.organisation_id, m.account_id, o.account_id, now(), now() + interval '1 day'
  FROM member m JOIN member o ON o.territory_id = m.territory_id AND o.account_id <> m.account_id
 WHERE m.id = $1 LIMIT 1 RETURNING id
"""
