"""What the desk writes beside acts: work inside a unit, pictures, and looks into the vault."""
