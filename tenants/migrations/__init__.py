"""Tortoise migrations of every table."""
