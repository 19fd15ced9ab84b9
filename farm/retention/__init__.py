"""Retention of stored data: garbage collection, usage, and verification."""
