"""The HTTP doors of intake: each reads bytes, asks one handler, and answers with its receipt or a problem."""
