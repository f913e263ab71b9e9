"""What PostgreSQL keeps by itself, whatever the program above it asks."""
