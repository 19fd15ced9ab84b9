"""The scheduler's rules, one by one; its invariants under random faults are in test_scheduler_simulation."""

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
from tests.unit.scheduling.desk import Desk, done, host, key, leases
from tests.unit.scheduling.plans import plan, production, request, result

WITH_GPU = WorkerFacts("gpu", "n", devices=("cpu", "gpu"))


def test_a_job_goes_through_its_states_and_is_published_once() -> None:
    desk = Desk("w")
    open_leases = desk.submit("a")
    while open_leases:
        open_leases = leases(desk.tell(done(open_leases.pop())))
    assert desk.states("a") == [
        JobState.ACCEPTED,
        JobState.PLANNING,
        JobState.QUEUED,
        JobState.RENDERING,
        JobState.ASSEMBLING,
        JobState.CHECKING,
        JobState.DONE,
    ]
    assert [said.job_id for said in desk.said if isinstance(said, Publish)] == ["a"]
    assert desk.scheduler.unfinished == 0


def test_segments_fan_out_over_idle_workers_in_order() -> None:
    desk = Desk("w1", "w2", "w3")
    given = desk.planned("a", plan("k1", "k2", "k3", "k4"))
    assert sorted(key(lease.task) for lease in given) == ["k1", "k2", "k3"]
    assert len({lease.worker_id for lease in given}) == 3


def test_with_more_jobs_than_workers_a_worker_stays_with_its_job() -> None:
    desk = Desk("w1", "w2")
    first, second = *desk.submit("a"), *desk.submit("b")
    for job_id in "cdef":
        assert desk.submit(job_id) == []
    (one,) = leases(desk.tell(PlanDone(first.fence, plan("a1", "a2", "a3"))))
    (two,) = leases(desk.tell(PlanDone(second.fence, plan("b1", "b2", "b3"))))
    seen = {first.worker_id: [key(one.task)], second.worker_id: [key(two.task)]}
    for _ in range(2):
        (one,) = leases(desk.tell(done(one)))
        (two,) = leases(desk.tell(done(two)))
        seen[one.worker_id].append(key(one.task))
        seen[two.worker_id].append(key(two.task))
    assert seen == {first.worker_id: ["a1", "a2", "a3"], second.worker_id: ["b1", "b2", "b3"]}


def test_higher_priority_goes_first_and_equals_in_order_of_arrival() -> None:
    desk = Desk("w")
    (busy,) = desk.submit("busy")
    for job_id, priority in (("low1", 0), ("low2", 0), ("high1", 5), ("high2", 5)):
        desk.submit(job_id, priority)
    (after,) = leases(desk.tell(TaskFailed(busy.fence, Fault(Blame.JOB, "bad"))))
    order = [after.task.job_id]
    while len(order) < 4:
        (after,) = leases(desk.tell(TaskFailed(after.fence, Fault(Blame.JOB, "bad"))))
        order.append(after.task.job_id)
    assert order == ["high1", "high2", "low1", "low2"]


def test_an_urgent_job_takes_a_packed_worker_at_its_next_segment() -> None:
    desk = Desk("w")
    (segment,) = desk.planned("a", plan("a1", "a2"))
    desk.submit("urgent", priority=9)
    (after,) = leases(desk.tell(done(segment)))
    assert after.task.job_id == "urgent"


def test_a_segment_that_two_jobs_want_is_rendered_once_and_paid_once() -> None:
    desk = Desk("w1", "w2")
    (shared,) = desk.planned("a", plan("same"))
    assert desk.planned("b", plan("same")) == []
    said = desk.tell(done(shared))
    gained = {
        instruction.job_id: instruction.result for instruction in said if isinstance(instruction, Rendered)
    }
    assert gained["b"].reused
    assert not gained["a"].reused
    assert (gained["a"].spent.total_s, gained["b"].spent.total_s) == (0.7, 0.0)
    assert {lease.task.job_id for lease in leases(said)} == {"a", "b"}


