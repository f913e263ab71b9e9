"""Consent and public task: on what ground a case may be shared."""
