"""The scheduler's rules, one by one; its invariants under random faults are in test_simulation."""

from __future__ import annotations

import gc

import pytest

from farm.errors import Problem
from farm.scheduling.event import (
    AssembleDone,
    Event,
    JobCancelled,
    JobSubmitted,
    PlanDone,
    SegmentDone,
    TaskFailed,
    TaskRevoked,
    Tick,
    WorkerFacts,
    WorkerJoined,
    WorkerLost,
)
from farm.scheduling.instruction import Publish, Rendered, Retry, Revoke
from farm.scheduling.job_state import JobState
from farm.worker.fault import Blame, Fault
from farm.worker.task import AssembleTask
from tests.unit.scheduling.harness import SchedulerHarness, done, host, key, leases
from tests.unit.scheduling.plans import plan, production, request, result

WITH_GPU = WorkerFacts("gpu", "n", devices=("cpu", "gpu"))


def test_a_job_goes_through_its_states_and_is_published_once() -> None:
    harness = SchedulerHarness("w")
    open_leases = harness.submit("a")
    while open_leases:
        open_leases = leases(harness.send(done(open_leases.pop())))
    assert harness.states("a") == [
        JobState.ACCEPTED,
        JobState.PLANNING,
        JobState.QUEUED,
        JobState.RENDERING,
        JobState.ASSEMBLING,
        JobState.CHECKING,
        JobState.DONE,
    ]
    assert [one.job_id for one in harness.instructions if isinstance(one, Publish)] == ["a"]
    assert harness.scheduler.unfinished == 0


def test_segments_fan_out_over_idle_workers_in_order() -> None:
    harness = SchedulerHarness("w1", "w2", "w3")
    given = harness.planned("a", plan("k1", "k2", "k3", "k4"))
    assert sorted(key(lease.task) for lease in given) == ["k1", "k2", "k3"]
    assert len({lease.worker_id for lease in given}) == 3


def test_with_more_jobs_than_workers_a_worker_stays_with_its_job() -> None:
    harness = SchedulerHarness("w1", "w2")
    first, second = *harness.submit("a"), *harness.submit("b")
    for job_id in "cdef":
        assert harness.submit(job_id) == []
    (one,) = leases(harness.send(PlanDone(first.fence, plan("a1", "a2", "a3"))))
    (two,) = leases(harness.send(PlanDone(second.fence, plan("b1", "b2", "b3"))))
    seen = {first.worker_id: [key(one.task)], second.worker_id: [key(two.task)]}
    for _ in range(2):
        (one,) = leases(harness.send(done(one)))
        (two,) = leases(harness.send(done(two)))
        seen[one.worker_id].append(key(one.task))
        seen[two.worker_id].append(key(two.task))
    assert seen == {first.worker_id: ["a1", "a2", "a3"], second.worker_id: ["b1", "b2", "b3"]}


def test_higher_priority_goes_first_and_equals_in_order_of_arrival() -> None:
    harness = SchedulerHarness("w")
    (busy,) = harness.submit("busy")
    for job_id, priority in (("low1", 0), ("low2", 0), ("high1", 5), ("high2", 5)):
        harness.submit(job_id, priority)
    (after,) = leases(harness.send(TaskFailed(busy.fence, Fault(Blame.JOB, "bad"))))
    order = [after.task.job_id]
    while len(order) < 4:
        (after,) = leases(harness.send(TaskFailed(after.fence, Fault(Blame.JOB, "bad"))))
        order.append(after.task.job_id)
    assert order == ["high1", "high2", "low1", "low2"]


def test_an_urgent_job_takes_a_packed_worker_at_its_next_segment() -> None:
    harness = SchedulerHarness("w")
    (segment,) = harness.planned("a", plan("a1", "a2"))
    harness.submit("urgent", priority=9)
    (after,) = leases(harness.send(done(segment)))
    assert after.task.job_id == "urgent"


