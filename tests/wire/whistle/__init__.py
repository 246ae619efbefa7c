"""The command line against a real database and a real broker."""
