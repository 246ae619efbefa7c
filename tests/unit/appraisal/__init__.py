"""Appraisal: what facts come to, by hand and by the code."""
