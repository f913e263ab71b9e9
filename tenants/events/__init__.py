"""What happened to a case: its timeline, and what work without a caller starts from."""
