"""Networks of organisations that work under one pact."""
