"""When an effect may be called lost, and when to try again. Pure."""
