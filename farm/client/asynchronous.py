"""A farm from an event loop: the calls of :mod:`farm.client.handle`, each made in a thread."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Final, Self

from farm.client.connection import PATIENCE_S
from farm.client.handle import Client, JobHandle
from farm.contract.jobs import EventItem, Job
from farm.contract.services import Method, P, T
from farm.draft.job_input import Job as JobInput
from farm.model.production import Production


class AsyncClient:
    """As :class:`Client`, awaited."""

    def __init__(
        self, address: str | None = None, key: str | None = None, *, patience_s: float = PATIENCE_S
    ) -> None:
        """See :class:`Client`."""
        self._client: Final = Client(address, key, patience_s=patience_s)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await asyncio.to_thread(self._client.close)

    async def ask(self, method: Method[P, T], /, *args: P.args, **arguments: P.kwargs) -> T:
        """Call a method of a service; see :meth:`Client.ask`."""
        return await asyncio.to_thread(self._client.ask, method, *args, **arguments)

    async def submit(
        self,
        job: JobInput,
        *,
        priority: int = 0,
        tags: Sequence[str] = (),
        webhook: str = "",
        use_cache: bool = True,
    ) -> AsyncJobHandle:
        """Submit a job and return its handle; see :meth:`Client.submit`."""

        def submitted() -> JobHandle:
            return self._client.submit(
                job, priority=priority, tags=tags, webhook=webhook, use_cache=use_cache
            )

        return AsyncJobHandle(await asyncio.to_thread(submitted))

    def job(self, job_id: str) -> AsyncJobHandle:
        """Return the handle of a job that was submitted before; nothing is sent."""
        return AsyncJobHandle(self._client.job(job_id))


class AsyncJobHandle:
    """As :class:`JobHandle`, awaited."""

    def __init__(self, handle: JobHandle) -> None:
        self._handle = handle
        self.job_id: Final = handle.job_id
        """The job's id."""

    def __repr__(self) -> str:
        return f"AsyncJobHandle({self.job_id!r})"

    async def status(self) -> Job:
        """Return where the job stands."""
        return await asyncio.to_thread(self._handle.status)

    async def done(self) -> bool:
        """Whether the job has ended, in whatever state."""
        return await asyncio.to_thread(self._handle.done)

    async def why(self) -> str:
        """Return in a sentence what the job waits for, or why it ended."""
        return await asyncio.to_thread(self._handle.why)

    async def events(self, after: str = "0") -> AsyncIterator[EventItem]:
        """Yield the job's events as they happen, up to its end; see :meth:`JobHandle.events`."""
        events = self._handle.events(after)
        while (event := await asyncio.to_thread(next, events, None)) is not None:
            yield event

    async def wait(self, timeout_s: float | None = None) -> Job:
        """Wait until the job has ended; see :meth:`JobHandle.wait`."""
        return await asyncio.to_thread(self._handle.wait, timeout_s)

    async def result(
        self, out: str | os.PathLike[str] = ".", *, name: str = "", timeout_s: float | None = None
    ) -> Production:
        """Wait for the job, download its files, and return the finished video; see :meth:`JobHandle.result`."""
        return await asyncio.to_thread(lambda: self._handle.result(out, name=name, timeout_s=timeout_s))

    async def cancel(self) -> None:
        """Cancel the job; one that has ended stays as it is."""
        await asyncio.to_thread(self._handle.cancel)

    async def retry(self) -> AsyncJobHandle:
        """Retry a failed or cancelled job as a new one, and return its handle."""
        return AsyncJobHandle(await asyncio.to_thread(self._handle.retry))
