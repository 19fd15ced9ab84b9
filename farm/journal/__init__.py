"""The journal: what the farm promised, on disk before it is promised. SQLite, WAL, synchronous=FULL."""
