"""The measurements, one file per kind; each notes its figures in the report."""
