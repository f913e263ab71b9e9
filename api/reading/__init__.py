"""From a validated selection to one SQL statement, and from its answer to the response."""
