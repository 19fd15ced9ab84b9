"""The journal: every commitment the farm makes is on disk before it is given. SQLite, WAL, synchronous=FULL."""
