"""What the desk shows and how it computes it: pure, no clock, no I/O."""
