"""Compares what should exist with what does; resends what the transport lost. Reads narrow views of every room."""
