"""What tenants own, on a real PostgreSQL."""