def test_a_segment_that_two_jobs_want_is_rendered_once_and_paid_once() -> None:
    harness = SchedulerHarness("w1", "w2")
    (shared,) = harness.planned("a", plan("same"))
    assert harness.planned("b", plan("same")) == []
    instructions = harness.send(done(shared))
    gained = {
        instruction.job_id: instruction.result
        for instruction in instructions
        if isinstance(instruction, Rendered)
    }
    assert gained["b"].reused
    assert not gained["a"].reused
    assert (gained["a"].spent.total_s, gained["b"].spent.total_s) == (0.7, 0.0)
    assert {lease.task.job_id for lease in leases(instructions)} == {"a", "b"}


def test_jobs_that_may_not_use_the_store_share_nothing() -> None:
    harness = SchedulerHarness("w1", "w2")
    harness.planned("a", plan("same"))
    (lease,) = harness.submit("b", use_cache=False)
    (own,) = leases(harness.send(PlanDone(lease.fence, plan("same"))))
    assert own.task.job_id == "b"


def test_a_shared_segment_outlives_the_job_in_whose_name_it_was_leased() -> None:
    harness = SchedulerHarness("w1", "w2")
    (shared,) = harness.planned("a", plan("same"))
    harness.planned("b", plan("same"))
    instructions = harness.send(JobCancelled("a"))
    assert not [instruction for instruction in instructions if isinstance(instruction, Revoke)]
    (assemble,) = leases(harness.send(done(shared)))
    assert (assemble.task.job_id, type(assemble.task)) == ("b", AssembleTask)


def test_a_segment_repeated_in_one_video_is_rendered_once() -> None:
    harness = SchedulerHarness("w1", "w2")
    (one,) = harness.planned("a", plan("black", "black"))
    (assemble,) = leases(harness.send(done(one)))
    assert isinstance(assemble.task, AssembleTask)
    assert [segment.key for segment in assemble.task.segments] == ["black", "black"]


def test_the_lease_of_a_lost_worker_goes_to_another_under_a_new_fence() -> None:
    harness = SchedulerHarness("w1", "w2")
    (lease,) = harness.planned("a", plan("k"))
    (again,) = leases(harness.send(WorkerLost(lease.worker_id, "killed")))
    assert again.fence > lease.fence
    assert again.worker_id != lease.worker_id
    assert harness.send(done(lease)) == [], "a result under an ended fence counts for nothing"
    (assemble,) = leases(harness.send(done(again)))
    assert isinstance(assemble.task, AssembleTask)


def test_a_repeated_result_counts_once() -> None:
    harness = SchedulerHarness("w")
    (lease,) = harness.planned("a", plan("k"))
    (assemble,) = leases(harness.send(done(lease)))
    assert harness.send(done(lease)) == []
    harness.send(done(assemble))
    assert harness.send(done(assemble)) == []
    assert sum(isinstance(one, Publish) for one in harness.instructions) == 1


def test_a_jobs_own_fault_fails_it_at_once_with_its_problems() -> None:
    harness = SchedulerHarness("w")
    (lease,) = harness.submit("a")
    problem = Problem("slots.price", "missing")
    harness.send(TaskFailed(lease.fence, Fault(Blame.JOB, "1 problem", (problem,))))
    assert harness.failure("a").problems == (problem,)
    assert harness.states("a")[-1] is JobState.FAILED


def test_a_hosts_fault_is_retried_on_other_workers_and_then_reported_in_full() -> None:
    harness = SchedulerHarness("w1", "w2", "w3")
    (lease,) = harness.planned("a", plan("k"))
    tried = [lease.worker_id]
    for _ in range(2):
        (lease,) = leases(harness.send(TaskFailed(lease.fence, host(f"disk full at {lease.worker_id}"))))
        tried.append(lease.worker_id)
    harness.send(TaskFailed(lease.fence, host("last")))
    assert len(set(tried)) == 3
    message = harness.failure("a").message
    assert "segment 1 of 1: given up after 3 tries" in message
    for worker_id in tried[:2]:
        assert f"{worker_id} on node-{worker_id}: disk full at {worker_id}" in message
    assert sum(isinstance(one, Retry) for one in harness.instructions) == 2


