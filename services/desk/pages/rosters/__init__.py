"""Duty rosters: who is on duty in one's units; heads enter and end shifts, or upload a sheet of them."""
