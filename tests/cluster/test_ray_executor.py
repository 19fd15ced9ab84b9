"""Ray's executor under the contract of executors, and deaths of its processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import ray

from farm.cluster.ray_environment import NAMESPACE
from farm.cluster.ray_executor import RayExecutor
from farm.errors import MachineError
from farm.scheduling.conductor import Conductor
from farm.scheduling.job_state import JobState
from farm.settings import Settings
from tests.contract.executor_contract import ExecutorContract, RecordingObserver
from tests.contract.fake_worker import FakeWorker, StillbornWorker

pytestmark = pytest.mark.usefixtures("ray_cluster")


def ready(executor: RayExecutor) -> set[str]:
    """Wait for an executor's workers and return their names."""
    for _ in range(400):
        if executor.workers():
            break
        executor.poll(0.1)
    return {worker.worker_id for worker in executor.workers()}


class TestRayExecutor(ExecutorContract):
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return Settings(tmp_path / "home")

    @pytest.fixture
    def executor(self, settings: Settings) -> Iterator[RayExecutor]:
        executor = RayExecutor(settings, workers=2, make=FakeWorker)
        yield executor
        executor.close()

    def test_a_worker_that_dies_is_replaced_and_its_segment_made_by_another(
        self, executor: RayExecutor, settings: Settings, tmp_path: Path
    ) -> None:
        before = {worker.worker_id for worker in executor.workers()}
        observer = RecordingObserver()
        conductor = Conductor(executor, observer=observer)
        conductor.submit(self.request("a", "k1 deadly-1 k2", tmp_path / "out"))
        (view,) = conductor.run_until_done(["a"])
        assert view.state is JobState.DONE
        assert len(view.retries) == 1
        assert "the worker was lost" in view.retries[0]
        rendered = FakeWorker(settings).rendered()
        assert rendered.count("deadly-1") == 2
        assert rendered.count("k1") == rendered.count("k2") == 1
        for _ in range(400):
            if len(executor.workers()) == 2:
                break
            conductor.step(0.1)
        after = {worker.worker_id for worker in executor.workers()}
        assert len(after) == 2
        assert len(after & before) == 1

    @pytest.mark.parametrize("key", ["stuck-1", "held-1"])
    def test_a_worker_that_a_plugin_never_lets_go_is_replaced_and_the_job_fails_once(
        self, executor: RayExecutor, tmp_path: Path, key: str
    ) -> None:
        before = {worker.worker_id for worker in executor.workers()}
        observer = RecordingObserver()
        conductor = Conductor(executor, observer=observer)
        conductor.submit(self.request("a", key, tmp_path / "out"))
        conductor.submit(self.request("b", "k1 k2", tmp_path / "out"))
        failed, other = conductor.run_until_done(["a", "b"])
        assert failed.message == f"segment 1 of 1: effect `acme.pulse` did not return ({key})"
        assert (failed.retries, other.retries) == ([], [])
        assert other.state is JobState.DONE
        for _ in range(400):
            if len(executor.workers()) == 2:
                break
            conductor.step(0.1)
        assert len({worker.worker_id for worker in executor.workers()} & before) == 1

    def test_a_worker_that_dies_while_idle_is_noticed_and_costs_no_job_a_try(
        self, executor: RayExecutor, tmp_path: Path
    ) -> None:
        before = executor.workers()
        for worker in before:
            ray.kill(ray.get_actor(worker.worker_id, namespace=NAMESPACE))
        conductor = Conductor(executor)
        for _ in range(400):
            if len(executor.workers()) == 2 and not {*before} & {*executor.workers()}:
                break
            conductor.step(0.1)
        conductor.submit(self.request("a", "k1 k2", tmp_path / "out"))
        (view,) = conductor.run_until_done(["a"])
        assert view.state is JobState.DONE
        assert view.retries == []

    def test_segments_run_in_several_processes_with_one_thread_each(
        self, executor: RayExecutor, tmp_path: Path
    ) -> None:
        conductor = Conductor(executor)
        conductor.submit(self.request("a", "slow-1 slow-2 slow-3 slow-4", tmp_path / "out"))
        (view,) = conductor.run_until_done(["a"])
        pids = {result.node for result in view.results.values()}
        assert len(pids) == 2
        assert str(os.getpid()) not in pids

    def test_no_worker_at_all_is_an_error_that_says_why(self, settings: Settings) -> None:
        with pytest.raises(MachineError, match="no libEGL; install libegl1"):
            RayExecutor(settings, workers=1, make=StillbornWorker)

    def test_detached_workers_are_taken_over_by_the_next_executor(self, settings: Settings) -> None:
        names = ready(RayExecutor(settings, workers=1, detached=True, make=FakeWorker))
        second = RayExecutor(settings, workers=1, detached=True, make=FakeWorker)
        try:
            assert ready(second) == names
        finally:
            second.close()
        with pytest.raises(ValueError, match="Failed to look up actor"):
            ray.get_actor(names.pop(), namespace=NAMESPACE)
