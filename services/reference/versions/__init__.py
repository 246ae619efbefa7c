"""Reference versions over time: stored, published by two persons, compared, replayed, cached."""
