"""The libraries: use cases over assets, scripts, templates, works and productions, as plain data."""
