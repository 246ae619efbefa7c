"""The department queue: what is expected of my units, due first."""
