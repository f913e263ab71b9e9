"""The ground floor: settings, database, queue, clock, errors, command line. It knows no domain."""
