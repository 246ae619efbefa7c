"""The street blows, the departments report in."""
