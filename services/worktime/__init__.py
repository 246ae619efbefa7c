"""Pure arithmetic of working time: limits, calendars, and how to add one to an instant. No I/O, no clock."""
