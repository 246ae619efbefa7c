"""The snapshot's SQL."""
