"""Schema notify: one file per promise."""
