"""A connection to a farm: requests that are safe to repeat, retried until they are answered."""

from __future__ import annotations

import math
import os
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from farm.errors import (
    AccessError,
    ConflictError,
    DocumentError,
    FarmUnreachableError,
    MachineError,
    MissingError,
    Problem,
    QueueFullError,
    QuotaError,
)

PATIENCE_S: Final = 60.0
"""How long requests are retried while the farm does not answer: a killed proxy is away for about 30 s."""
FIRST_PAUSE_S: Final = 0.2
LONGEST_PAUSE_S: Final = 5.0
TIMEOUT_S: Final = 60.0
CHUNK_BYTES: Final = 2**20
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
PASSING: Final = frozenset({429, 502, 503, 504})


class BrokenOffError(FarmUnreachableError):
    """The farm's response broke off; a retry may succeed."""


class Patience:
    """Waits between retries, with exponential backoff, until its time budget is used up."""

    def __init__(
        self, most_s: float, sleep: Callable[[float], None], say: Callable[[str], None] | None
    ) -> None:
        self._most_s = most_s
        self._sleep = sleep
        self._say = say
        self._pause_s = FIRST_PAUSE_S
        self._waited_s = 0.0

    def wait(self, trouble: Exception, least_s: float = 0.0) -> None:
        """Wait before the next try, at least ``least_s``; raises ``trouble`` if the budget does not allow it."""
        pause_s = max(self._pause_s, least_s)
        if self._waited_s + pause_s > self._most_s:
            raise trouble
        if self._say is not None and self._waited_s == 0.0:
            # Tell an interactive user what is being waited for.
            self._say(f"{trouble}; trying for {self._most_s:.0f} s")
        self._sleep(pause_s)
        self._waited_s += pause_s
        self._pause_s = min(LONGEST_PAUSE_S, 2.0 * pause_s)


class Connection:
    """Sends requests with retries: every one may safely arrive twice."""

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        http: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
        patience_s: float = PATIENCE_S,
        say: Callable[[str], None] | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {_checked_key(key)}"} if key else {}
        # A configured outbound proxy must not come between two processes on one machine.
        outside = _host(url) not in LOOPBACK
        self._http = http or httpx.Client(
            base_url=self.url,
            timeout=TIMEOUT_S,
            trust_env=outside,
            headers=headers,
            verify=trusted_authorities(),
        )
        self._sleep = sleep
        self._patience_s = patience_s
        self._say = say

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def save(self, path: str, target: Path) -> None:
        """Download a file in chunks; if the connection breaks, start again from the beginning.

        Raises:
            FarmUnreachableError: no farm answers, or it refused.
            OSError: the file cannot be written.
        """
        patience = self._patience()
        while True:
            try:
                with self.stream(path, {}) as response, target.open("wb") as file:
                    for chunk in response.iter_bytes(CHUNK_BYTES):
                        file.write(chunk)
                return
            except BrokenOffError as error:
                patience.wait(error)

    def ask(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        body: Path | None = None,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        allowed: tuple[int, ...] = (),
    ) -> httpx.Response:
        """Send a request, with retries until it is answered; ``body`` is a file that is sent as it is.

        Raises:
            DocumentError: what was sent is wrong.
            AccessError: the key is missing or does not allow this.
            FarmUnreachableError: no farm answers, or it refused.
        """
        patience = self._patience()
        while True:
            least_s = 0.0
            try:
                sent = _chunks(body) if body is not None else content
                _check_finite(json)
                response = self._http.request(
                    method, path, content=sent, json=json, params=params, headers=headers
                )
            except httpx.TransportError as error:
                if "CERTIFICATE_VERIFY_FAILED" in str(error):
                    # A retry would fail the same way.
                    raise FarmUnreachableError(
                        f"the certificate of {self.url} is not trusted ({error}); name the file with its authority's "
                        "certificate in FARM_CA"
                    ) from error
                failure: Exception = FarmUnreachableError(
                    f"no farm answers at {self.url} ({error}); `farm up` starts one"
                )
                failure.__cause__ = error
            else:
                if response.is_success or response.status_code in allowed:
                    return response
                failure = refusal(response)
                if response.status_code not in PASSING or isinstance(failure, QuotaError):
                    raise failure
                least_s = _retry_after_s(response)
            patience.wait(failure, least_s)

    def _patience(self) -> Patience:
        return Patience(self._patience_s, self._sleep, self._say)

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """Yield a streaming response; the request is not retried.

        Raises:
            BrokenOffError: no farm answers at the moment, or the response broke off.
            FarmUnreachableError: it refused.
        """
        timeout = httpx.Timeout(TIMEOUT_S)
        try:
            with self._http.stream("GET", path, headers=headers, timeout=timeout) as response:
                if not response.is_success:
                    response.read()
                    failure = refusal(response)
                    raise BrokenOffError(str(failure)) if response.status_code in PASSING else failure
                yield response
        except httpx.TransportError as error:
            raise BrokenOffError(f"the farm at {self.url} broke off ({error})") from error


