"""The partner organisations of a territory: the tenants."""
