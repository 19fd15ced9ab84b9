"""The libraries of this machine, while no farm is running: this process owns the catalog as long as they are open."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from farm.contract.assets import AddedAssets, AssetArrival, AssetService, NewAsset, SimilarAssets
from farm.contract.productions import ProductionDetails
from farm.contract.scope import Scope
from farm.contract.services import Backend, Method, P, Services, T, names_of
from farm.contract.transfer import Transfer
from farm.errors import MachineError, StoreError
from farm.journal.entry import NewJob
from farm.local.analysis import Progress, analyse_assets
from farm.local.run import run
from farm.model.file_name import delivered_path
from farm.plugins.registry import load_registry
from farm.scheduling.conductor import Observer
from farm.scheduling.executor import Executor, InProcessExecutor
from farm.scheduling.job_state import JobRequest
from farm.scheduling.run_record import record
from farm.services.library import LibraryServices, build_library
from farm.services.library_media import Media
from farm.services.similarity import fingerprints_of, ranked, read_signature, signature_of
from farm.settings import Settings
from farm.store.fetch import fetch
from farm.store.open import blob_store, library_store
from farm.store.productions import FILES, path_of
from farm.worker.analysis_job import analyser_kinds
from farm.worker.worker import Worker
from farm_catalog.catalog import Catalog

ALL: Final = 1_000_000
Executors = Callable[[], AbstractContextManager[Executor]]
"""Starts the executor that renders and analyses, for as long as it is entered."""


class LocalBackend(Backend):
    """Calls services of this process on behalf of one owner."""

    def __init__(self, services: Services, scope: Scope) -> None:
        self._services = services
        self._scope = scope

    def ask(self, method: Method[P, T], /, *_: P.args, **arguments: P.kwargs) -> T:
        """See the contract."""
        service, name = names_of(method)
        result: T = self._services.call(service, name, self._scope, arguments)
        return result


class LocalLibrary(LocalBackend, Transfer):
    """The libraries of this machine, as one owner sees them."""

    def __init__(
        self,
        settings: Settings,
        catalog: Catalog,
        scope: Scope,
        *,
        executor: Executors,
        observer: Observer | None,
        progress: Progress | None,
    ) -> None:
        self._settings = settings
        self._catalog = catalog
        self._executor = executor
        self._observer = observer
        self._progress = progress
        self._accepted: dict[str, NewJob] = {}
        self._paths: dict[str, str] = {}
        self._library: LibraryServices = build_library(
            lambda: catalog,
            Media(library_store(settings), blob_store(settings)),
            load_registry,
            quotas=None,
            arrived=lambda: None,
            accept=self._accept,
            fresh_id=lambda: f"w-{secrets.token_hex(6)}",
        )
        super().__init__(Services(self._library.services()), scope)

    def upload(self, path: Path) -> str:
        """See the contract."""
        sha256 = self._library.media.keep_file(path)[0]
        self._paths[sha256] = str(path)
        return sha256

    def add(self, assets: Sequence[NewAsset]) -> AddedAssets:
        """See the contract."""
        arrivals = []
        for one in assets:
            sha256 = one.sha256
            if sha256 is None:
                sha256 = self.upload(fetch(str(one.url), blob_store(self._settings), None))
            arrivals.append(
                AssetArrival(
                    sha256,
                    name=one.name,
                    tags=tuple(one.tags),
                    licence=one.licence,
                    source=one.url or self._paths.get(sha256, ""),
                    product=one.product,
                )
            )
        return self.ask(AssetService.add, arrivals=arrivals)

    def similar(self, query: str | Path, limit: int) -> SimilarAssets:
        """See the contract."""
        media = self._library.media
        if isinstance(query, Path):
            asked, itself = signature_of(query), ""
        else:
            found = self.ask(AssetService.signature, name=query)
            asked, itself = read_signature(media, found.blob, found.suffix), found.sha256
        near = self.ask(AssetService.near, fingerprints=fingerprints_of(asked), without=itself)
        return ranked(asked, near, media, limit)

    def save_asset(self, name: str, file: str, target: Path) -> None:
        """See the contract."""
        found = self.ask(AssetService.file, name=name, file=file)
        path = self._library.media.find(found.blob, found.suffix)
        if path is None:
            raise StoreError(f"{file or 'the content'} of asset {name} is gone from this machine's disk")
        _copy(path, target)

    def save_production(self, production: str, folder: Path, stem: str) -> dict[str, Path]:
        """See the contract."""
        paths = {}
        home, target = self._settings.productions, folder / f"{stem}{FILES['video']}"
        wanted = [
            (kind, home / f"{production}{suffix}", folder / f"{stem}{suffix}")
            for kind, suffix in FILES.items()
        ]
        report = home / f"{production}{FILES['report']}"
        names = [one["name"] for one in _read(report).get("files", [])] if report.is_file() else []
        if names:
            wanted = [one for one in wanted if one[0] != "video"]
            for index, name in enumerate(names):
                source = path_of(home, production, name, main=index == 0)
                wanted.append(("video" if index == 0 else name, source, delivered_path(target, name)))
        for kind, source, path in wanted:
            if not source.is_file():
                raise StoreError(
                    f"the {kind} of {production} is no longer on this machine; "
                    f"`farm productions rerender {production}` renders it again"
                )
            paths[kind] = path
            _copy(source, paths[kind])
        return paths

    def wait(self, productions: Sequence[str]) -> list[ProductionDetails]:
        """See the contract."""
        requests = [
            JobRequest(one, job.document, job.source, None, str(self._settings.productions))
            for one in productions
            if (job := self._accepted.pop(one, None)) is not None
        ]
        if requests:
            with self._executor() as executor:
                views = run(executor, requests, self._observer)
            runs = [record(view) for view in views]
            for one in runs:
                report = Path(one.report).read_text(encoding="utf-8") if one.report else ""
                self._library.productions.record_end(one, report)
            self._catalog.runs.add(runs)
        return [self._library.productions.show(self._scope, production=one) for one in productions]

    def settle(self, *, again: bool = False) -> int:
        """See the contract; they are analysed now, so none is left."""
        arriving = self._catalog.assets.arriving(ALL)
        if again:
            known = analyser_kinds(load_registry())
            arriving += [sha256 for sha256, _ in self._catalog.assets.outdated(known, ALL)]
        if arriving:
            with self._executor() as executor:
                analyse_assets(executor, self._catalog, arriving, self._progress)
        return 0

    def _accept(self, job: NewJob) -> tuple[str, bool]:
        """Remember the job of a production; it is rendered by :meth:`wait`."""
        self._accepted[job.job_id] = job
        return job.job_id, False


@contextmanager
def in_this_process(settings: Settings) -> Iterator[Executor]:
    """Yield an executor that runs in this process."""
    yield InProcessExecutor(Worker(settings))


@contextmanager
def open_library(
    settings: Settings,
    scope: Scope,
    *,
    executor: Executors | None = None,
    observer: Observer | None = None,
    progress: Progress | None = None,
) -> Iterator[LocalLibrary]:
    """Open the libraries of this machine, as a caller sees them.

    Raises:
        MachineError: another process holds the catalog.
    """
    with Catalog.open(settings.catalog) as catalog:
        # Runs of commands without a farm are counted, too.
        catalog.runs.ingest(settings.spool)
        yield LocalLibrary(
            settings,
            catalog,
            scope,
            executor=executor or partial(in_this_process, settings),
            observer=observer,
            progress=progress,
        )


def _read(report: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


def _copy(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temp = target.with_name(f".{target.name}.part")
        shutil.copyfile(source, temp)
        temp.replace(target)
    except OSError as error:
        raise MachineError(f"{target} cannot be written: {error.strerror}") from error
