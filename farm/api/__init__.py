"""The HTTP API: routes over the desks of a running farm. Depends on neither Ray nor Serve."""
