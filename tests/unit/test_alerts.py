"""Each alert is made to happen: through the controller's own figures, scraped as Prometheus scrapes them.

Those of the API are made in ``tests/cluster/test_api_alerts.py``: its metrics come from Ray Serve's proxy.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from farm.controller.controller import FarmController
from farm.controller.storage_thread import COLLECTED
from farm.journal.entry import NewJob
from farm.scheduling.event import Event, NodeReported, QueuePaused, WorkerFacts
from farm.scheduling.executor import InProcessExecutor
from farm.scheduling.instruction import Lease
from farm.services.store_tasks import StorageWork
from farm.settings import Settings
from farm.store.open import blob_store
from tests.alert_rules import RULES, assert_fires
from tests.contract.fake_worker import FakeWorker
from tests.contract.small_farm import words
from tests.prometheus import EVERY_S, Scrapes, duration_s, evaluate, fires

API = {"FarmApiFull", "FarmApiSlow", "FarmApiRefuses"}


class Stage:
    """Workers that do nothing but what a test says."""

    def __init__(self, *workers: str) -> None:
        self.facts = tuple(WorkerFacts(one, f"node-{one}", disk_free_bytes=90 * 10**9) for one in workers)
        self.leases: list[Lease] = []
        self.news: list[Event] = []

    def workers(self) -> tuple[WorkerFacts, ...]:
        return self.facts

    def start(self, lease: Lease) -> None:
        self.leases.append(lease)

    def revoke(self, fence: int) -> None:
        del fence

    def kill(self, worker_id: str, cause: str) -> None:
        del worker_id, cause

    def poll(self, timeout_s: float) -> list[Event]:
        del timeout_s
        news, self.news = self.news, []
        return news

    def close(self) -> None:
        """Nothing."""


class Show:
    """A farm whose figures are scraped in a time of its own."""

    def __init__(self, home: Path, stage: Stage | None = None) -> None:
        settings = Settings(home)
        self.scrapes = Scrapes()
        executor = stage or InProcessExecutor(FakeWorker(settings))
        self.controller = FarmController(settings, executor, meter=self.scrapes)
        self.now_s = 0.0
        self._serial = 0

    def submit(self, *keys: str, webhook: str = "") -> str:
        self._serial += 1
        job = NewJob(f"job-{self._serial}", words(*keys), "a.yaml", tenant="shop", webhook=webhook)
        return self.controller.intake.accept(job)[0]

    def step(self) -> None:
        """Let the controller work off what there is."""
        until_s = time.monotonic() + 20.0
        self.controller.conductor.step(0.0)
        while self.controller.conductor.unfinished and time.monotonic() < until_s:
            before = self.controller.conductor.scheduler.running
            self.controller.step()
            if isinstance(self.controller.conductor._executor, Stage) and before:
                break
        self.controller.step()

    def pass_time(self, seconds: float, each: Callable[[], None] | None = None) -> None:
        """Let time go by for whoever scrapes."""
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            if each is not None:
                each()
            self.controller._measure()
            self.scrapes.scrape(self.now_s)
            self.now_s += EVERY_S


def gone(show: Show) -> None:
    # Nothing is scraped any more.
    show.now_s += 600.0


def no_worker(show: Show) -> None:
    show.submit("a")
    show.controller.step()
    show.pass_time(300.0)


def queue_grows(show: Show) -> None:
    for _ in range(101):
        show.submit("a")
    show.controller.step()

    def more() -> None:
        show.submit("a")
        show.controller.step()

    show.pass_time(75 * 60.0, more)


def queue_stands(show: Show) -> None:
    show.controller.conductor.tell(QueuePaused("", "forgotten"))
    show.submit("a")
    show.controller.step()
    show.pass_time(700.0)


def fails(show: Show) -> None:
    show.submit("flaky-1")
    show.step()
    show.pass_time(120.0)


def refuses_much(show: Show) -> None:
    def another() -> None:
        show.submit(f"bad-{show.now_s}" if show.now_s % 45.0 == 0.0 else "a")
        show.step()

    show.pass_time(450.0, another)


def disk_low(show: Show) -> None:
    show.controller.conductor.tell(NodeReported("node-w", 4 * 10**9))
    show.controller.step()
    show.pass_time(400.0)


def node_unusable(show: Show) -> None:
    show.controller.conductor.tell(NodeReported("node-w", 10**6))
    show.controller.step()
    show.pass_time(1000.0)


def webhooks_given_up(show: Show) -> None:
    show.submit("a", webhook="https://shop.example/hook")
    show.step()
    outbox = show.controller.journal.outbox
    while outbox.counts().get("given up", 0) == 0:
        for message in outbox.of("job-1"):
            outbox.refused(message, "410", 0.0)
    show.pass_time(60.0)


def not_collected(show: Show) -> None:
    show.controller.journal.orders.give(COLLECTED, time.time() - 3 * 86_400.0)
    show.pass_time(1200.0)


def damaged(show: Show) -> None:
    media = b"as it was sent"
    path = blob_store(show.controller.settings).put_bytes(hashlib.sha256(media).hexdigest(), "", media)
    path.write_bytes(b"as a disk gave it back")
    show.controller.storage_thread.order(StorageWork.VERIFY)
    show.controller.storage_thread.step()
    show.pass_time(60.0)


MADE: dict[str, tuple[Callable[[], Stage | None], Callable[[Show], None]]] = {
    "FarmGone": (lambda: Stage("w"), gone),
    "FarmNoWorker": (Stage, no_worker),
    "FarmQueueGrows": (lambda: Stage("w"), queue_grows),
    "FarmQueueStands": (lambda: Stage("w"), queue_stands),
    "FarmFails": (lambda: None, fails),
    "FarmRefusesMuch": (lambda: None, refuses_much),
    "FarmDiskLow": (lambda: Stage("w"), disk_low),
    "FarmNotCollected": (lambda: Stage("w"), not_collected),
    "FarmDamaged": (lambda: Stage("w"), damaged),
    "FarmNodeUnusable": (lambda: Stage("w"), node_unusable),
    "FarmWebhooksGivenUp": (lambda: None, webhooks_given_up),
}


def test_every_alert_is_made_to_happen() -> None:
    assert MADE.keys() | API == RULES.keys()


@pytest.mark.parametrize("alert", list(MADE))
def test_it_fires_when_its_condition_is_there_and_not_before(alert: str, tmp_path: Path) -> None:
    stage, happen = MADE[alert]
    show = Show(tmp_path / "home", stage())
    show.controller.step()
    show.pass_time(35 * 60.0)
    quiet_s = show.now_s - EVERY_S
    happen(show)
    show.controller.close()
    assert_fires(alert, show.scrapes, quiet_s=quiet_s, loud_s=show.now_s - EVERY_S, folder=tmp_path)


def test_a_condition_that_passes_soon_pages_nobody(tmp_path: Path) -> None:
    show = Show(tmp_path / "home", Stage("w"))
    show.controller.step()
    show.pass_time(600.0)
    show.controller.conductor.tell(NodeReported("node-w", 4 * 10**9))
    show.controller.step()
    show.pass_time(duration_s(RULES["FarmDiskLow"]["for"]) / 2)
    show.controller.conductor.tell(NodeReported("node-w", 90 * 10**9))
    show.controller.step()
    show.pass_time(600.0)
    for back in range(100):
        assert not fires(RULES["FarmDiskLow"], show.scrapes, show.now_s - back * EVERY_S)
    show.controller.close()


def test_unsupported_expressions_are_refused() -> None:
    with pytest.raises(SyntaxError):
        evaluate("topk(3, ray_farm_workers)", Scrapes(), 0.0)
