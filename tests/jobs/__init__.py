"""Work without a caller, with real processes that are killed."""
