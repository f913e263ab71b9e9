"""The command line: it knows no domain, and finds the commands of every floor by their entry points."""
