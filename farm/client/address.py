"""Paths of the API."""

from __future__ import annotations

from urllib.parse import quote


def quoted(name: str) -> str:
    """Return a name percent-encoded as one segment of a path."""
    return quote(name, safe="")
