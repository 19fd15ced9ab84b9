"""A farm under attack: what each attack does to the requests of a tenant that does nothing wrong."""
