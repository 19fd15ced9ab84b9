"""The conductor: the event loop that connects the scheduler, an executor and an observer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, Final, Protocol, TypeVar

from farm.errors import FarmUnreachableError, RenderError
from farm.scheduling.event import (
    Event,
    JobCancelled,
    JobReprioritised,
    JobSubmitted,
    Tick,
    WorkerFacts,
    WorkerJoined,
)
from farm.scheduling.executor import Executor
from farm.scheduling.instruction import Instruction, Kill, Lease, NodeChanged, Revoke
from farm.scheduling.job_state import JobRequest, JobState
from farm.scheduling.job_view import JobView
from farm.scheduling.scheduler import Scheduler

TICK_S: Final = 1.0
POLL_S: Final = 0.1
IDLE_S: Final = 0.25
"""How long a conductor without leases waits for an event."""
ANSWER_S: Final = 30.0

T = TypeVar("T")


class Observer(Protocol):
    """Notified of instructions, in the conductor's thread and before the next event."""

    def on_event(self, instruction: Instruction) -> None:
        """Handle an instruction that was just performed."""


class _Question:
    """A query to be answered by the scheduler in its own thread."""

    def __init__(self, question: Callable[[Scheduler], Any]) -> None:
        self._question = question
        self.answer: Future[Any] = Future()

    def put_to(self, scheduler: Scheduler) -> None:
        """Run the query and pass its answer or error to the waiting caller."""
        try:
            self.answer.set_result(self._question(scheduler))
        except Exception as error:
            self.answer.set_exception(error)


class Conductor:
    """Feeds events to the scheduler and performs its instructions.

    ``step``, ``run_until_done`` and ``scheduler`` belong to a single thread; everything else is thread-safe.
    """

    def __init__(
        self,
        executor: Executor,
        *,
        scheduler: Scheduler | None = None,
        observer: Observer | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._executor = executor
        self.scheduler = scheduler or Scheduler()
        """To be accessed only by the thread that calls :meth:`step`; others use :meth:`ask`."""
        self._observer = observer
        self._clock = clock
        self._inbox: SimpleQueue[Event | _Question] = SimpleQueue()
        self._views: dict[str, JobView] = {}
        self._running = 0
        self._ticked_s = clock()
        for worker in executor.workers():
            self._inbox.put(WorkerJoined(worker))

    @property
    def workers(self) -> tuple[WorkerFacts, ...]:
        """The workers that the scheduler considers alive."""
        return self.scheduler.workers

    @property
    def unfinished(self) -> int:
        """How many jobs are not in a final state."""
        return self.scheduler.unfinished

    def submit(self, request: JobRequest, *, accepted_s: float | None = None) -> None:
        """Submit a job; a job with a known id is left unchanged.

        ``accepted_s`` is when it was accepted, if that was earlier.
        """
        if request.job_id not in self._views:
            view = self._views[request.job_id] = JobView(request)
            if accepted_s is not None:
                view.entered_s[JobState.ACCEPTED] = accepted_s
            self._inbox.put(JobSubmitted(request))

    def tell(self, event: Event) -> None:
        """Queue an event for the scheduler."""
        self._inbox.put(event)

    def ask(self, question: Callable[[Scheduler], T]) -> T:
        """Return the answer to a query that runs between two events, in the thread that calls :meth:`step`.

        Raises:
            FarmUnreachableError: no answer came within :data:`ANSWER_S`.
        """
        asked = _Question(question)
        self._inbox.put(asked)
        try:
            answer: T = asked.answer.result(ANSWER_S)
        except TimeoutError:
            raise FarmUnreachableError(
                f"the scheduler gave no answer within {ANSWER_S:.0f} s; it is busy or has stopped, try again"
            ) from None
        return answer

    def explain(self, job_id: str) -> str:
        """Say in a sentence what a job is waiting for or what is being done for it."""
        return self.ask(lambda scheduler: scheduler.explain(job_id, self._clock()))

    def cancel(self, job_id: str) -> None:
        """Cancel a job; does nothing if it has ended."""
        self._inbox.put(JobCancelled(job_id))

    def reprioritise(self, job_id: str, priority: int) -> None:
        """Change a job's priority; does nothing if it has ended."""
        self._inbox.put(JobReprioritised(job_id, priority))

    def job(self, job_id: str) -> JobView | None:
        """Return the view of a job, or None if there is no such job."""
        return self._views.get(job_id)

    def jobs(self) -> tuple[JobView, ...]:
        """Return all jobs that have not been forgotten, in order of arrival."""
        return tuple(self._views.values())

    def forget(self, job_id: str) -> None:
        """Drop what is known about a job that has ended."""
        view = self._views.get(job_id)
        if view is not None and view.state.final:
            del self._views[job_id]

    def step(self, timeout_s: float = POLL_S) -> None:
        """Handle pending events, waiting up to the timeout for one to arrive."""
        for received in self._received(0.0 if self._running else max(timeout_s, IDLE_S)):
            if isinstance(received, _Question):
                received.put_to(self.scheduler)
            else:
                self._handle(received)
        for event in self._executor.poll(timeout_s if self._running else 0.0):
            self._handle(event)
        if self._clock() - self._ticked_s >= TICK_S:
            self._ticked_s = self._clock()
            self._handle(Tick())

    def run_until_done(self, job_ids: Iterable[str]) -> tuple[JobView, ...]:
        """Step until all these jobs have ended and return them in the same order."""
        wanted = []
        for job_id in job_ids:
            view = self._views.get(job_id)
            if view is None:
                raise RenderError(f"there is no job {job_id} to wait for; submit it first")
            wanted.append(view)
        while not all(view.state.final for view in wanted):
            self.step()
        return tuple(wanted)

    def _received(self, timeout_s: float) -> list[Event | _Question]:
        events: list[Event | _Question] = []
        try:
            if timeout_s > 0.0:
                events.append(self._inbox.get(timeout=timeout_s))
            while True:
                events.append(self._inbox.get_nowait())
        except Empty:
            return events

    def _handle(self, event: Event) -> None:
        for instruction in self.scheduler.handle(event, self._clock()):
            self._perform(instruction)
        self._running = self.scheduler.running

    def _perform(self, instruction: Instruction) -> None:
        match instruction:
            case Lease():
                self._executor.start(instruction)
            case Revoke(fence, _, _):
                self._executor.revoke(fence)
            case Kill(worker_id, cause):
                self._executor.kill(worker_id, cause)
            case NodeChanged():
                pass
            case _:
                view = self._views.get(instruction.job_id)
                if view is not None:
                    view.take(instruction)
        if self._observer is not None:
            self._observer.on_event(instruction)
