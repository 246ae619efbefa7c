"""The race: what others offer for parts of the same work, in one run with the product, as they advise to run."""
