"""What a store of facts promises."""
