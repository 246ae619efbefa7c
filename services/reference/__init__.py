"""What the city has decided: rules, organisation, calendars, policies, and the pure function that decides a report."""
