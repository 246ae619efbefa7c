"""Who is asking: persons, their dated roles, and their tokens. Every HTTP room asks; only `whistle` writes."""