def test_jobs_that_may_not_use_the_store_share_nothing() -> None:
    desk = Desk("w1", "w2")
    desk.planned("a", plan("same"))
    (lease,) = desk.submit("b", use_cache=False)
    (own,) = leases(desk.tell(PlanDone(lease.fence, plan("same"))))
    assert own.task.job_id == "b"


def test_a_shared_segment_outlives_the_job_in_whose_name_it_was_leased() -> None:
    desk = Desk("w1", "w2")
    (shared,) = desk.planned("a", plan("same"))
    desk.planned("b", plan("same"))
    said = desk.tell(JobCancelled("a"))
    assert not [instruction for instruction in said if isinstance(instruction, Revoke)]
    (assemble,) = leases(desk.tell(done(shared)))
    assert (assemble.task.job_id, type(assemble.task)) == ("b", AssembleTask)


def test_a_segment_repeated_in_one_video_is_rendered_once() -> None:
    desk = Desk("w1", "w2")
    (one,) = desk.planned("a", plan("black", "black"))
    (assemble,) = leases(desk.tell(done(one)))
    assert isinstance(assemble.task, AssembleTask)
    assert [segment.key for segment in assemble.task.segments] == ["black", "black"]


def test_the_lease_of_a_lost_worker_goes_to_another_under_a_new_fence() -> None:
    desk = Desk("w1", "w2")
    (lease,) = desk.planned("a", plan("k"))
    (again,) = leases(desk.tell(WorkerLost(lease.worker_id, "killed")))
    assert again.fence > lease.fence
    assert again.worker_id != lease.worker_id
    assert desk.tell(done(lease)) == [], "a result under an ended fence counts for nothing"
    (assemble,) = leases(desk.tell(done(again)))
    assert isinstance(assemble.task, AssembleTask)


def test_the_same_end_told_twice_counts_once() -> None:
    desk = Desk("w")
    (lease,) = desk.planned("a", plan("k"))
    (assemble,) = leases(desk.tell(done(lease)))
    assert desk.tell(done(lease)) == []
    desk.tell(done(assemble))
    assert desk.tell(done(assemble)) == []
    assert sum(isinstance(said, Publish) for said in desk.said) == 1


def test_a_jobs_own_fault_fails_it_at_once_with_its_problems() -> None:
    desk = Desk("w")
    (lease,) = desk.submit("a")
    problem = Problem("slots.price", "missing")
    desk.tell(TaskFailed(lease.fence, Fault(Blame.JOB, "1 problem", (problem,))))
    assert desk.failure("a").problems == (problem,)
    assert desk.states("a")[-1] is JobState.FAILED


def test_a_hosts_fault_is_tried_on_other_workers_and_then_told_in_full() -> None:
    desk = Desk("w1", "w2", "w3")
    (lease,) = desk.planned("a", plan("k"))
    tried = [lease.worker_id]
    for _ in range(2):
        (lease,) = leases(desk.tell(TaskFailed(lease.fence, host(f"disk full at {lease.worker_id}"))))
        tried.append(lease.worker_id)
    desk.tell(TaskFailed(lease.fence, host("last")))
    assert len(set(tried)) == 3
    message = desk.failure("a").message
    assert "segment 1 of 1: given up after 3 tries" in message
    for worker_id in tried[:2]:
        assert f"{worker_id} on node-{worker_id}: disk full at {worker_id}" in message
    assert sum(isinstance(said, Retry) for said in desk.said) == 2


def test_a_lone_worker_gets_its_own_failure_back() -> None:
    desk = Desk("w")
    (lease,) = desk.planned("a", plan("k"))
    (again,) = leases(desk.tell(TaskFailed(lease.fence, host())))
    assert again.worker_id == "w"