def test_a_lone_worker_gets_its_own_failure_back() -> None:
    harness = SchedulerHarness("w")
    (lease,) = harness.planned("a", plan("k"))
    (again,) = leases(harness.send(TaskFailed(lease.fence, host())))
    assert again.worker_id == "w"


def test_a_units_failure_waits_for_another_worker_while_the_failed_one_does_other_work() -> None:
    harness = SchedulerHarness("w1", "w2")
    (k1, k2) = harness.planned("a", plan("k1", "k2", "k3"))
    (other,) = leases(harness.send(TaskFailed(k1.fence, host())))
    assert (other.worker_id, key(other.task)) == (k1.worker_id, "k3")
    (again,) = leases(harness.send(done(k2)))
    assert (again.worker_id, key(again.task)) == (k2.worker_id, "k1")


def test_a_segment_gone_from_the_store_is_made_again() -> None:
    harness = SchedulerHarness("w")
    (segment,) = harness.planned("a", plan("k"))
    (assemble,) = leases(harness.send(done(segment)))
    (again,) = leases(harness.send(TaskFailed(assemble.fence, Fault(Blame.STORE, "blob k is gone"))))
    assert key(again.task) == "k"
    (assemble,) = leases(harness.send(done(again)))
    harness.send(done(assemble))
    assert harness.states("a")[-1] is JobState.DONE


def test_a_store_that_keeps_losing_segments_fails_the_job() -> None:
    harness = SchedulerHarness("w")
    (lease,) = harness.planned("a", plan("k"))
    for _ in range(20):
        if isinstance(lease.task, AssembleTask):
            instructions = harness.send(TaskFailed(lease.fence, Fault(Blame.STORE, "blob k is gone")))
        else:
            instructions = harness.send(done(lease))
        if not leases(instructions):
            break
        (lease,) = leases(instructions)
    assert "assembling: given up after 3 tries" in harness.failure("a").message


def test_nvenc_segments_go_only_to_workers_that_have_it() -> None:
    gpu = WorkerFacts("gpu", "n", ("libx264", "h264_nvenc"))
    harness = SchedulerHarness("cpu1", gpu, "cpu2")
    given = harness.planned("a", plan("k1", "k2", encoder="h264_nvenc"))
    assert [lease.worker_id for lease in given] == ["gpu"]
    (after,) = leases(harness.send(done(given[0])))
    assert (after.worker_id, key(after.task)) == ("gpu", "k2")


def test_an_encoder_that_no_worker_has_fails_the_job_and_says_so() -> None:
    harness = SchedulerHarness("w1", "w2")
    harness.planned("a", plan("k", encoder="h264_nvenc"))
    assert (
        "no worker of this farm has the encoder h264_nvenc (there are: libx264)"
        in harness.failure("a").message
    )


def test_a_lost_encoder_is_waited_for_and_then_given_up() -> None:
    gpu = WorkerFacts("gpu", "n", ("libx264", "h264_nvenc"))
    harness = SchedulerHarness("cpu", gpu)
    harness.planned("a", plan("k", encoder="h264_nvenc"))
    harness.send(WorkerLost("gpu", "killed"))
    harness.now_s = 59.0
    assert harness.send(Tick()) == []
    harness.now_s = 61.0
    harness.send(Tick())
    assert "h264_nvenc" in harness.failure("a").message


def test_a_lost_encoder_that_comes_back_goes_on() -> None:
    gpu = WorkerFacts("gpu", "n", ("libx264", "h264_nvenc"))
    harness = SchedulerHarness("cpu", gpu)
    harness.planned("a", plan("k", encoder="h264_nvenc"))
    harness.send(WorkerLost("gpu", "killed"))
    (again,) = leases(harness.send(WorkerJoined(WorkerFacts("gpu-2", "n", ("h264_nvenc",)))))
    assert again.worker_id == "gpu-2"
    harness.now_s = 100.0
    assert harness.send(Tick()) == []


def test_frames_for_a_gpu_go_only_to_workers_that_have_one() -> None:
    harness = SchedulerHarness("cpu1", WITH_GPU, "cpu2")
    given = harness.planned("a", plan("k1", "k2", device="gpu"))
    assert [lease.worker_id for lease in given] == ["gpu"]
    (after,) = leases(harness.send(done(given[0])))
    assert (after.worker_id, key(after.task)) == ("gpu", "k2")


