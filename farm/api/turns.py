"""Turns of what the API has few of: a tenant waits for its own, and is told to come again where too many wait."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from farm.edge.places import Turns
from farm.edge.refusal import Refusal
from farm.errors import QueueFullError


@asynccontextmanager
async def turn(turns: Turns, tenant: str, what: str, retry_after_s: int) -> AsyncIterator[None]:
    """Hold a place for the length of a block.

    Args:
        turns: The places.
        tenant: Who waits.
        what: What there are too many of, as ``previews``.
        retry_after_s: When to come again then.

    Raises:
        QueueFullError: too many wait, or none came free in time.
    """
    try:
        place = await turns.take(tenant)
    except Refusal as refusal:
        raise QueueFullError(
            f"too many {what} wait; try again soon", retry_after_s=retry_after_s
        ) from refusal
    try:
        yield
    finally:
        turns.give_back(place)
