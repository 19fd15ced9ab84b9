"""The journal: every commitment the farm makes is on disk before it is acknowledged. SQLite, WAL, synchronous=FULL."""
