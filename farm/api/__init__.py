"""The HTTP API: routes over the services of a running farm. Depends on neither Ray nor Serve."""
