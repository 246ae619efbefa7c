"""Kill, stop, forget: nothing lost, nothing twice, nothing early, nothing false."""
