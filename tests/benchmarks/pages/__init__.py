"""The pages that say how fast the product is, drawn from the figures of `make bench`, `make race` and `make growth`."""
