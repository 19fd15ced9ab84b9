"""Calls into plugins, which may neither end nor stop the process."""
