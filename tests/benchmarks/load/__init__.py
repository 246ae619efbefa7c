"""What drives the route: wrk as fast as it will go, an open loop at a given rate, staff at the desk."""
