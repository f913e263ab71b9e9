"""Small pacts for tests: each function states the least that is valid, and takes what is to differ."""

from typing import Any

KINDS = {
    "vnp": "foundation",
    "caritas-empoli": "caritas",
    "caritas-vinci": "caritas",
    "cooperativa-il-ponte": "social_cooperative_b",
    "asl-toscana-centro": "local_health_authority",
}


def share(**changes: Any) -> dict[str, Any]:
    """Return a sharing rule; an entry changed to None is left out."""
    entries = {
        "with": {"kinds": ["social_cooperative_b"]},
        "for": ["traineeship"],
        "read": ["identity"],
        "basis": "consent",
        **changes,
    }
    return {name: value for name, value in entries.items() if value is not None}


def clause(*shares: Any, number: Any = 5, **changes: Any) -> dict[str, Any]:
    """Return a clause with these sharing rules."""
    text = {"it": "Testo.", "en": "Text."}
    entries = {"number": number, "title": text, "gives": text, "receives": text, "shares": list(shares), **changes}
    return {name: value for name, value in entries.items() if value is not None}


def document(*clauses: Any, **changes: Any) -> dict[str, Any]:
    """Return a pact with these clauses between five parties."""
    entries = {
        "territory": "empolese-valdelsa",
        "version": 1,
        "title": {"it": "Patto", "en": "Pact"},
        "parties": {
            "promoters": ["vnp"],
            "signatories": [slug for slug in KINDS if slug != "vnp"],
            "required": ["vnp"],
        },
        "clauses": list(clauses),
        **changes,
    }
    return {name: value for name, value in entries.items() if value is not None}


def pact_of(*shares: Any) -> dict[str, Any]:
    """Return a pact whose only clause, number 5, has these sharing rules."""
    return document(clause(*shares))
