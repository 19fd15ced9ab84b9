"""The in-process executor under the contract of executors; Ray's is in tests/cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from farm.scheduling.conductor import Conductor
from farm.scheduling.event import TaskRevoked
from farm.scheduling.executor import Executor, InProcessExecutor
from farm.scheduling.instruction import Lease
from farm.scheduling.job_state import JobState
from farm.settings import Settings
from farm.worker.task import PlanTask
from tests.contract.executor_contract import ExecutorContract
from tests.contract.fake_worker import FakeWorker


class TestInProcessExecutor(ExecutorContract):
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return Settings(tmp_path / "home")

    @pytest.fixture
    def executor(self, settings: Settings) -> Iterator[Executor]:
        executor = InProcessExecutor(FakeWorker(settings))
        yield executor
        executor.close()

    def test_a_lease_revoked_in_time_is_never_begun(self, executor: Executor) -> None:
        executor.start(Lease(1, "in-process", PlanTask("j", "k", "j.yaml", None)))
        executor.revoke(1)
        assert executor.poll(0.0) == [TaskRevoked(1)]
        assert executor.poll(0.0) == []

    def test_a_cancelled_job_ends_and_its_worker_goes_on(
        self, executor: Executor, settings: Settings, tmp_path: Path
    ) -> None:
        conductor = Conductor(executor)
        conductor.submit(self.request("a", "k1 k2 k3 k4", tmp_path / "out"))
        conductor.step(0.0)
        conductor.cancel("a")
        conductor.submit(self.request("b", "k5", tmp_path / "out"))
        cancelled, after = conductor.run_until_done(["a", "b"])
        assert cancelled.state is JobState.CANCELLED
        assert after.state is JobState.DONE
        assert len(FakeWorker(settings).rendered()) < 5

    def test_a_job_is_known_until_it_is_forgotten(self, executor: Executor, tmp_path: Path) -> None:
        conductor = Conductor(executor)
        conductor.submit(self.request("a", "k1 k2", tmp_path / "out"))
        conductor.forget("a")
        assert conductor.job("a") is not None, "an unfinished job is not forgotten"
        conductor.run_until_done(["a"])
        conductor.forget("a")
        assert conductor.job("a") is None
        assert conductor.jobs() == ()
