"""What a labelled file is read by and counted with: rows, classes, clusters."""
