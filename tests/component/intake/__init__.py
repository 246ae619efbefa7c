"""intake's doors and handlers, with fakes at the ports."""
