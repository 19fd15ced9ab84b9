"""Fetching: media by http(s) URL into the store."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from farm.errors import MediaError
from farm.store.blobs import BlobStore

MAX_FETCH_BYTES: Final = 2 * 2**30
"""Larger downloads are refused."""
TIMEOUT_S: Final = 30.0
"""Without a byte for this long a download is given up."""


def fetch(url: str, blobs: BlobStore) -> Path:
    """Download ``url`` into the store and return the file, named by its content.

    Raises:
        MediaError: no answer, an error status, or too large.
    """
    import httpx

    temp = blobs.open_temp()
    try:
        hasher, size = hashlib.sha256(), 0
        with (
            httpx.stream("GET", url, follow_redirects=True, timeout=TIMEOUT_S) as response,
            temp.open("wb") as file,
        ):
            if response.status_code != 200:
                raise MediaError(f"{url} answered {response.status_code} {response.reason_phrase}")
            for chunk in response.iter_bytes(1 << 20):
                size += len(chunk)
                if size > MAX_FETCH_BYTES:
                    raise MediaError(f"{url} is larger than {MAX_FETCH_BYTES // 2**30} GiB")
                hasher.update(chunk)
                file.write(chunk)
        if not size:
            raise MediaError(f"{url} answered with nothing")
        return blobs.put_file(hasher.hexdigest(), "", temp)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise MediaError(f"{url} cannot be fetched: {error}") from error
    finally:
        temp.unlink(missing_ok=True)
