"""The demonstration territories: synthetic organisations, people and cases, every record flagged as demo."""
