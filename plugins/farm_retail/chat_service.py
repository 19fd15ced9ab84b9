"""Calls a language model over HTTP with OpenAI's chat completions API, which many services offer."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from farm.plugin import WriterCost, WriterError

_LARGEST_ANSWER_BYTES: Final = 4 * 2**20
_LONGEST_WAIT_S: Final = 60.0
"""A server that requests a longer wait is given up."""
_CONNECT_S: Final = 10.0
_REMEDY: Final = {
    401: "; check FARM_WRITER_KEY",
    403: "; check FARM_WRITER_KEY",
    404: "; check FARM_WRITER_URL and FARM_WRITER_MODEL",
}


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """The model's address and prices, all from environment variables."""

    url: str
    """Base URL, such as ``https://host/v1``; ``FARM_WRITER_URL``."""
    model: str
    """The model's name; ``FARM_WRITER_MODEL``."""
    key: str = field(default="", repr=False)
    """API key, sent as a bearer token and never shown. ``FARM_WRITER_KEY``."""
    timeout_s: float = 60.0
    """Time limit for one complete answer; ``FARM_WRITER_TIMEOUT_S``."""
    retries: int = 3
    """Number of retries after 429, 5xx and broken connections; ``FARM_WRITER_RETRIES``."""
    price_in: float | None = None
    """Price of 1,000 input tokens; ``FARM_WRITER_PRICE_IN``."""
    price_out: float | None = None
    """Price of 1,000 output tokens; ``FARM_WRITER_PRICE_OUT``."""
    currency: str = "USD"
    """Currency of the prices; ``FARM_WRITER_CURRENCY``."""

    @staticmethod
    def from_environment() -> ChatSettings:
        """Read the settings.

        Raises:
            WriterError: URL or model is missing, or a number is invalid; all problems are reported together.
        """
        environment = os.environ
        wrong = [
            f"{name} is not set"
            for name in ("FARM_WRITER_URL", "FARM_WRITER_MODEL")
            if not environment.get(name)
        ]
        url = environment.get("FARM_WRITER_URL", "").rstrip("/")
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            wrong.append("FARM_WRITER_URL is not an http(s) URL")

        def number(name: str, default: float | None, largest: float) -> float | None:
            text = environment.get(name, "").strip()
            try:
                value = float(text) if text else default
            except ValueError:
                value = -1.0
            if value is not None and not 0 <= value <= largest:
                wrong.append(f"{name} must be a number from 0 to {largest:g}")
            return value

        timeout_s = number("FARM_WRITER_TIMEOUT_S", 60.0, 3600) or 60.0
        retries = number("FARM_WRITER_RETRIES", 3, 20)
        price_in = number("FARM_WRITER_PRICE_IN", None, 1e6)
        price_out = number("FARM_WRITER_PRICE_OUT", None, 1e6)
        if wrong:
            raise WriterError(
                f"the chat writer cannot be used: {'; '.join(wrong)}. Set them, or use --writer retail.rules"
            )
        return ChatSettings(
            url, environment["FARM_WRITER_MODEL"], environment.get("FARM_WRITER_KEY", ""), timeout_s, int(retries or 0),
            price_in, price_out, environment.get("FARM_WRITER_CURRENCY") or "USD",
        )  # fmt: skip


