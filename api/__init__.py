"""GraphQL: names, shapes, error codes and limits; no decisions."""
