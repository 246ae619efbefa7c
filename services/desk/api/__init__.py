"""The routes of the desk, one file per noun."""
