"""The HTTP edge: problems, limits, headers, strict JSON, repeatable acts, cursors. Workers load no FastAPI."""
