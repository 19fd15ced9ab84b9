"""Addresses of the API."""

from __future__ import annotations

from urllib.parse import quote


def quoted(name: str) -> str:
    """Return a name as a part of an address, whatever is in it."""
    return quote(name, safe="")
