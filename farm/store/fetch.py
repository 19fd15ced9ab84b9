"""Fetching: media by http(s) URL into the store."""

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
"""Longer chains are refused."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How much patience and room a download gets."""

    size_bytes: int = 2 * 2**30
    """Larger downloads are refused."""
    silence_s: float = 30.0
    """Without a byte for this long a download is given up."""
    total_s: float = 1800.0
    """Longer downloads are given up, redirects included."""
    rate_bytes_s: float = 32 * 1024
    """Downloads that stay below this on average, once :attr:`silence_s` has passed, are given up."""


def fetch(
    url: str,
    store: Store,
    guard: Guard | None,
    limits: FetchLimits = FetchLimits(),
    clock: Callable[[], float] = time.monotonic,
) -> Path:
    """Download ``url`` into the store and return the file, named by its content.

    Args:
        url: What to fetch, http or https.
        store: Where it goes.
        guard: Who may be asked; None where the user fetches for themselves, from wherever they can.
        limits: How much patience and room it gets.
        clock: Tells seconds.

    Raises:
        MediaError: not allowed, no answer, an error status, too large or too slow.
        MachineError: the store has no room.
    """
    import httpx

    from farm.store.checked import CORE_ERRORS, CheckedTransport

    started = clock()
    transport = CheckedTransport(guard, started + limits.total_s, clock) if guard is not None else None
    temp = store.open_temp()
    try:
        # What is stored is named by its hash: bytes that a server packed anew for us would be others each time.
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
    """Ask for ``url``, following redirects, each of which is checked like the first address."""
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
    raise MediaError(f"{url} leads through more than {MAX_REDIRECTS} redirects; give the file's own URL")


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
        raise MediaError(f"{url} answered in the encoding {packed[:40]}, though identity was asked for")
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limits.size_bytes:
        raise _too_large(url, limits)
    hasher, size = hashlib.sha256(), 0
    with writing("the store"), temp.open("wb") as file:
        for chunk in response.iter_raw():  # as they come: a drip must not wait to be gathered
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
        raise MediaError(f"{url} answered with nothing")
    return hasher.hexdigest()


def _too_large(url: str, limits: FetchLimits) -> MediaError:
    return MediaError(f"{url} is larger than {limits.size_bytes / 2**30:g} GiB; cut it down")
