"""What crosses the wire: events, the flow they take, and their bytes. Knows msgspec and the standard library only."""
