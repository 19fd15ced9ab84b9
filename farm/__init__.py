"""farm makes product videos at catalogue scale: see docs/architecture.md for the rooms and their words."""

__version__ = "0.1.0"