def test_a_gpu_is_kept_free_for_those_that_ask_for_it() -> None:
    harness = SchedulerHarness(WITH_GPU, "cpu")
    (lease,) = harness.planned("a", plan("k1"))
    assert lease.worker_id == "cpu"


def test_one_segment_for_cpu_and_gpu_is_made_where_each_asked() -> None:
    harness = SchedulerHarness("cpu", WITH_GPU)
    (on_cpu,) = harness.planned("a", plan("k"))
    (on_gpu,) = harness.planned("b", plan("k", device="gpu"))
    assert (on_cpu.worker_id, on_gpu.worker_id) == ("cpu", "gpu")


def test_a_device_that_no_worker_has_fails_the_job_and_says_so() -> None:
    harness = SchedulerHarness("w1", "w2")
    harness.planned("a", plan("k", device="gpu"))
    assert "no worker of this farm has the device gpu (there are: cpu)" in harness.failure("a").message


def test_a_lost_device_is_waited_for_and_then_given_up() -> None:
    harness = SchedulerHarness("cpu", WITH_GPU)
    harness.planned("a", plan("k", device="gpu"))
    harness.send(WorkerLost("gpu", "killed"))
    assert "no worker has the encoder libx264 and the device gpu" in harness.explain("a")
    harness.now_s = 59.0
    assert harness.send(Tick()) == []
    harness.now_s = 61.0
    harness.send(Tick())
    assert "the device gpu" in harness.failure("a").message


def test_cancelling_revokes_what_runs_and_frees_the_worker_when_it_ends() -> None:
    harness = SchedulerHarness("w")
    (lease,) = harness.planned("a", plan("k1", "k2"))
    instructions = harness.send(JobCancelled("a"))
    assert Revoke(lease.fence, "w", "job a: cancelled on request") in instructions
    assert harness.submit("b") == [], "the worker is taken until its lease ends"
    (after,) = leases(harness.send(done(lease)))
    assert after.task.job_id == "b"
    assert not [one for one in harness.instructions if isinstance(one, Rendered)]


def test_a_lease_revoked_although_it_was_needed_is_issued_again() -> None:
    harness = SchedulerHarness("w")
    (lease,) = harness.submit("a")
    (again,) = leases(harness.send(TaskRevoked(lease.fence)))
    (segment,) = leases(harness.send(PlanDone(again.fence, plan("k"))))
    (second,) = leases(harness.send(TaskRevoked(segment.fence)))
    assert key(second.task) == "k"


def test_a_file_with_the_wrong_number_of_frames_is_not_published() -> None:
    harness = SchedulerHarness("w")
    (segment,) = harness.planned("a", plan("k"))
    (assemble,) = leases(harness.send(done(segment)))
    harness.send(AssembleDone(assemble.fence, production("a", 9)))
    assert "9 frames where the plan has 10" in harness.failure("a").message
    assert not [one for one in harness.instructions if isinstance(one, Publish)]


def test_a_job_submitted_twice_is_one_job() -> None:
    harness = SchedulerHarness("w")
    harness.submit("a")
    assert harness.send(JobSubmitted(request("a"))) == []
    assert harness.scheduler.unfinished == 1


@pytest.mark.parametrize(
    "event", [TaskFailed(99, host()), SegmentDone(99, result("k")), WorkerLost("nobody", "")]
)
def test_unexpected_results_are_ignored(event: Event) -> None:
    assert SchedulerHarness("w").send(event) == []


def test_ended_jobs_are_freed_without_the_cyclic_collector() -> None:
    harness = SchedulerHarness("w1", "w2")
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for number in range(20):
            running = harness.submit(f"j{number}")
            while running:
                running += leases(harness.send(done(running.pop())))
            harness.instructions.clear()
        gc.collect()
        left = {type(one).__name__ for one in gc.garbage if type(one).__module__.startswith("farm.")}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
    assert harness.scheduler.unfinished == 0
    assert left == set()
