"""Expiry: old files leave the shared place. Nothing does this by itself; one caller in a farm may."""

from __future__ import annotations

import time
from typing import Final

from farm.store.blobs import MEDIA_GRACE_S
from farm.store.place import SharedPlace

KEEP_MEDIA_S: Final = 2 * MEDIA_GRACE_S
"""Media are kept at least this long after they were put or renewed: a queued job may need them."""
KEEP_S: Final = 24 * 3600
"""Segments, sounds, covers and productions are kept at least this long."""


def expire(place: SharedPlace, *, limit_bytes: int, productions_s: float = float("inf")) -> int:
    """Remove the oldest blobs until those left fit ``limit_bytes``; return the bytes removed.

    Only one process of a farm should call this, as the controller does once a day: two would remove too much.

    Args:
        place: The shared place.
        limit_bytes: What blobs may take together; productions are not counted.
        productions_s: Productions older than this are removed; by default none is.
    """
    now = time.time()
    total = removed = 0
    blobs = []
    for found in place.walk():
        folder, _, rest = found.name.partition("/")
        if folder == "productions":
            if now - found.changed_s > max(productions_s, KEEP_S):
                place.remove(found.name)
                removed += found.size_bytes
        elif len(folder) == 2 and rest:
            total += found.size_bytes
            blobs.append(found)
    for found in sorted(blobs, key=lambda blob: blob.changed_s):
        if total <= limit_bytes:
            break
        if now - found.changed_s > (KEEP_S if "." in found.name else KEEP_MEDIA_S):
            place.remove(found.name)
            total -= found.size_bytes
            removed += found.size_bytes
    return removed
