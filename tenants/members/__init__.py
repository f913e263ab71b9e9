"""Accounts, their membership of organisations, and their sessions."""
