"""Who sees which fields of a case, derived from pact, authorisation and offer."""
