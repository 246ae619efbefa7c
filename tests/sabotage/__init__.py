"""Sabotage: each guard is taken out of a copy of the tree, and the tests must notice. The product has no switch."""
