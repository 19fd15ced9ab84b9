"""Scripts: products read, scripts picked, filled, rewritten and checked. Pure but for the files it is shown."""
