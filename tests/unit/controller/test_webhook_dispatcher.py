"""The webhook dispatcher with real receivers: signed as Standard Webhooks has it, retried until accepted."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from farm.contract.jobs import JobService
from farm.controller.webhook_dispatcher import WebhookDispatcher
from farm.journal.ending import JobEnding
from farm.journal.entry import NewJob
from farm.journal.journal import Journal
from farm.settings import Settings
from farm.store.guard import Guard
from tests.contract.small_farm import SmallFarm, until, words


class Receiver:
    """A server that records what it receives and answers as configured."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.received.append(
                    ({name.lower(): value for name, value in self.headers.items()}, body)
                )
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    threading.Thread(target=receiver.server.serve_forever, args=(0.01,), daemon=True).start()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def posted(
    tmp_path: Path, url: str, *, allow: tuple[str, ...] = ("127.0.0.1",)
) -> tuple[Journal, WebhookDispatcher]:
    """Return a journal with one message in its outbox, and who delivers it."""
    settings = Settings(tmp_path, fetch_allow=allow)
    journal = Journal.open(settings.journal)
    journal.jobs.accept(NewJob("j1", "d", "a.yaml", tenant="shop", webhook=url), 1.0)
    journal.jobs.record([JobEnding("j1", "done", "c", 2.0, {"id": "j1", "name": "金色腕表"}, "")])
    return journal, WebhookDispatcher(journal, settings)


def verify(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Check a signature as the Standard Webhooks specification says, with nothing of farm's."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(f"v1,{expected}", one) for one in headers["webhook-signature"].split(" "))


def test_a_message_is_signed_with_its_tenants_secret(tmp_path: Path, receiver: Receiver) -> None:
    journal, webhook_dispatcher = posted(tmp_path, receiver.url)
    (message,) = journal.outbox.of("j1")
    webhook_dispatcher.deliver(message)
    ((headers, body),) = receiver.received
    assert verify(journal.access.tenant("shop").webhook_secret, headers, body)
    assert not verify(journal.access.tenant("other").webhook_secret, headers, body)
    assert not verify(journal.access.tenant("shop").webhook_secret, headers, body + b" ")
    assert headers["content-type"] == "application/json"
    assert json.loads(body)["data"]["name"] == "金色腕表"
    assert [(one.state, one.response) for one in journal.outbox.of("j1")] == [("delivered", "HTTP 204")]


@pytest.mark.parametrize("answer", [302, 404, 500, 503])
def test_a_refused_message_is_sent_again_under_the_same_id(
    tmp_path: Path, receiver: Receiver, answer: int
) -> None:
    journal, webhook_dispatcher = posted(tmp_path, receiver.url)
    receiver.answers = [answer]
    webhook_dispatcher.deliver(journal.outbox.of("j1")[0])
    (waiting,) = journal.outbox.of("j1")
    assert (waiting.state, waiting.tries, waiting.response) == ("waiting", 1, f"HTTP {answer}")
    webhook_dispatcher.deliver(waiting)
    first, second = receiver.received
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    assert first[1] == second[1]
    assert journal.outbox.of("j1")[0].state == "delivered"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:{port}/", "not a public address"),
        ("http://localhost:{port}/", "not a public address"),
        ("http://[::ffff:127.0.0.1]:{port}/", "not a public address"),
        ("http://no-such-host.invalid/", "is not known"),
    ],
)
def test_nothing_is_sent_into_the_farms_own_network(
    tmp_path: Path, receiver: Receiver, url: str, message: str
) -> None:
    journal, webhook_dispatcher = posted(tmp_path, url.format(port=receiver.server.server_port), allow=())
    webhook_dispatcher.deliver(journal.outbox.of("j1")[0])
    assert receiver.received == []
    (waiting,) = journal.outbox.of("j1")
    assert waiting.state == "waiting"
    assert message in waiting.response


def test_an_unreachable_receiver_is_a_refusal(tmp_path: Path) -> None:
    journal, webhook_dispatcher = posted(tmp_path, "http://127.0.0.1:9/")
    webhook_dispatcher.deliver(journal.outbox.of("j1")[0])
    assert journal.outbox.of("j1")[0].tries == 1


def test_the_end_of_a_job_is_delivered(tmp_path: Path, receiver: Receiver) -> None:
    with SmallFarm(tmp_path, fetch_allow=("127.0.0.1",)) as farm:
        farm.controller.webhook_dispatcher.start()
        for name, key in (("good", "k"), ("bad", "bad-1")):
            farm.controller.intake.accept(NewJob(name, words(key), "a.yaml", webhook=receiver.url))
        until(lambda: len(receiver.received) == 2)
        deliveries = sorted(
            (json.loads(body)["type"], headers["webhook-id"]) for headers, body in receiver.received
        )
        assert deliveries == [("job.done", "evt_good_done"), ("job.failed", "evt_bad_failed")]
        until(lambda: farm.controller.journal.outbox.counts() == {"delivered": 2})
        assert farm.controller.webhook_dispatcher.trouble == ""


def test_resolved_addresses_are_not_revealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "farm.controller.webhook_dispatcher.parse_guard",
        lambda _allow: Guard(resolve=lambda _host: ("10.0.0.3",)),
    )
    with SmallFarm(tmp_path) as farm:
        farm.controller.intake.accept(
            NewJob("one", words("k"), "a.yaml", webhook="http://inside.example/hook")
        )
        farm.ended("one")
        (message,) = farm.controller.journal.outbox.of("one")
        farm.controller.webhook_dispatcher.deliver(message)
        (delivery,) = farm.ask(JobService.webhooks, job_id="one")
    assert "inside.example is not a public address" in delivery.said
    assert "10.0.0.3" not in delivery.said
