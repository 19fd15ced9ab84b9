"""Productions: videos of works, ordered as jobs and recorded in the catalog."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from farm import __version__
from farm.contract.productions import (
    ProductionAgain,
    ProductionDetails,
    ProductionItem,
    ProductionService,
)
from farm.contract.scope import Scope
from farm.contract.works import Rendering
from farm.cut.job import job_text
from farm.errors import DocumentError, MissingError, Problem
from farm.journal.entry import NewJob
from farm.model.work import WorkDocument
from farm.services.assets import OpenCatalog
from farm.services.works import CatalogWorks
from farm_catalog.productions import OrderedProduction, ProductionEnd, ProductionEntry
from farm_catalog.run_record import RunRecord


class CatalogProductions(ProductionService):
    """Productions as recorded in the catalog; their jobs are accepted by ``accept``."""

    def __init__(
        self,
        catalog: OpenCatalog,
        works: CatalogWorks,
        accept: Callable[[NewJob], tuple[str, bool]],
        fresh_id: Callable[[], str],
    ) -> None:
        self._catalog = catalog
        self._works = works
        self._accept = accept
        self._fresh_id = fresh_id

    def render(
        self, scope: Scope, *, name: str, version: int | None = None, priority: int = 0, key: str = ""
    ) -> Rendering:
        """See the contract.

        Raises:
            DocumentError: the work uses assets that its owner no longer has.
            QueueFullError: there are too many unfinished jobs.
        """
        job = self._works.job(scope.within(scope.owner), name=name, version=version)
        production, _ = self._accept(
            NewJob(
                self._fresh_id(),
                job.document,
                f"work {job.work}@{job.version}",
                tenant=scope.owner,
                # No header can contain a newline, so this never collides with a client's key for a job.
                idempotency_key=f"{key}\n0" if key else None,
                priority=priority,
            )
        )
        self.record_order(scope.owner, job.work, job.version, production)
        return Rendering(production=production, work=job.work, version=job.version, name=job.name)

    def again(self, scope: Scope, *, production: str) -> ProductionAgain:
        """See the contract.

        Raises:
            DocumentError: its document was not kept.
            QueueFullError: there are too many unfinished jobs.
        """
        old = self._get(scope.owner, production)
        if not old.document:
            message = "its document was not kept; render its work instead"
            raise DocumentError([Problem("production", message)], source=production)
        source = f"production {production}"
        fresh, _ = self._accept(NewJob(self._fresh_id(), old.document, source, tenant=old.owner))
        self._catalog().productions.order(
            [
                OrderedProduction(
                    fresh, old.owner, old.work_id, old.version, old.name, old.template, old.script, old.category,
                    old.product, old.platform, old.document, old.parts, __version__,
                )
            ]
        )  # fmt: skip
        return ProductionAgain(production=fresh, of=production)

    def page(
        self,
        scope: Scope,
        *,
        limit: int = 100,
        offset: int = 0,
        work: str | None = None,
        state: str | None = None,
    ) -> list[ProductionItem]:
        """See the contract."""
        found = self._catalog().productions.page(scope.owner_seen, limit, offset, work_id=work, state=state)
        return [ProductionItem.model_validate(one, from_attributes=True) for one in found]

    def uses(self, scope: Scope) -> dict[str, dict[str, int]]:
        """See the contract."""
        return self._catalog().productions.part_uses(scope.owner_seen)

    def show(self, scope: Scope, *, production: str) -> ProductionDetails:
        """See the contract."""
        one = self._get(scope.owner_seen, production)
        return ProductionDetails.model_validate(one, from_attributes=True)

    def record_order(self, owner: str, work_id: str, version: int, production: str) -> None:
        """Record that a job renders a work's video, before the job ends, so that no finished video is unknown."""
        entry = self._catalog().works.get(work_id, owner, version)
        assert entry is not None
        work = WorkDocument.model_validate(entry.document)
        self._catalog().productions.order(
            [
                OrderedProduction(
                    production=production,
                    owner=owner,
                    work_id=work_id,
                    version=version,
                    name=work.name,
                    template=f"{work.template.name}@{work.template_version}",
                    script=work.script,
                    category=work.category or "",
                    product=work.product.name if work.product is not None else "",
                    platform=work.platform,
                    document=job_text(work),
                    parts=tuple(parts_of(work)),
                    farm=__version__,
                )
            ]
        )

    def record_end(self, run: RunRecord, report: str) -> None:
        """Record how a production ended, from its run record; ``report`` is the report's JSON."""
        made = ProductionEnd(
            production=run.job_id,
            state=run.state,
            ended_at_s=run.finished_at_s,
            sha256=run.sha256,
            cover=run.cover,
            report=report,
            frames=run.frames,
            duration_s=run.duration_s,
            size_bytes=run.size_bytes,
            message=run.message,
        )
        self._catalog().productions.end([made])

    def known(self, production: str) -> bool:
        """Whether a production was recorded, for any owner."""
        return self._catalog().productions.get(production, None) is not None

    def _get(self, owner: str | None, production: str) -> ProductionEntry:
        one = self._catalog().productions.get(production, owner)
        if one is None:
            raise MissingError("production", production)
        return one


def parts_of(work: WorkDocument) -> Iterator[tuple[str, str]]:
    """Yield (kind, name) of the assets and elements used in a work's video."""
    for asset in work.assets:
        yield "asset", asset
    if work.music is not None and not str(work.music.ref).startswith("sha256:"):
        yield "music", str(work.music.ref)
    style = work.template.style
    for kind, uses in (("transition", style.get("transitions", [])), ("effect", style.get("effects", []))):
        for use in uses:
            yield kind, use if isinstance(use, str) else str(use["name"])
    for shot in work.shots:
        yield "role", shot.role
        if shot.layout:
            yield "layout", shot.layout
