"""Joint interventions: the only door through which a partner sees a case."""
