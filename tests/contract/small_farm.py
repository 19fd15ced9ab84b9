"""A whole farm in this process, without Ray: controller, fake worker, previews and the HTTP API over them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn
from fastapi import FastAPI
from fastapi._compat import v2 as fastapi_fields
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from farm.api.build import build_api, library_of
from farm.contract.access import AccessService, NewKey
from farm.contract.jobs import JobService
from farm.contract.previews import PreviewService
from farm.contract.scope import Scope, everybody
from farm.contract.services import AsyncBackend, Method, P, Services, T, names_of
from farm.controller.controller import FarmController
from farm.model.access import Role
from farm.plugins.registry import load_registry
from farm.scheduling.event import Tick
from farm.scheduling.executor import InProcessExecutor
from farm.scheduling.perform import TaskWorker
from farm.services.previews import WorkerPreviews
from farm.settings import Settings
from farm.store.open import blob_store, production_store
from farm.store.store import Store
from tests.contract.fake_worker import FakeWorker

PATIENCE_S = 30.0

_adapters: dict[Any, TypeAdapter[Any]] = {}


def _remembered(kind: Any, *, config: Any = None) -> TypeAdapter[Any]:
    """Return what FastAPI checks a parameter or an answer with, made once for all farms of the tests.

    Each farm builds the same API anew, 300 of these at half of the time: a minute of the tests.
    """
    name = kind.__origin__, repr(kind.__metadata__), repr(config)
    if name not in _adapters:
        _adapters[name] = TypeAdapter(kind, config=config)
    return _adapters[name]


fastapi_fields.TypeAdapter = _remembered  # type: ignore[assignment, misc]

EVERYBODY = everybody()


def words(*keys: str) -> str:
    """Return a document that the fake worker understands: a segment a word."""
    return f"template: fake.words\nslots: {{words: {' '.join(keys)}}}\n"


def ask(
    controller: FarmController,
    method: Method[P, T],
    caller: str | None = None,
    /,
    *_: P.args,
    **arguments: Any,
) -> T:
    """Call a service as a tenant who may submit jobs does, or as the farm itself."""
    scope = EVERYBODY if caller is None else Scope(caller, Role.SUBMIT)
    result: T = controller.services.call(*names_of(method), scope, arguments)
    return result


class _Counted(AsyncBackend):
    """Calls a small farm's services, in threads, and notes which."""

    def __init__(self, farm: SmallFarm) -> None:
        self._farm = farm

    async def ask(self, method: Method[P, T], scope: Scope, /, *_: P.args, **arguments: P.kwargs) -> T:
        if self._farm.unasked is not None:
            raise self._farm.unasked
        service, name = names_of(method)
        self._farm.calls.add((service, name))
        self._farm.requests.append(f"{service}.{name}")
        services = self._farm.controller.services
        if service == PreviewService.__name__:
            services = Services({PreviewService: self._farm.previews})
        result: T = await asyncio.to_thread(services.call, service, name, scope, arguments)
        return result


class SmallFarm:
    """Its controller steps in a thread while it is entered; paused, it stands still between two steps."""

    def __init__(
        self,
        home: Path,
        *,
        keys: bool = False,
        make: Callable[[Settings], TaskWorker] | None = None,
        **settings: Any,
    ) -> None:
        self.settings = replace(Settings(home), **settings)
        worker = (make or FakeWorker)(self.settings)
        self.controller = FarmController(self.settings, InProcessExecutor(worker))
        self.previews = WorkerPreviews(self.settings)
        self.store: Store = blob_store(self.settings)
        self.api = self._build(open_to_all=not keys)
        self.calls: set[tuple[str, str]] = set()
        self.requests: list[str] = []
        """The calls of services made over HTTP, in order."""
        self.unasked: Exception | None = None
        """What a call of a service raises in place of its answer."""
        self.fault: BaseException | None = None
        """What ended the loop."""
        self._gate = threading.Event()
        self._gate.set()
        self._still = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="controller", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._gate.set()
        self._wake()
        self._thread.join()
        self.controller.close()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let nothing be worked on meanwhile; what only reads the journal answers nevertheless."""
        self._still.clear()
        self._gate.clear()
        self._wake()
        assert self._still.wait(PATIENCE_S)
        try:
            yield
        finally:
            self._gate.set()

    def client(self, key: str | None = None) -> TestClient:
        """Return a client of the API; with a key, or without."""
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        return TestClient(self.api, raise_server_exceptions=False, headers=headers)

    def key(self, tenant: str, role: str) -> str:
        """Make an API key."""
        new = NewKey.model_validate({"tenant": tenant, "role": role})
        return self.ask(AccessService.create_key, key=new).key

    def ended(self, job_id: str) -> dict[str, Any]:
        """Wait until a job has ended and return where it stands."""
        return until(lambda: self._ended(job_id))

    def asked(self, method: Callable[..., Any]) -> bool:
        """Whether a method of the contract was called over HTTP."""
        return names_of(method) in self.calls

    def ask(self, method: Method[P, T], /, *_: P.args, scope: Scope = EVERYBODY, **arguments: Any) -> T:
        """Call a service as the farm itself does."""
        result: T = self.controller.services.call(*names_of(method), scope, arguments)
        return result

    def _ended(self, job_id: str) -> dict[str, Any] | None:
        job = self.ask(JobService.show, job_id=job_id)
        assert self.fault is None, self.fault
        return job.model_dump() if job.finished_at else None

    def _build(self, *, open_to_all: bool) -> FastAPI:
        productions = production_store(self.settings)
        return build_api(
            _Counted(self),
            self.store,
            productions,
            load_registry(),
            library_of(self.settings, self.store),
            open_to_all=open_to_all,
        )

    def _wake(self) -> None:
        """End the step that waits for an event, up to 0.25 s: a quarter of the tests' time with a farm."""
        self.controller.conductor.tell(Tick())

    def _run(self) -> None:
        while not self._over.is_set():
            if not self._gate.is_set():
                self._still.set()
                self._gate.wait()
                continue
            try:
                self.controller.step()
            except BaseException as error:
                self.fault = error
                return


def until(look: Callable[[], T | None]) -> T:
    """Look until there is something, and return it."""
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s:
        found = look()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("it did not come about")


@contextmanager
def served(api: FastAPI) -> Iterator[str]:
    """Serve an API on a free port of this machine and yield its URL."""
    server = uvicorn.Server(uvicorn.Config(api, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, name="uvicorn", daemon=True)
    thread.start()
    try:
        port = until(lambda: server.started and server.servers[0].sockets[0].getsockname()[1])
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = server.force_exit = True
        thread.join()
