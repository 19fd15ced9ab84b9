"""The webhook dispatcher: delivers the messages in the outbox to webhooks, signed and at least once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import httpx

from farm.controller.recurring import Recurring
from farm.errors import FarmError, one_line
from farm.journal.access import SECRET_PREFIX
from farm.journal.journal import Journal
from farm.journal.outbox import Message
from farm.settings import Settings
from farm.store.checked import CORE_ERRORS, CheckedTransport
from farm.store.guard import parse_guard

PERIOD_S: Final = 1.0
TIMEOUT_S: Final = 10.0
AT_ONCE: Final = 8
EACH: Final = 4
"""Maximum number of concurrent deliveries per tenant."""


class WebhookDispatcher:
    """Uses its own threads, so that a slow receiver delays neither jobs nor other receivers.

    A message is on disk from the commit that ends its job until the receiver responds with 2xx: if the farm dies in
    between, the message is sent again under the same id.
    """

    def __init__(self, journal: Journal, settings: Settings) -> None:
        self._journal = journal
        self._guard = parse_guard(settings.fetch_allow)
        self._pool = ThreadPoolExecutor(AT_ONCE, "webhooks")
        # The messages stay on disk until they are delivered.
        self._recurring = Recurring(
            "webhook-dispatcher", self._send_due, "webhooks are not sent", every_s=PERIOD_S
        )
        self._under_way: dict[str, Future[None]] = {}

    @property
    def trouble(self) -> str:
        """The error of the last attempt; empty if it succeeded."""
        return self._recurring.trouble

    def start(self) -> None:
        """Start the thread."""
        self._recurring.start()

    def stop(self) -> None:
        """End the threads after the current deliveries."""
        self._recurring.stop()
        self._pool.shutdown()

    def deliver(self, message: Message) -> None:
        """Send one message and record the outcome."""
        at_s = time.time()
        secrets = self._journal.access.tenant(message.tenant).secrets(at_s)
        try:
            with (
                httpx.Client(transport=CheckedTransport(self._guard, time.monotonic() + TIMEOUT_S)) as http,
                # The response's body is not read: it may be endless.
                http.stream(
                    "POST",
                    message.url,
                    content=message.body.encode(),
                    headers={"Content-Type": "application/json", **signature(secrets, message, at_s)},
                ) as response,
            ):
                taken, response_summary = response.is_success, f"HTTP {response.status_code}"
        except (httpx.HTTPError, httpx.InvalidURL, FarmError, OSError, ValueError, *CORE_ERRORS) as error:
            taken, response_summary = False, one_line(f"{type(error).__name__}: {error}")
        if taken:
            self._journal.outbox.delivered(message.event_id, response_summary, time.time())
        else:
            self._journal.outbox.refused(message, response_summary, time.time())

    def _send_due(self) -> None:
        for event_id in [one for one, sent in self._under_way.items() if sent.done()]:
            # An error of the journal must show in the farm's health; the message is sent again.
            self._under_way.pop(event_id).result()
        for message in self._journal.outbox.due(time.time(), EACH):
            if message.event_id not in self._under_way and len(self._under_way) < 2 * AT_ONCE:
                self._under_way[message.event_id] = self._pool.submit(self.deliver, message)


def signature(secrets: Sequence[str], message: Message, at_s: float) -> dict[str, str]:
    """Return the headers that authenticate a message, according to the Standard Webhooks specification.

    HMAC-SHA256 over ``id.timestamp.body``, keyed with the decoded bytes of the tenant's secret after its prefix; one
    signature per valid secret, separated by spaces.
    """
    stamp = str(int(at_s))
    signed = f"{message.event_id}.{stamp}.{message.body}".encode()
    digests = [hmac.new(secret_bytes(one), signed, hashlib.sha256).digest() for one in secrets]
    return {
        "webhook-id": message.event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(one).decode()}" for one in digests),
    }


def secret_bytes(secret: str) -> bytes:
    """Return the key in a webhook secret: the part after its prefix, base64-decoded."""
    return base64.b64decode(secret.removeprefix(SECRET_PREFIX))
