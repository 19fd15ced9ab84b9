"""The HTTP API: routes over the desks of a running farm. Knows neither Ray nor Serve."""
