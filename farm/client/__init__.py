"""A client of a farm's HTTP API."""
