"""The local door, used when no farm is running: this process owns the catalog while the door is open."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

from farm.errors import DocumentError, MachineError, Problem, StoreError
from farm.local.analysis import Progress, analyse_assets
from farm.local.run import run
from farm.plugins.registry import load_registry
from farm.scheduling.conductor import Observer
from farm.scheduling.executor import Executor, InProcessExecutor
from farm.scheduling.job_state import JobRequest
from farm.scheduling.run_record import record
from farm.services.door import AssetDoor, Door, ProductionDoor, ShelfDoor, Told, WorkDoor
from farm.services.library import Library, build_library
from farm.services.library_media import Media
from farm.services.similarity import fingerprints_of, ranked, read_kept, seen_in
from farm.services.templates import Choose
from farm.settings import Settings
from farm.store.fetch import fetch
from farm.store.productions import FILES
from farm.worker.analysis_job import analyser_kinds
from farm.worker.worker import Worker
from farm_catalog.catalog import Catalog

DEFAULT_OWNER = "default"
BATCH = 1_000_000


class _Bound:
    """A desk whose methods are bound to an owner."""

    def __init__(self, desk: Any, owner: str) -> None:
        self._desk = desk
        self._owner = owner

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return partial(getattr(self._desk, method), self._owner)


class LocalAssets(_Bound):
    """Local assets."""

    def __init__(self, library: Library, owner: str, settings: Settings) -> None:
        super().__init__(library.assets, owner)
        self._library = library
        self._settings = settings

    def upload(self, path: Path) -> str:
        """Copy a file into the library; return its hash."""
        return self._library.media.keep_file(path)[0]

    def fetch(self, url: str) -> str:
        """Download a URL's content into the library; return its hash."""
        return self.upload(fetch(url, self._settings.open_store(), None))

    def like(self, query: str | Path, limit: int) -> list[Told]:
        """Find entries that look like an asset or a local file."""
        desk, media = self._library.assets, self._library.media
        if isinstance(query, Path):
            asked, itself = seen_in(query), ""
        else:
            kept = desk.kept(self._owner, query)
            if kept is None:
                return []
            asked, itself = read_kept(media, kept["kept"]), kept["sha256"]
        return ranked(asked, desk.near(self._owner, fingerprints_of(asked), itself), media, limit)

    def save(self, sha256: str, file: str, target: Path) -> bool:
        """Write the content of an asset, or of a file derived from it, to ``target``; False if there is none."""
        named = self._library.assets.file(self._owner, sha256, file)
        path = self._library.media.find(*named) if named is not None else None
        if path is None:
            return False
        _copy(path, target)
        return True


class LocalTemplates(_Bound):
    """Local templates; a document contains its own name."""

    def page(self, asked: Mapping[str, str]) -> list[Told]:
        """List them."""
        del asked
        found: list[Told] = self._desk.page(self._owner)
        return found

    def save(self, name: str, document: Mapping[str, Any]) -> Told:
        """Save one."""
        told: Told = self._desk.save(self._owner, {"name": name, **document})
        return told


class LocalWorks(_Bound):
    """Local works."""

    def remix(self, name: str, count: int, seed: int, vary_template: bool, choose: Choose = "rules") -> Told:
        """Create cuts that differ."""
        told: Told = self._desk.remix(self._owner, name, count, seed, vary_template, "", choose)
        return told


