"""Delivery: crash-only pumps that fetch and acknowledge, one way to finish a batch, and the relay that sends."""
