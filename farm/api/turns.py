"""Fair access to scarce resources of the API: tenants queue for a slot; a full queue refuses with a time to retry."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from farm.edge.places import Turns
from farm.edge.refusal import Refusal
from farm.errors import QueueFullError


@asynccontextmanager
async def turn(turns: Turns, tenant: str, what: str, retry_after_s: int) -> AsyncIterator[None]:
    """Hold a slot for the duration of a block.

    Args:
        turns: The slots.
        tenant: The waiting tenant.
        what: The name of the resource in messages, such as ``previews``.
        retry_after_s: After how many seconds to retry in that case.

    Raises:
        QueueFullError: the queue is full, or no slot was freed in time.
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