class ChatService:
    """The connection for one conversation; adds up its cost."""

    def __init__(self, settings: ChatSettings, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.settings = settings
        self.warnings: list[str] = []
        """What deviated from the request."""
        self._sleep = sleep
        self._requests = 0
        self._prompt = 0
        self._completion = 0
        self._uncounted = False
        self._schema = True

    @property
    def cost(self) -> WriterCost:
        """The usage so far."""
        settings = self.settings
        amount = None
        if settings.price_in is not None and settings.price_out is not None and not self._uncounted:
            amount = self._prompt / 1000 * settings.price_in + self._completion / 1000 * settings.price_out
        return WriterCost(self._requests, self._prompt, self._completion, amount, settings.currency)

    def ask(self, messages: list[dict[str, str]], schema: Mapping[str, Any], seed: int) -> str:
        """Return the model's answer.

        Requests JSON according to the schema; if the service does not support that, retries without and adds a warning.

        Raises:
            WriterError: no answer in time, the request was refused, or the response violates the protocol.
        """
        body: dict[str, Any] = {
            "model": self.settings.model, "messages": messages, "stream": False, "seed": seed,
        }  # fmt: skip
        with httpx.Client(
            timeout=httpx.Timeout(self.settings.timeout_s, connect=min(_CONNECT_S, self.settings.timeout_s))
        ) as client:
            if self._schema:
                shaped = {"name": "scripts", "schema": dict(schema), "strict": True}
                asked = body | {"response_format": {"type": "json_schema", "json_schema": shaped}}
                status, text = self._send(client, asked)
                if status not in (400, 422):
                    return self._content(status, text)
                self._schema = False
                self.warnings.append(
                    "the service does not support JSON schemas; plain JSON was requested instead"
                )
            return self._content(*self._send(client, body))

    def _send(self, client: httpx.Client, body: Mapping[str, Any]) -> tuple[int, str]:
        """Return status and body of a response; retries after temporary errors."""
        for attempt in range(self.settings.retries + 1):
            last = attempt == self.settings.retries
            self._requests += 1
            try:
                status, headers, text = self._once(client, body)
            except httpx.TransportError as error:
                if last:
                    what = (
                        "no answer within the time limit"
                        if isinstance(error, httpx.TimeoutException)
                        else str(error)
                    )
                    raise WriterError(f"{self._where()}: {what} ({self._tries(attempt)})") from None
                self._sleep(_pause_s(attempt, None))
                continue
            if status != 429 and status < 500:
                return status, text
            wait_s = _pause_s(attempt, headers.get("retry-after"))
            if last or wait_s > _LONGEST_WAIT_S:
                asks = f", and requests a wait of {wait_s:.0f} s" if wait_s > _LONGEST_WAIT_S else ""
                raise WriterError(
                    f"{self._where()} answers {status}{asks} ({self._tries(attempt)}){self._error_detail(text)}"
                )
            self._sleep(wait_s)
        raise WriterError(f"{self._where()} was not called: FARM_WRITER_RETRIES is negative")

    def _once(self, client: httpx.Client, body: Mapping[str, Any]) -> tuple[int, httpx.Headers, str]:
        # httpx's timeout applies to each read, so a slow stream of single bytes would never end.
        until = time.monotonic() + self.settings.timeout_s
        headers = {"Authorization": f"Bearer {self.settings.key}"} if self.settings.key else {}
        received = bytearray()
        url = f"{self.settings.url}/chat/completions"
        with client.stream("POST", url, json=dict(body), headers=headers) as response:
            for chunk in response.iter_bytes():
                received += chunk
                if time.monotonic() > until:
                    raise httpx.ReadTimeout("slow")
                if len(received) > _LARGEST_ANSWER_BYTES:
                    raise WriterError(
                        f"{self._where()} answers more than {_LARGEST_ANSWER_BYTES // 2**20} MiB"
                    )
            return response.status_code, response.headers, received.decode("utf-8", "replace")

    def _content(self, status: int, text: str) -> str:
        """Return the model's text from the response."""
        if status != 200:
            raise WriterError(
                f"{self._where()} answers {status}{self._error_detail(text)}{_REMEDY.get(status, '')}"
            )
        if text.lstrip().startswith("data:"):
            raise WriterError(
                f"{self._where()} streams although `stream` is false; use a service that supports complete responses"
            )
        try:
            data = json.loads(text)
            choice = data["choices"][0]
            content = choice["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError):
            raise WriterError(
                f"{self._where()} does not respond as a chat completions API{self._error_detail(text)}"
            ) from None
        self._count(data.get("usage"))
        if choice["message"].get("refusal"):
            raise WriterError(f"the model refused: {self._hidden(str(choice['message']['refusal']))[:200]}")
        if choice.get("finish_reason") == "length":
            self.warnings.append("the model's answer was cut off at its length limit")
        if not isinstance(content, str):
            raise WriterError(f"{self._where()} answered without text")
        return content

    def _count(self, usage: Any) -> None:
        tokens = usage if isinstance(usage, Mapping) else {}
        counts = [tokens.get("prompt_tokens"), tokens.get("completion_tokens")]
        if not all(isinstance(count, int) and not isinstance(count, bool) and count >= 0 for count in counts):
            self._uncounted = True
            self.warnings.append("the service reports no token counts; the cost is unknown")
            return
        self._prompt += counts[0] or 0
        self._completion += counts[1] or 0

    def _where(self) -> str:
        parts = urlsplit(self.settings.url)
        return f"the text service at {parts.hostname}{f':{parts.port}' if parts.port else ''}"

    def _error_detail(self, text: str) -> str:
        """Return a server's error message, shortened, and without the key in case it contains it."""
        try:
            detail = json.loads(text)["error"]
            detail = detail["message"] if isinstance(detail, Mapping) else detail
        except (ValueError, KeyError, TypeError):
            detail = text
        shown = " ".join(self._hidden(str(detail)).split())[:200]
        return f": {shown}" if shown else ""

    def _hidden(self, text: str) -> str:
        return text.replace(self.settings.key, "…") if self.settings.key else text

    @staticmethod
    def _tries(attempt: int) -> str:
        return f"{attempt + 1} {'try' if attempt == 0 else 'tries'}"


def _pause_s(attempt: int, retry_after: str | None) -> float:
    """Return the delay before the next try: the server's Retry-After, in seconds or as a date, else 1, 2, 4, … s."""
    if retry_after:
        try:
            return max(0.0, float(retry_after))
        except ValueError:
            pass
        try:
            at = parsedate_to_datetime(retry_after)
            return max(0.0, (at - datetime.now(UTC)).total_seconds())
        except (TypeError, ValueError):
            pass
    return min(_LONGEST_WAIT_S, 2.0**attempt)
