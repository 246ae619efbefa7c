"""Tokens and the sheet of persons, without a database."""
