"""Work goes only to workers with exactly the plugins that it was planned with, and a plugin's fault is the job's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from farm.errors import PluginError, PluginsLackedError, Problem
from farm.scheduling.event import PlanDone, TaskFailed, Tick, WorkerFacts, WorkerJoined, WorkerLost
from farm.scheduling.instruction import Retry
from farm.scheduling.job_state import JobState
from farm.worker.fault import Blame, classify
from farm.worker.task import AssembleTask
from tests.unit.scheduling.harness import SchedulerHarness, conditions, done, key, kills, leases
from tests.unit.scheduling.plans import plan

OLD, NEW, BASICS = "acme 1.2 (aaaaaaaaaaaa)", "acme 1.2 (bbbbbbbbbbbb)", "basics 0.1.0 (cccccccccccc)"


def worker(name: str, *plugins: str) -> WorkerFacts:
    return WorkerFacts(name, f"node-{name}", plugins=(BASICS, *plugins))


def test_segments_and_the_assembly_go_to_the_same_plugins_alone() -> None:
    harness = SchedulerHarness(worker("old", OLD), worker("new", NEW), worker("bare"))
    given = harness.planned("j", replace(plan("k1", "k2"), drawn_by=(OLD, BASICS)))
    assert [(lease.worker_id, key(lease.task)) for lease in given] == [("old", "k1")]
    (second,) = leases(harness.send(done(given[0])))
    (last,) = leases(harness.send(done(second)))
    assert (second.worker_id, last.worker_id) == ("old", "old")
    assert isinstance(last.task, AssembleTask)


def test_a_plan_which_uses_no_plugin_goes_to_anybody() -> None:
    harness = SchedulerHarness(worker("old", OLD), worker("new", NEW))
    given = harness.planned("j", plan("k1", "k2"))
    assert {lease.worker_id for lease in given} == {"old", "new"}


def test_a_waiting_job_names_the_missing_plugin_and_fails_after_the_grace_period() -> None:
    harness = SchedulerHarness(worker("old", OLD), worker("new", NEW))
    harness.planned("j", replace(plan("k"), drawn_by=(OLD,)))
    harness.send(WorkerLost("old", "killed"))
    assert (
        f"no worker has the plugin {OLD} that the job was planned with (there is 1 worker, with {NEW})"
        in harness.explain("j")
    )
    harness.at(59.0, Tick())
    assert harness.states("j")[-1] is not JobState.FAILED
    harness.at(61.0, Tick())
    assert f"no worker of this farm has the plugin {OLD} (there are: {NEW})" in harness.failure("j").message


def test_a_plugin_which_comes_back_goes_on() -> None:
    harness = SchedulerHarness(worker("old", OLD), worker("new", NEW))
    harness.planned("j", replace(plan("k"), drawn_by=(OLD,)))
    harness.send(WorkerLost("old", "killed"))
    (again,) = leases(harness.send(WorkerJoined(worker("old-2", OLD))))
    assert again.worker_id == "old-2"
    assert harness.at(100.0, Tick()) == []


def test_a_plugins_fault_ends_the_job_at_once_and_blames_no_node() -> None:
    harness = SchedulerHarness(worker("w1"), worker("w2"))
    error = PluginError("effect `acme.pulse` failed", plugin="acme 1.2 (-)", element="acme.pulse")
    for number in range(6):
        given = harness.planned(f"j{number}", plan(f"k{number}"))
        harness.send(TaskFailed(given[0].fence, classify(error)))
        assert "effect `acme.pulse` failed" in harness.failure(f"j{number}").message
    assert not any(isinstance(one, Retry) for one in harness.instructions)
    assert conditions(harness.instructions) == []
    assert kills(harness.instructions) == []


@pytest.mark.parametrize("stuck", [True, False])
def test_a_worker_which_is_stuck_is_replaced_without_blame(stuck: bool) -> None:
    harness = SchedulerHarness(worker("w1"), worker("w2"))
    (segment,) = harness.planned("j", plan("k"))
    fault = classify(PluginError("did not return within 30 s", stuck=stuck))
    assert (fault.blame, fault.stuck) == (Blame.JOB, stuck)
    instructions = harness.send(TaskFailed(segment.fence, fault))
    assert kills(instructions) == ([segment.worker_id] if stuck else [])
    assert harness.states("j")[-1] is JobState.FAILED
    assert conditions(instructions) == []
    (other,) = harness.submit("next")
    living = {facts.worker_id for facts in harness.scheduler.workers}
    assert (segment.worker_id in living) is not stuck
    assert other.worker_id in living
    harness.send(PlanDone(other.fence, plan("n")))


def lacks(*names: str) -> PluginsLackedError:
    return PluginsLackedError([Problem("effects[0]", "no effect is called `acme.tint`")], plugins=names)


def test_a_job_is_planned_where_its_plugin_is() -> None:
    harness = SchedulerHarness(worker("bare"), worker("old", OLD))
    (first,) = harness.submit("j")
    assert first.worker_id == "bare"
    (second,) = leases(harness.send(TaskFailed(first.fence, classify(lacks("acme", "photo")))))
    assert second.worker_id == "old"
    assert conditions(harness.instructions) == []
    given = leases(harness.send(PlanDone(second.fence, replace(plan("k"), drawn_by=(OLD,)))))
    assert [lease.worker_id for lease in given] == ["old"]


def test_a_plugin_that_no_worker_has_fails_the_job_at_once() -> None:
    harness = SchedulerHarness(worker("bare"), worker("old", OLD))
    (first,) = harness.submit("j")
    harness.send(TaskFailed(first.fence, classify(lacks("zeta", "photo"))))
    assert harness.failure("j").problems == (Problem("effects[0]", "no effect is called `acme.tint`"),)


def test_planning_is_not_tried_for_ever() -> None:
    harness = SchedulerHarness(worker("bare"), worker("old", OLD))
    (first,) = harness.submit("j")
    (second,) = leases(harness.send(TaskFailed(first.fence, classify(lacks("acme")))))
    harness.send(TaskFailed(second.fence, classify(lacks("acme"))))
    assert harness.states("j")[-1] is JobState.FAILED
