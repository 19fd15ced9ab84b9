"""The command line: one file a command group; every command calls a use case and prints what it gave."""
