"""The record of a job that has ended."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from farm.scheduling.instruction import Fail, JobStateChanged, Planned, Publish, Rendered, Retry
from farm.scheduling.job_state import JobState
from farm.scheduling.job_view import JobView
from farm.scheduling.run_record import record
from farm.worker.task import Spent
from farm_catalog.run_record import RunRecord
from tests.unit.scheduling.plans import plan, production, request, result


def finished() -> JobView:
    view = JobView(request("a"))
    made = replace(
        production("a", 30),
        spent=Spent(0.0, 0.0, 1.0, 1.5),
        loudness_lufs=-math.inf,
        warnings=("quiet",),
        node="n",
    )
    for instruction in (
        JobStateChanged("a", None, JobState.ACCEPTED, "submitted", 100.0),
        JobStateChanged("a", JobState.ACCEPTED, JobState.PLANNING, "leased", 102.0),
        Planned("a", replace(plan("k1", "k2", "k1"), template="t", plugins=(("p", "1"),))),
        JobStateChanged("a", JobState.PLANNING, JobState.QUEUED, "planned", 103.0),
        Retry("a", "segment 1 of 3", "w: boom", 1, 103.5),
        Rendered("a", result("k1")),
        Rendered("a", replace(result("k2"), reused=True, spent=Spent())),
        Publish("a", made),
        JobStateChanged("a", JobState.CHECKING, JobState.DONE, "published", 110.0),
    ):
        view.take(instruction)
    return view


def test_a_finished_jobs_record_counts_each_cost_once() -> None:
    view = finished()
    assert (view.segments_total, view.segments_done, view.segments_reused) == (3, 3, 1)
    run = record(view)
    assert [(one.key, one.reused, one.cpu_s) for one in run.segments] == [
        ("k1", False, 0.7),
        ("k2", True, 0.0),
        ("k1", True, 0.0),
    ]
    assert run.cpu_s == pytest.approx(0.7 + 1.5)
    assert run.encode_s == pytest.approx(0.3 + 1.0)
    assert (run.wait_s, run.wall_s, run.retries) == (2.0, 10.0, 1)
    assert (run.template, run.plugins, run.warnings) == ("t", (("p", "1"),), ("quiet",))


def test_the_loudness_of_digital_silence_fits_into_json() -> None:
    run = record(finished())
    assert run.loudness_lufs is None
    assert RunRecord.from_json(run.to_json(), "x") == run


def test_a_job_that_failed_before_its_plan_has_a_record_too() -> None:
    view = JobView(request("a"))
    view.take(JobStateChanged("a", None, JobState.ACCEPTED, "submitted", 100.0))
    view.take(Fail("a", "bad document"))
    view.take(JobStateChanged("a", JobState.PLANNING, JobState.FAILED, "bad document", 101.0))
    run = record(view)
    assert (run.state, run.message, run.segments, run.encoder) == ("failed", "bad document", (), "")
