"""What the desk reads, always as the person who asks."""
