"""What a viewer may see, which card a case has, and how a fact looks on the board. Pure."""
