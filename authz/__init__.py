"""Who may do what, and why: pure decisions, without tables, clocks or sockets."""
