"""The library's productions: order, list, show, and order again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from farm import __version__
from farm.model.work import WorkDocument
from farm.services.assets import OpenCatalog
from farm_catalog.productions import Made, Order
from farm_catalog.run_record import RunRecord


class ProductionDesk:
    """Productions as an owner sees them; ``sees`` None means all owners."""

    def __init__(self, catalog: OpenCatalog) -> None:
        self._catalog = catalog

    def order(self, owner: str, work_id: str, version: int, production: str) -> None:
        """Record that a job renders a work's video, before the job starts, so that no finished video is unknown."""
        from farm.cut.job import job_text

        entry = self._catalog().works.get(work_id, owner, version)
        assert entry is not None
        work = WorkDocument.model_validate(entry.document)
        document = job_text(work)
        self._catalog().productions.order(
            [
                Order(
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
                    document=document,
                    parts=tuple(parts_of(work)),
                    farm=__version__,
                )
            ]
        )

    def again(self, owner: str, production: str, fresh: str) -> str | None:
        """Order the same video again from what is stored, and return its job document; None if unknown."""
        old = self._catalog().productions.get(production, owner)
        if old is None:
            return None
        self._catalog().productions.order(
            [
                Order(
                    fresh, old.owner, old.work_id, old.version, old.name, old.template, old.script, old.category,
                    old.product, old.platform, old.document, old.parts, __version__,
                )
            ]
        )  # fmt: skip
        return old.document

    def end(self, run: RunRecord, report: str) -> None:
        """Record how a production ended, from its run record; ``report`` is the report's JSON."""
        made = Made(
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

    def page(
        self, sees: str | None, limit: int, offset: int, work: str | None = None, state: str | None = None
    ) -> list[dict[str, Any]]:
        """Return productions, newest first."""
        found = self._catalog().productions.page(sees, limit, offset, work_id=work, state=state)
        return [_brief(asdict(one)) for one in found]

    def uses(self, sees: str | None) -> dict[str, dict[str, int]]:
        """Return how many finished productions use each transition, effect, layout, role and track."""
        return self._catalog().productions.part_uses(sees)

    def show(self, sees: str | None, production: str) -> dict[str, Any] | None:
        """Return a production with its document, report and parts; None if there is none."""
        one = self._catalog().productions.get(production, sees)
        return None if one is None else asdict(one) | {"parts": [list(part) for part in one.parts]}


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


def _brief(told: dict[str, Any]) -> dict[str, Any]:
    for name in ("document", "report", "parts"):
        told.pop(name)
    return told