def trusted_authorities() -> ssl.SSLContext | bool:
    """Return what httpx verifies certificates with: the usual authorities, and those in the file ``FARM_CA`` if set.

    Raises:
        MachineError: the file cannot be read, or holds no certificate.
    """
    file = os.environ.get("FARM_CA")
    if not file:
        return True
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(file)
    except (OSError, ssl.SSLError) as error:
        raise MachineError(
            f"FARM_CA names `{file}`, which cannot be used: {error}; name a file of certificates in PEM form"
        ) from error
    return context


def _host(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise FarmUnreachableError(f"`{url[:200]}` is no farm's address; write e.g. http://127.0.0.1:8700")
    return parsed.host


def _checked_key(key: str) -> str:
    if not key.strip().isascii() or not key.strip().isprintable():
        raise AccessError("the API key holds characters that none has; look at FARM_API_KEY", known=False)
    return key.strip()


def refusal(response: httpx.Response) -> Exception:
    """Turn a problem document back into the error that it came from."""
    detail = _detail(response)
    match response.status_code:
        case 401 | 403:
            return AccessError(f"the farm refused the request: {detail}", known=response.status_code == 403)
        case 404 if len(missing := _problem(response).get("missing", ())) == 3:
            kind, name, restricted = missing
            return MissingError(kind, name, detail=restricted)
        case 409:
            return ConflictError(f"the farm refused the request: {detail}")
        case 429 if (problem := _problem(response)).get("quota"):
            return QuotaError(
                f"the farm refused the request: {detail}",
                quota=str(problem["quota"]),
                used=int(problem.get("used", 0)),
                limit=int(problem.get("limit", 0)),
            )
        case 429:
            return QueueFullError(
                f"the farm takes no more at this moment: {detail}",
                retry_after_s=int(_retry_after_s(response)),
            )
        case 502 | 503 | 504:
            return FarmUnreachableError(
                f"the farm at {response.url.host} cannot serve at this moment: {detail}"
            )
        case 400 | 422:
            try:
                problem = response.json()
                listed, more = problem.get("problems"), problem.get("more") or 0
            except ValueError:
                listed = None
            if listed:
                problems = [Problem(one["path"], one["message"]) for one in listed]
                return DocumentError(problems, source=response.url.params.get("source", "request"), more=more)
    return FarmUnreachableError(f"the farm refused the request: {detail}")


def _problem(response: httpx.Response) -> dict[str, Any]:
    """Return the contents of a problem document; empty if the response is not one."""
    try:
        problem = response.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _detail(response: httpx.Response) -> str:
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {response.status_code}"


def _check_finite(value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise DocumentError([Problem("", f"{value} is no number; write a finite one")], source="request")
    if isinstance(value, dict):
        for item in value.values():
            _check_finite(item)


def _retry_after_s(response: httpx.Response) -> float:
    given = response.headers.get("retry-after", "")
    return float(given) if given.isdecimal() else 0.0


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK_BYTES):
            yield chunk
