"""What members do with their own account: the password, the open sessions, the language."""
