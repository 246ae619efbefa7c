"""What a report is before it is a case: its form, limits, masking, number, tracking code. No clock, no I/O."""
