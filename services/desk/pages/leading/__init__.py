"""What leaders look at: what waits for their word, and the feed of major matters."""
