"""The command line: one file per command group; each command calls a use case and prints its result."""
