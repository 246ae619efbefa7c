"""The types a reference version is made of: values only."""
