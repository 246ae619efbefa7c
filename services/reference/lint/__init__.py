"""What is allowed and still probably a mistake: one file per check, `checks` runs them all."""
