"""What members are told in the application."""
