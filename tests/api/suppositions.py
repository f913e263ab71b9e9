"""The queries about what is only supposed, each as it asks about an id."""

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