def test_a_units_failure_waits_for_another_worker_while_the_failed_one_does_other_work() -> None:
    desk = Desk("w1", "w2")
    (k1, k2) = desk.planned("a", plan("k1", "k2", "k3"))
    (other,) = leases(desk.tell(TaskFailed(k1.fence, host())))
    assert (other.worker_id, key(other.task)) == (k1.worker_id, "k3")
    (again,) = leases(desk.tell(done(k2)))
    assert (again.worker_id, key(again.task)) == (k2.worker_id, "k1")


def test_a_segment_gone_from_the_store_is_made_again() -> None:
    desk = Desk("w")
    (segment,) = desk.planned("a", plan("k"))
    (assemble,) = leases(desk.tell(done(segment)))
    (again,) = leases(desk.tell(TaskFailed(assemble.fence, Fault(Blame.STORE, "blob k is gone"))))
    assert key(again.task) == "k"
    (assemble,) = leases(desk.tell(done(again)))
    desk.tell(done(assemble))
    assert desk.states("a")[-1] is JobState.DONE


def test_a_store_that_keeps_losing_segments_fails_the_job() -> None:
    desk = Desk("w")
    (lease,) = desk.planned("a", plan("k"))
    for _ in range(20):
        if isinstance(lease.task, AssembleTask):
            said = desk.tell(TaskFailed(lease.fence, Fault(Blame.STORE, "blob k is gone")))
        else:
            said = desk.tell(done(lease))
        if not leases(said):
            break
        (lease,) = leases(said)
    assert "assembling: given up after 3 tries" in desk.failure("a").message


def test_nvenc_segments_go_only_to_workers_that_have_it() -> None:
    gpu = WorkerFacts("gpu", "n", ("libx264", "h264_nvenc"))
    desk = Desk("cpu1", gpu, "cpu2")
    given = desk.planned("a", plan("k1", "k2", encoder="h264_nvenc"))
    assert [lease.worker_id for lease in given] == ["gpu"]
    (after,) = leases(desk.tell(done(given[0])))
    assert (after.worker_id, key(after.task)) == ("gpu", "k2")


def test_an_encoder_that_no_worker_has_fails_the_job_and_says_so() -> None:
    desk = Desk("w1", "w2")
    desk.planned("a", plan("k", encoder="h264_nvenc"))
    assert (
        "no worker of this farm has the encoder h264_nvenc (there are: libx264)" in desk.failure("a").message
    )


def test_a_lost_encoder_is_waited_for_and_then_given_up() -> None:
    gpu = WorkerFacts("gpu", "n", ("libx264", "h264_nvenc"))
    desk = Desk("cpu", gpu)
    desk.planned("a", plan("k", encoder="h264_nvenc"))
    desk.tell(WorkerLost("gpu", "killed"))
    desk.now_s = 59.0
    assert desk.tell(Tick()) == []
    desk.now_s = 61.0
    desk.tell(Tick())
    assert "h264_nvenc" in desk.failure("a").message


def test_a_lost_encoder_that_comes_back_goes_on() -> None:
    gpu = WorkerFacts("gpu", "n", ("libx264", "h264_nvenc"))
    desk = Desk("cpu", gpu)
    desk.planned("a", plan("k", encoder="h264_nvenc"))
    desk.tell(WorkerLost("gpu", "killed"))
    (again,) = leases(desk.tell(WorkerJoined(WorkerFacts("gpu-2", "n", ("h264_nvenc",)))))
    assert again.worker_id == "gpu-2"
    desk.now_s = 100.0
    assert desk.tell(Tick()) == []


def test_frames_for_a_gpu_go_only_to_workers_that_have_one() -> None:
    desk = Desk("cpu1", WITH_GPU, "cpu2")
    given = desk.planned("a", plan("k1", "k2", device="gpu"))
    assert [lease.worker_id for lease in given] == ["gpu"]
    (after,) = leases(desk.tell(done(given[0])))
    assert (after.worker_id, key(after.task)) == ("gpu", "k2")


