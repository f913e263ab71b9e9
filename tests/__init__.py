"""Everything that has to stay true; folders mirror the floors."""
