"""Metrics that follow from the events of jobs; each is one that the farm has declared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from math import isnan

import pytest

from farm.errors import Problem
from farm.scheduling.event import JobSubmitted, TaskFailed, WorkerFacts, WorkerJoined
from farm.scheduling.instruction import Fail, Lease, Retry
from farm.scheduling.job_state import JobRequest, JobState
from farm.scheduling.job_view import JobView
from farm.scheduling.scheduler import Scheduler
from farm.telemetry.figures import FIGURES, MetricKind
from farm.telemetry.measures import Measures
from farm.worker.fault import Blame, Fault

Series = dict[frozenset[tuple[str, str]], float]


class RecordingMeter:
    """A meter that checks each figure against what is declared, and keeps it."""

    def __init__(self) -> None:
        self.values: dict[str, Series] = defaultdict(lambda: defaultdict(float))

    def count(self, name: str, value: float = 1.0, labels: Mapping[str, str] | None = None) -> None:
        self._check(MetricKind.COUNTER, name, labels)
        self.values[name][frozenset((labels or {}).items())] += value

    def gauge(self, name: str, value: float, labels: Mapping[str, str] | None = None) -> None:
        self._check(MetricKind.GAUGE, name, labels)
        self.values[name][frozenset((labels or {}).items())] = value

    def observe(self, name: str, value: float, labels: Mapping[str, str] | None = None) -> None:
        self._check(MetricKind.HISTOGRAM, name, labels)
        self.values[name][frozenset((labels or {}).items())] += value

    @staticmethod
    def _check(kind: MetricKind, name: str, labels: Mapping[str, str] | None) -> None:
        assert FIGURES[name].kind is kind
        assert set(labels or {}) == set(FIGURES[name].labels)


def failed(blame: Blame, problems: tuple[Problem, ...] = ()) -> JobView:
    view = JobView(JobRequest("a", "{}", "a.yaml", None, "", tenant="shop", accepted_s=1.0))
    view.take(Fail("a", "no", problems, blame))
    view.state = JobState.FAILED
    view.entered_s = {JobState.ACCEPTED: 1.0, JobState.PLANNING: 3.0, JobState.FAILED: 9.0}
    return view


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (failed(Blame.JOB, (Problem("slots", "wrong"),)), "document"),
        (failed(Blame.JOB), "job"),
        (failed(Blame.HOST), "host"),
        (failed(Blame.STORE), "store"),
        (failed(Blame.DISK), "disk"),
    ],
)
def test_failures_are_counted_by_blame(view: JobView, expected: str) -> None:
    meter = RecordingMeter()
    Measures(meter).ended(view)
    assert meter.values["farm_failures_total"] == {frozenset({("class", expected), ("tenant", "shop")}): 1.0}
    assert meter.values["farm_job_wait_seconds"] == {frozenset({("tenant", "shop")}): 2.0}
    assert "farm_job_seconds" not in meter.values


def test_the_scheduler_assigns_blame() -> None:
    scheduler = Scheduler()
    scheduler.handle(WorkerJoined(WorkerFacts("w", "n")), 0.0)
    blames: list[Blame] = []
    out = scheduler.handle(JobSubmitted(JobRequest("a", "{}", "a.yaml", None, "")), 0.0)
    for now_s in (1.0, 2.0, 3.0):
        fence = next(one.fence for one in out if isinstance(one, Lease))
        out = scheduler.handle(TaskFailed(fence, Fault(Blame.STORE, "gone")), now_s)
        for one in out:
            if isinstance(one, Retry):
                assert (one.node, one.worker_id, one.fence) == ("n", "w", fence)
                blames.append(one.blame)
            elif isinstance(one, Fail):
                blames.append(one.blame)
    assert blames == [Blame.STORE] * 3


def test_vanished_labels_read_zero_and_vanished_nodes_have_no_figure() -> None:
    meter = RecordingMeter()
    measures = Measures(meter)
    queued, node = {"tenant": "t", "state": "queued"}, {"node": "n"}
    measures.standing({"farm_unfinished_jobs": [(3.0, queued)], "farm_disk_free_bytes": [(5.0, node)]})
    measures.standing({})
    assert meter.values["farm_unfinished_jobs"] == {frozenset(queued.items()): 0.0}
    assert isnan(meter.values["farm_disk_free_bytes"][frozenset(node.items())])
