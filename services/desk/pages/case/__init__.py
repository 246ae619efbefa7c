"""One case: what was said, what we must do, what happened, and everything one may do about it."""
