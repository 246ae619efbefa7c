"""Logging in, out, and choosing a password."""
