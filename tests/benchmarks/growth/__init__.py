"""Growth: the same questions asked of a ledger of ten thousand, a hundred thousand and a million cases."""
