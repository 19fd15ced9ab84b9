"""A connection to a farm: requests that may be sent again, sent again until they are answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from farm.errors import AccessError, DocumentError, FarmUnreachableError, Problem, QueueFullError

PATIENCE_S: Final = 60.0
"""How long a farm that does not answer is asked again: a killed proxy is away for about 30 s."""
FIRST_PAUSE_S: Final = 0.2
LONGEST_PAUSE_S: Final = 5.0
TIMEOUT_S: Final = 60.0
CHUNK_BYTES: Final = 2**20
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
PASSING: Final = frozenset({429, 502, 503, 504})


class BrokenOffError(FarmUnreachableError):
    """The farm did not answer to the end; it may the next time."""


class Connection:
    """Safe to repeat: every request that it sends may arrive twice without harm."""

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
        # A proxy set for the way out must not stand between two processes of one machine.
        outside = _host(url) not in LOOPBACK
        self._http = http or httpx.Client(
            base_url=self.url, timeout=TIMEOUT_S, trust_env=outside, headers=headers
        )
        self._sleep = sleep
        self._patience_s = patience_s
        self._say = say

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def call(self, method: str, path: str, data: Any = None, **query: Any) -> Any:
        """Send a request and return what the answer's JSON holds; None for an empty answer.

        Raises:
            DocumentError: what was sent is wrong.
            AccessError: the key is missing or does not allow this.
            FarmUnreachableError: no farm answers, or it refused.
        """
        given = {name: value for name, value in query.items() if value is not None}
        response = self.ask(method, path, params=given, json=data)
        try:
            return response.json() if response.content else None
        except ValueError as error:
            raise FarmUnreachableError(f"what answers at {self.url} is no farm; check the address") from error

    def save(self, path: str, target: Path) -> None:
        """Fetch a file piece by piece, anew from its beginning where the connection broke.

        Raises:
            FarmUnreachableError: no farm answers, or it refused.
            OSError: the file cannot be written.
        """
        pause_s, waited_s = FIRST_PAUSE_S, 0.0
        while True:
            try:
                with self.stream(path, {}) as response, target.open("wb") as file:
                    for chunk in response.iter_bytes(CHUNK_BYTES):
                        file.write(chunk)
                return
            except BrokenOffError:
                if waited_s + pause_s > self._patience_s:
                    raise
            self._sleep(pause_s)
            waited_s += pause_s
            pause_s = min(LONGEST_PAUSE_S, 2.0 * pause_s)

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
        """Send a request until it is answered; ``body`` is a file that is sent as it is.

        Raises:
            DocumentError: what was sent is wrong.
            AccessError: the key is missing or does not allow this.
            FarmUnreachableError: no farm answers, or it refused.
        """
        pause_s, waited_s = FIRST_PAUSE_S, 0.0
        while True:
            error: Exception | None = None
            try:
                sent = _chunks(body) if body is not None else content
                response = self._http.request(
                    method, path, content=sent, json=json, params=params, headers=headers
                )
            except httpx.TransportError as trouble:
                error = trouble
                said: Exception = FarmUnreachableError(
                    f"no farm answers at {self.url} ({trouble}); `farm up` starts one"
                )
            else:
                if response.is_success or response.status_code in allowed:
                    return response
                said = refusal(response)
                if response.status_code not in PASSING:
                    raise said
                pause_s = max(pause_s, _retry_after_s(response))
            if waited_s + pause_s > self._patience_s:
                raise said from error
            if self._say is not None and waited_s == 0.0:
                # Whoever waits at a keyboard is to know what for.
                self._say(f"{said}; trying for {self._patience_s:.0f} s")
            self._sleep(pause_s)
            waited_s += pause_s
            pause_s = min(LONGEST_PAUSE_S, 2.0 * pause_s)

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """Yield an answer whose body is read as it comes; sent once.

        Raises:
            BrokenOffError: no farm answers at this moment, or it stopped to.
            FarmUnreachableError: it refused.
        """
        timeout = httpx.Timeout(TIMEOUT_S)
        try:
            with self._http.stream("GET", path, headers=headers, timeout=timeout) as response:
                if not response.is_success:
                    response.read()
                    said = refusal(response)
                    raise BrokenOffError(str(said)) if response.status_code in PASSING else said
                yield response
        except httpx.TransportError as error:
            raise BrokenOffError(f"the farm at {self.url} broke off ({error})") from error


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
    """Turn a problem document into the error that it was made of."""
    detail = _detail(response)
    match response.status_code:
        case 401 | 403:
            return AccessError(f"the farm refused the request: {detail}", known=response.status_code == 403)
        case 429:
            return QueueFullError(
                f"the farm takes no more jobs at this moment: {detail}",
                retry_after_s=int(_retry_after_s(response)),
            )
        case 502 | 503 | 504:
            return FarmUnreachableError(
                f"the farm at {response.url.host} cannot serve at this moment: {detail}"
            )
        case 400 | 422:
            try:
                listed = response.json().get("problems")
            except ValueError:
                listed = None
            if listed:
                problems = [Problem(one["path"], one["message"]) for one in listed]
                return DocumentError(problems, source=response.url.params.get("source", "request"))
    return FarmUnreachableError(f"the farm refused the request: {detail}")


def _detail(response: httpx.Response) -> str:
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {response.status_code}"


def _retry_after_s(response: httpx.Response) -> float:
    given = response.headers.get("retry-after", "")
    return float(given) if given.isdecimal() else 0.0


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK_BYTES):
            yield chunk
