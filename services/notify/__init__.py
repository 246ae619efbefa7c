"""Tells people and systems, once per step. Reads case.progressed.v1 and notice.issued.v1; writes schema notify."""
