"""The contract of executors; a test class per executor inherits it and provides the fixtures."""

from __future__ import annotations

from pathlib import Path

from farm.errors import Problem
from farm.scheduling.conductor import Conductor
from farm.scheduling.event import Event, TaskFailed, TaskRevoked
from farm.scheduling.executor import Executor
from farm.scheduling.instruction import Instruction, JobStateChanged, Lease
from farm.scheduling.job_state import JobRequest, JobState
from farm.settings import Settings
from farm.worker.fault import Blame
from farm.worker.task import PlanTask
from tests.contract.fake_worker import FakeWorker


class RecordingObserver:
    """An observer that keeps all instructions."""

    def __init__(self) -> None:
        self.entries: list[Instruction] = []

    def on_event(self, instruction: Instruction) -> None:
        self.entries.append(instruction)


def ends(executor: Executor, polls: int = 200) -> list[Event]:
    """Poll until leases end and return their events; events of nodes and workers are dropped."""
    for _ in range(polls):
        ended = [event for event in executor.poll(0.1) if hasattr(event, "fence")]
        if ended:
            return ended
    return []


class ExecutorContract:
    """Subclasses provide the fixtures ``executor`` and ``settings``, of the same home."""

    def request(self, job_id: str, document: str, folder: Path) -> JobRequest:
        return JobRequest(job_id, document, f"{job_id}.yaml", None, str(folder))

    def test_it_has_workers_that_can_encode(self, executor: Executor) -> None:
        workers = executor.workers()
        assert workers
        assert all("libx264" in worker.encoders for worker in workers)
        assert len({worker.worker_id for worker in workers}) == len(workers)

    def test_a_lease_ends_in_one_event(self, executor: Executor) -> None:
        (worker, *_) = executor.workers()
        executor.start(Lease(7, worker.worker_id, PlanTask("j", "", "j.yaml", None)))
        ended = ends(executor)
        ended += ends(executor, polls=3)
        (event,) = ended
        assert isinstance(event, TaskFailed)
        assert (event.fence, event.fault.blame) == (7, Blame.JOB)
        assert event.fault.problems == (Problem("", "empty"),)

    def test_a_revoked_lease_ends_in_one_event_too(self, executor: Executor) -> None:
        (worker, *_) = executor.workers()
        executor.start(Lease(8, worker.worker_id, PlanTask("j", "", "j.yaml", None)))
        executor.revoke(8)
        ended = ends(executor)
        assert [event.fence for event in ended if isinstance(event, TaskRevoked | TaskFailed)] == [8]

    def test_jobs_are_rendered_completely(
        self, executor: Executor, settings: Settings, tmp_path: Path
    ) -> None:
        observer = RecordingObserver()
        conductor = Conductor(executor, observer=observer)
        conductor.submit(self.request("a", "k1 k2 k3", tmp_path / "out"))
        conductor.submit(self.request("b", "k3 k4", tmp_path / "out"))
        first, second = conductor.run_until_done(["a", "b"])
        assert (first.state, second.state) == (JobState.DONE, JobState.DONE)
        assert (first.segments_done, first.segments_total) == (3, 3)
        assert (tmp_path / "out" / "a.mp4").read_text() == "k1 k2 k3"
        assert (tmp_path / "out" / "b.mp4").read_text() == "k3 k4"
        assert {"k1", "k2", "k3", "k4"} == set(FakeWorker(settings).rendered())
        last = [
            entry for entry in observer.entries if isinstance(entry, JobStateChanged) and entry.job_id == "a"
        ][-1]
        assert last.state is JobState.DONE

    def test_one_jobs_fault_leaves_the_others_alone(self, executor: Executor, tmp_path: Path) -> None:
        conductor = Conductor(executor)
        for job_id, document in (("empty", ""), ("bad", "x bad-1"), ("flaky", "flaky-1"), ("good", "y")):
            conductor.submit(self.request(job_id, document, tmp_path / "out"))
        empty, bad, flaky, good = conductor.run_until_done(["empty", "bad", "flaky", "good"])
        assert empty.problems == (Problem("", "empty"),)
        assert "segment 2 of 2: bad-1 cannot be decoded" in bad.message
        assert "given up after 3 tries" in flaky.message
        assert "no room for flaky-1" in flaky.message
        assert len(flaky.retries) == 2
        assert good.state is JobState.DONE
