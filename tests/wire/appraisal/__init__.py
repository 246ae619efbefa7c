"""The appraisal as a process, and the command line that rebuilds its figures."""
