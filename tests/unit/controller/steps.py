"""A controller in this process, stepped by its test."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from farm.contract.jobs import JobService
from farm.contract.services import Method, P, T
from farm.controller.controller import FarmController
from farm.journal.entry import NewJob
from farm.scheduling.executor import InProcessExecutor
from farm.settings import Settings
from tests.contract.fake_worker import FakeWorker
from tests.contract.small_farm import ask, words


def controller(home: Path) -> FarmController:
    settings = Settings(home)
    return FarmController(settings, InProcessExecutor(FakeWorker(settings)))


def job(job_id: str, *keys: str, tenant: str = "default", **more: object) -> NewJob:
    return NewJob(job_id, words(*keys), f"{job_id}.yaml", tenant=tenant, **more)  # type: ignore[arg-type]


def run(made: FarmController, *job_ids: str) -> None:
    """Step until jobs have ended."""
    for _ in range(1_000):
        views = [ask(made, JobService.show, job_id=job_id) for job_id in job_ids]
        if all(one.finished_at for one in views):
            return
        made.step()
    raise AssertionError(views)


def order(made: FarmController, method: Method[P, T], *_: P.args, **arguments: P.kwargs) -> T:
    """Call a service that asks the scheduler, while the conductor steps in this thread."""
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(ask, made, method, **arguments)
        while not answer.done():
            made.conductor.step(0.01)
    return answer.result()


def states(made: FarmController, job_id: str) -> list[str]:
    history = ask(made, JobService.history, job_id=job_id)
    return [one.state for one in history if one.kind == "state"]
