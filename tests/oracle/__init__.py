"""The oracle, and the worlds it is asked about."""
