"""The catalog of a farm: runs with their segments and costs, assets, works and events, in DuckDB."""
