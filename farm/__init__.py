"""farm makes product videos at catalogue scale; docs/architecture.md describes the components and their vocabulary."""

__version__ = "0.1.0"
