"""What is left of acknowledged work when processes are killed in the middle of it."""
