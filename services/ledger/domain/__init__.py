"""What may happen to a case and when: pure, no clock, no I/O."""
