"""A Django site with django-helpdesk in it, as its documentation sets one up. Runs in the race's own environment."""
