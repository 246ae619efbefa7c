"""Notify: who is told, and how."""
