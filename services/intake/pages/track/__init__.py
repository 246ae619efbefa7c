"""`/track`: where a report stands, and what its reporter may still do. Codes travel in bodies, never in addresses."""