def test_a_gpu_is_kept_free_for_those_that_ask_for_it() -> None:
    desk = Desk(WITH_GPU, "cpu")
    (lease,) = desk.planned("a", plan("k1"))
    assert lease.worker_id == "cpu"


def test_one_segment_for_cpu_and_gpu_is_made_where_each_asked() -> None:
    desk = Desk("cpu", WITH_GPU)
    (on_cpu,) = desk.planned("a", plan("k"))
    (on_gpu,) = desk.planned("b", plan("k", device="gpu"))
    assert (on_cpu.worker_id, on_gpu.worker_id) == ("cpu", "gpu")


def test_a_device_that_no_worker_has_fails_the_job_and_says_so() -> None:
    desk = Desk("w1", "w2")
    desk.planned("a", plan("k", device="gpu"))
    assert "no worker of this farm has the device gpu (there are: cpu)" in desk.failure("a").message


def test_a_lost_device_is_waited_for_and_then_given_up() -> None:
    desk = Desk("cpu", WITH_GPU)
    desk.planned("a", plan("k", device="gpu"))
    desk.tell(WorkerLost("gpu", "killed"))
    assert "no worker has the encoder libx264 and the device gpu" in desk.explain("a")
    desk.now_s = 59.0
    assert desk.tell(Tick()) == []
    desk.now_s = 61.0
    desk.tell(Tick())
    assert "the device gpu" in desk.failure("a").message


def test_cancelling_revokes_what_runs_and_frees_the_worker_when_it_ends() -> None:
    desk = Desk("w")
    (lease,) = desk.planned("a", plan("k1", "k2"))
    said = desk.tell(JobCancelled("a"))
    assert Revoke(lease.fence, "w", "job a: cancelled on request") in said
    assert desk.submit("b") == [], "the worker is taken until its lease ends"
    (after,) = leases(desk.tell(done(lease)))
    assert after.task.job_id == "b"
    assert not [said for said in desk.said if isinstance(said, Rendered)]


def test_a_lease_that_ended_as_revoked_though_it_was_wanted_is_given_again() -> None:
    desk = Desk("w")
    (lease,) = desk.submit("a")
    (again,) = leases(desk.tell(TaskRevoked(lease.fence)))
    (segment,) = leases(desk.tell(PlanDone(again.fence, plan("k"))))
    (second,) = leases(desk.tell(TaskRevoked(segment.fence)))
    assert key(second.task) == "k"


def test_a_file_with_the_wrong_number_of_frames_is_not_published() -> None:
    desk = Desk("w")
    (segment,) = desk.planned("a", plan("k"))
    (assemble,) = leases(desk.tell(done(segment)))
    desk.tell(AssembleDone(assemble.fence, production("a", 9)))
    assert "9 frames where the plan has 10" in desk.failure("a").message
    assert not [said for said in desk.said if isinstance(said, Publish)]


def test_a_job_submitted_twice_is_one_job() -> None:
    desk = Desk("w")
    desk.submit("a")
    assert desk.tell(JobSubmitted(request("a"))) == []
    assert desk.scheduler.unfinished == 1


@pytest.mark.parametrize(
    "event", [TaskFailed(99, host()), SegmentDone(99, result("k")), WorkerLost("nobody", "")]
)
def test_what_nobody_asked_for_is_ignored(event: Event) -> None:
    assert Desk("w").tell(event) == []


def test_what_is_over_is_freed_without_the_cyclic_collector() -> None:
    desk = Desk("w1", "w2")
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for number in range(20):
            running = desk.submit(f"j{number}")
            while running:
                running += leases(desk.tell(done(running.pop())))
            desk.said.clear()
        gc.collect()
        left = {type(one).__name__ for one in gc.garbage if type(one).__module__.startswith("farm.")}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
    assert desk.scheduler.unfinished == 0
    assert left == set()
