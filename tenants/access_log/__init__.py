"""Who read another organisation's case, under which clause."""
