"""The catalog of what a farm made: runs, their segments and costs, in DuckDB."""
