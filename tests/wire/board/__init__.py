"""The board: the moving whole."""
