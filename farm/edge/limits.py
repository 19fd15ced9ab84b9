"""The limits that the edge holds every caller to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KIB: Final = 2**10
MIB: Final = 2**20
GIB: Final = 2**30


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """What a connection may cost before its request is known."""

    connections: int = 8192
    """Connections at once; more are closed unanswered, since answering costs what they exhaust."""
    connections_per_address: int = 4096
    """Connections of one address at once; more are closed unanswered."""
    header_s: float = 15.0
    """A request's line and headers have to arrive within this time of their first byte, a first byte within it too."""
    header_bytes: int = 64 * KIB
    """Longer request lines and headers are refused."""


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """How much of the API one caller, and all of them together, may hold at once."""

    per_address: int = 128
    """Requests of one address; its bodies on their way in are counted, event streams are not."""
    per_key: int = 32
    """Requests of one API key."""
    streams_per_address: int = 64
    """Event streams of one address."""
    streams_per_key: int = 16
    """Event streams of one API key."""
    streams: int = 256
    """Event streams of everybody."""
    held: int = 1024
    """Requests of everybody, those whose bodies are on their way in included."""
    at_work: int = 24
    """Requests that the API works on."""
    at_work_each: int = 8
    """Requests of one tenant that it works on."""
    fresh: int = 6
    """Requests that it has worked on for less than :attr:`fresh_s`. Python works on one at a time: with more, each
    takes longer. What takes that long mostly waits for something else."""
    fresh_s: float = 0.25
    """How long a request is fresh."""
    waiting: int = 128
    """Requests that wait for one of these places."""
    wait_s: float = 1.0
    """How long they wait before they are told to come back."""
    health: int = 32
    """Requests for the farm's health, which need no key and have places of their own."""
    operators: int = 32
    """Requests with operators' keys, which have places of their own."""
    unknown_keys: int = 10
    """Requests with keys that are none that an address may send within :attr:`unknown_keys_s`."""
    unknown_keys_s: float = 60.0
    """After so long an address is forgiven."""
    unknown_pause_s: float = 0.5
    """How long the answer to an unknown key is held back."""
    work_s: float = 300.0
    """A request that the API has not begun to answer after so long is given up; event streams are not."""
    client_stall_s: float = 60.0
    """A client that takes nothing of its answer for so long is cut off."""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How a request's body has to arrive."""

    silence_s: float = 15.0
    """Without a byte for so long it is given up."""
    rate_bytes_s: float = 4 * KIB
    """Bodies that stay below this on average, once :attr:`silence_s` has passed, are given up."""
    total_s: float = 1800.0
    """Longer ones are given up."""
    memory_bytes: int = MIB
    """What of a body is kept in memory; larger ones lie in a file until they are whole."""
    files_bytes: int = 16 * GIB
    """What bodies may take on the disk together."""
    spare_bytes: int = 2 * GIB
    """What bodies leave free on the disk."""


BLOB_BYTES: Final = 2 * GIB
"""The largest file that can be uploaded."""
PIECE_BYTES: Final = 64 * MIB
"""The largest piece of a file that is uploaded in pieces."""
TABLE_BYTES: Final = 64 * MIB
"""The largest table of a batch."""
EVENTS_BYTES: Final = 8 * MIB
"""The largest file of audience events."""
DOCUMENT_BYTES: Final = 4 * MIB
"""The largest job document."""
LIBRARY_BYTES: Final = 2 * MIB
"""The largest document of the library."""
ORDER_BYTES: Final = 64 * KIB
"""The largest body of everything else."""

_BODIES: Final = (
    ("/v1/blobs/", BLOB_BYTES),
    ("/v1/uploads/", PIECE_BYTES),
    ("/v1/batches", TABLE_BYTES),
    ("/v1/events", EVENTS_BYTES),
    *((path, DOCUMENT_BYTES) for path in ("/v1/jobs", "/v1/validate", "/v1/plan", "/v1/stills")),
    *((path, LIBRARY_BYTES) for path in ("/v1/assets", "/v1/works", "/v1/scripts", "/v1/library/")),
)


def body_limit_bytes(path: str) -> int:
    """Return how large the body of a request to an address may be."""
    return next((limit for prefix, limit in _BODIES if path.startswith(prefix)), ORDER_BYTES)
