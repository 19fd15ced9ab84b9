"""Fetching media by http(s) URL into the store."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from farm.errors import MediaError
from farm.store.guard import Guard
from farm.store.store import Store
from farm.store.temp import writing

if TYPE_CHECKING:
    import httpx

MAX_REDIRECTS: Final = 5
"""Maximum redirects; longer chains are refused."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Time and size limits of a download."""

    size_bytes: int = 2 * 2**30
    """Maximum size; larger downloads are refused."""
    silence_s: float = 30.0
    """A download that receives no byte for this long is aborted."""
    total_s: float = 1800.0
    """Maximum duration, including redirects; longer downloads are aborted."""
    rate_bytes_s: float = 32 * 1024
    """Downloads with a lower average rate, once :attr:`silence_s` has passed, are aborted."""


def fetch(
    url: str,
    store: Store,
    guard: Guard | None,
    limits: FetchLimits = FetchLimits(),
    clock: Callable[[], float] = time.monotonic,
) -> Path:
    """Download ``url`` into the store and return the file, named by its content.

    Args:
        url: The http or https URL.
        store: The destination.
        guard: Restricts the permitted hosts; None if users fetch on their own behalf, from anywhere they can reach.
        limits: Time and size limits.
        clock: Returns the time in seconds.

    Raises:
        MediaError: not allowed, no response, an error status, too large or too slow.
        MachineError: the store has no space left.
    """
    import httpx

    from farm.store.checked import CORE_ERRORS, CheckedTransport

    started = clock()
    transport = CheckedTransport(guard, started + limits.total_s, clock) if guard is not None else None
    temp = store.open_temp()
    try:
        # Stored files are named by their hash: bytes compressed by the server on the fly could differ each time.
        headers = {"Accept-Encoding": "identity"}
        with (
            httpx.Client(
                transport=transport, trust_env=guard is None, timeout=limits.silence_s, headers=headers
            ) as client,
            _opened(client, url) as response,
        ):
            digest = _received(url, response, temp, limits, lambda: clock() - started)
        return store.put_file(digest, "", temp)
    except (httpx.HTTPError, httpx.InvalidURL, *CORE_ERRORS) as error:
        raise MediaError(f"{url} cannot be fetched: {error or type(error).__name__}") from error
    finally:
        temp.unlink(missing_ok=True)


@contextmanager
def _opened(client: httpx.Client, url: str) -> Iterator[httpx.Response]:
    """Request ``url``, following redirects, each of which is checked like the first URL."""
    request = client.build_request("GET", url)
    for _ in range(MAX_REDIRECTS + 1):
        _check(request.url)
        response = client.send(request, stream=True)
        try:
            if response.next_request is None:
                yield response
                return
            request = response.next_request
        finally:
            response.close()
    raise MediaError(f"{url} redirects more than {MAX_REDIRECTS} times; give the file's own URL")


def _check(url: httpx.URL) -> None:
    if url.scheme not in ("http", "https"):
        raise MediaError(f"`{url.scheme}://` is not fetched; allowed: http and https")
    if url.userinfo:
        raise MediaError(f"a URL of {url.host} carries a user or password; upload the file instead")
    if not url.host:
        raise MediaError("a URL names no host; write http(s)://host/path")


def _received(
    url: str, response: httpx.Response, temp: Path, limits: FetchLimits, passed_s: Callable[[], float]
) -> str:
    """Write the body to ``temp`` and return its SHA-256."""
    if response.status_code != 200:
        raise MediaError(f"{url} answered {response.status_code} {response.reason_phrase}")
    packed = response.headers.get("content-encoding", "identity").lower()
    if packed != "identity":
        raise MediaError(f"{url} answered in the encoding {packed[:40]}, although identity was requested")
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limits.size_bytes:
        raise _too_large(url, limits)
    hasher, size = hashlib.sha256(), 0
    with writing("the store"), temp.open("wb") as file:
        for chunk in response.iter_raw():  # as they arrive: a trickle must not be buffered first
            size += len(chunk)
            if size > limits.size_bytes:
                raise _too_large(url, limits)
            seconds = passed_s()
            slow = seconds > limits.silence_s and size < limits.rate_bytes_s * seconds
            if slow or seconds > limits.total_s:
                raise MediaError(
                    f"{url} is too slow: {size} bytes in {seconds:.0f} s; at least {limits.rate_bytes_s / 1024:.0f} "
                    f"KiB/s and at most {limits.total_s / 60:.0f} minutes are allowed: upload the file"
                )
            hasher.update(chunk)
            file.write(chunk)
    if not size:
        raise MediaError(f"{url} sent an empty response")
    return hasher.hexdigest()


def _too_large(url: str, limits: FetchLimits) -> MediaError:
    return MediaError(f"{url} is larger than {limits.size_bytes / 2**30:g} GiB; cut it down")