class LocalProductions(_Bound):
    """Productions rendered by this process, or by Ray workers that it starts."""

    def __init__(
        self,
        library: Library,
        owner: str,
        settings: Settings,
        catalog: Catalog,
        executor: Callable[[], Any],
        observer: Observer | None,
    ) -> None:
        super().__init__(library.productions, owner)
        self._catalog = catalog
        self._library = library
        self._settings = settings
        self._executor = executor
        self._observer = observer
        self._documents: dict[str, tuple[str, str]] = {}

    def render(self, works: Sequence[tuple[str, int | None]]) -> list[str]:
        """Order works' videos; they are rendered by :meth:`wait`."""
        jobs = [self._library.works.job(self._owner, name, version) for name, version in works]
        made = []
        for job in jobs:
            production = f"w-{secrets.token_hex(6)}"
            self._library.productions.order(self._owner, job["work"], job["version"], production)
            self._documents[production] = job["name"], job["document"]
            made.append(production)
        return made

    def again(self, production: str) -> str:
        """Order a production again from what is stored."""
        fresh = f"w-{secrets.token_hex(6)}"
        document = self._library.productions.again(self._owner, production, fresh)
        if document is None:
            said = f"there is no production `{production}`; `farm productions ls` lists them"
            raise DocumentError([Problem("production", said)], source=production)
        self._documents[fresh] = production, document
        return fresh

    def wait(self, productions: Sequence[str], names: Sequence[str], *, quiet: bool) -> list[Told]:
        """Render what was ordered and return the results."""
        del names, quiet
        requests = [
            JobRequest(one, document, name, None, str(self._settings.productions))
            for one in productions
            for name, document in [self._documents[one]]
        ]
        with self._executor() as executor:
            views = run(executor, requests, self._observer)
        runs = [record(view) for view in views]
        for one in runs:
            report = Path(one.report).read_text(encoding="utf-8") if one.report else ""
            self._library.productions.end(one, report)
        self._catalog.runs.add(runs)
        return [self._library.productions.show(self._owner, one) or {} for one in productions]

    def save(self, production: str, folder: Path, stem: str) -> dict[str, Path]:
        """Write a production's files into a folder.

        Raises:
            StoreError: they are gone from this machine; ``farm productions rerender`` recreates them.
        """
        paths = {}
        for kind, suffix in FILES.items():
            source = self._settings.productions / f"{production}{suffix}"
            if not source.is_file():
                raise StoreError(
                    f"the {kind} of {production} is no longer on this machine; "
                    f"`farm productions rerender {production}` makes the same again"
                )
            paths[kind] = folder / f"{stem}{suffix}"
            _copy(source, paths[kind])
        return paths


class LocalDoor:
    """All local libraries, as one owner sees them."""

    def __init__(
        self,
        settings: Settings,
        catalog: Catalog,
        owner: str,
        *,
        executor: Callable[[], Any],
        observer: Observer | None = None,
        progress: Progress | None = None,
    ) -> None:
        media = Media(settings.open_library(), settings.open_store())
        library = build_library(lambda: catalog, media, load_registry, lambda: None)
        self._catalog = catalog
        self._executor = executor
        self._progress = progress
        # A bound desk gets the door's methods dynamically; only the contract tests can verify them.
        self.assets = cast(AssetDoor, LocalAssets(library, owner, settings))
        self.scripts = cast(ShelfDoor, LocalScripts(library.scripts, owner))
        self.templates = cast(ShelfDoor, LocalTemplates(library.templates, owner))
        self.works = cast(WorkDoor, LocalWorks(library.works, owner))
        made = LocalProductions(library, owner, settings, catalog, executor, observer)
        self.productions = cast(ProductionDoor, made)

    def settle(self, *, again: bool = False) -> int:
        """Analyse newly added assets, optionally also outdated ones; return how many are still pending, always 0."""
        arriving = self._catalog.assets.arriving(BATCH)
        if again:
            known = analyser_kinds(load_registry())
            arriving += [sha256 for sha256, _ in self._catalog.assets.outdated(known, BATCH)]
        if arriving:
            with self._executor() as executor:
                analyse_assets(executor, self._catalog, arriving, self._progress)
        return 0


class LocalScripts(_Bound):
    """Local scripts."""

    def page(self, asked: Mapping[str, str]) -> list[Told]:
        """List them."""
        found: list[Told] = self._desk.page(self._owner, asked)
        return found

    def save(self, name: str, document: Mapping[str, Any]) -> Told:
        """Save one."""
        told: Told = self._desk.save(self._owner, name, document)
        return told


@contextmanager
def in_this_process(settings: Settings) -> Iterator[Executor]:
    """Yield an executor that runs in this process."""
    yield InProcessExecutor(Worker(settings))


@contextmanager
def local_door(
    settings: Settings,
    owner: str = DEFAULT_OWNER,
    *,
    executor: Callable[[], Any] | None = None,
    observer: Observer | None = None,
    progress: Progress | None = None,
) -> Iterator[Door]:
    """Open the local libraries.

    Raises:
        MachineError: another process holds the catalog.
    """
    with Catalog.open(settings.catalog) as catalog:
        yield LocalDoor(
            settings,
            catalog,
            owner,
            executor=executor or partial(in_this_process, settings),
            observer=observer,
            progress=progress,
        )


def _copy(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temp = target.with_name(f".{target.name}.part")
        shutil.copyfile(source, temp)
        temp.replace(target)
    except OSError as error:
        raise MachineError(f"{target} cannot be written: {error.strerror}") from error
