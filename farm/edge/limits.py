"""The limits that the edge enforces on every caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KIB: Final = 2**10
MIB: Final = 2**20
GIB: Final = 2**30


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Limits on a connection before its request is known."""

    connections: int = 8192
    """Concurrent connections; more are closed unanswered, since answering costs the very resources they exhaust."""
    connections_per_address: int = 4096
    """Concurrent connections of one address; more are closed unanswered."""
    header_s: float = 15.0
    """Timeout for a request line and headers, from the connection's start or, for later requests, their first byte."""
    header_bytes: int = 64 * KIB
    """Longer request lines and headers are refused."""


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Limits on requests, per caller and in total."""

    per_address: int = 128
    """Concurrent requests of one address, those whose bodies are still arriving included, event streams not."""
    per_key: int = 32
    """Concurrent requests of one API key."""
    streams_per_address: int = 64
    """Event streams of one address."""
    streams_per_key: int = 16
    """Event streams of one API key."""
    streams: int = 256
    """Event streams in total."""
    held: int = 1024
    """Concurrent requests in total, those whose bodies are still arriving included."""
    at_work: int = 24
    """Requests that the API works on concurrently."""
    at_work_each: int = 8
    """Of these, requests of one tenant."""
    fresh: int = 6
    """Of these, requests that began less than :attr:`fresh_s` ago. Python runs one thread at a time, so more of them
    only slow each other down; requests that take longer mostly wait for something else."""
    fresh_s: float = 0.25
    """How long a request counts as fresh."""
    waiting: int = 128
    """Requests that may queue for one of these slots."""
    wait_s: float = 1.0
    """How long they wait before they are refused with a Retry-After."""
    health: int = 32
    """Concurrent health checks, which need no key and have their own slots."""
    operators: int = 32
    """Concurrent requests with operators' keys, which have their own slots."""
    unknown_keys: int = 10
    """Requests with invalid keys that an address may send within :attr:`unknown_keys_s`."""
    unknown_keys_s: float = 60.0
    """Time window in which invalid keys of an address are counted."""
    unknown_pause_s: float = 0.5
    """How long the response to an invalid key is delayed."""
    work_s: float = 300.0
    """Timeout for the API to begin its response; one that has begun, such as an event stream, may take longer."""
    client_stall_s: float = 60.0
    """A client that reads nothing of its response for this long is disconnected."""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """Limits on a request's body."""

    silence_s: float = 15.0
    """Timeout without a byte received."""
    rate_bytes_s: float = 4 * KIB
    """Lowest average rate allowed, checked once :attr:`silence_s` has passed."""
    total_s: float = 1800.0
    """Timeout for the whole body."""
    memory_bytes: int = MIB
    """Bodies up to this size are kept in memory; larger ones are spooled to a file."""
    files_bytes: int = 16 * GIB
    """Disk space that all spooled bodies may take."""
    spare_bytes: int = 2 * GIB
    """Disk space that spooled bodies leave free."""


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
"""The largest body of any other request."""

_BODIES: Final = (
    ("/v1/blobs/", BLOB_BYTES),
    ("/v1/uploads/", PIECE_BYTES),
    ("/v1/batches", TABLE_BYTES),
    ("/v1/audience-events", EVENTS_BYTES),
    ("/v1/events", EVENTS_BYTES),
    *((path, DOCUMENT_BYTES) for path in ("/v1/jobs", "/v1/validate", "/v1/plan", "/v1/stills")),
    *(
        (path, LIBRARY_BYTES)
        for path in ("/v1/assets", "/v1/works", "/v1/scripts", "/v1/declarative-templates", "/v1/library/")
    ),
)


def body_limit_bytes(path: str) -> int:
    """Return the size limit for the body of a request to a path."""
    return next((limit for prefix, limit in _BODIES if path.startswith(prefix)), ORDER_BYTES)
