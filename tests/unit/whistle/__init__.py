"""What the command line decides without asking anybody."""
