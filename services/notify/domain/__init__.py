"""Who is told of a fact, what the message says, and when a failed one is tried again. Pure."""
