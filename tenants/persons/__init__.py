"""The people whom cases are about."""
