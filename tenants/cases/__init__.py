"""Case files and the groups of fields they hold."""
