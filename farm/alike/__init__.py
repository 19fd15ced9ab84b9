"""Whether two pictures or clips show the same: what is kept of each, and how two are compared."""
