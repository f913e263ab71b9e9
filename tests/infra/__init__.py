"""The ground floor: servers, supervision, the command line, the log."""
