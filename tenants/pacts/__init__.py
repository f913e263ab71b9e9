"""Signed pacts, their clauses, and what they grant."""
