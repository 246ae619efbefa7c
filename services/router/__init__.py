"""Decides who leads and who cooperates, and says why: report.received.v1, case.returned.v1 -> case.dispatched.v1."""
