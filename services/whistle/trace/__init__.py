"""A case's way through the system: what the tables say, what the topics say, and both in words."""
