"""Ways out of the building; webhooks so far."""
