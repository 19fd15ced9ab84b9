"""Finds the media named in a job document's text."""

from __future__ import annotations

import re
from typing import Final

_NAMED: Final = re.compile(r"sha256:([0-9a-fA-F]{64})(?![0-9a-fA-F])")


def media_named(text: str) -> list[str]:
    """Return the hashes that a document's text names as ``sha256:…``, each once, in lower case.

    Exact for JSON that farm itself wrote; third-party YAML may hide a reference behind an escape.
    """
    return list(dict.fromkeys(found.lower() for found in _NAMED.findall(text)))
