"""Catalog maintenance: query, check, back up and export an open catalog."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from farm.contract.catalog import Answer, CatalogBackup, CatalogCheck, CatalogExport, CatalogService, Question
from farm.contract.scope import Scope
from farm.services.assets import OpenCatalog
from farm.services.audience import plain
from farm.services.library_media import Media
from farm_catalog.backup import back_up, fresh_name, is_due, prune
from farm_catalog.checkup import SHOWN, Inconsistency, library_files, look_over
from farm_catalog.export import export
from farm_catalog.query import ROWS, ask


class CatalogMaintenance(CatalogService):
    """Maintains an open catalog."""

    def __init__(self, catalog: OpenCatalog, media: Media) -> None:
        self._catalog = catalog
        self._media = media

    def query(self, scope: Scope, *, question: Question) -> Answer:
        """See the contract; raises what :func:`farm_catalog.query.ask` raises."""
        answer = ask(self._catalog().writer, question.sql, rows=min(question.rows, ROWS))
        return Answer(columns=list(answer.columns), rows=plain(answer.rows), cut=answer.cut)

    def check(self, scope: Scope, *, files: bool = True) -> CatalogCheck:
        """See the contract."""
        catalog = self._catalog()
        size_bytes = catalog.path.stat().st_size
        found = catalog.writer.read(lambda connection: look_over(connection, size_bytes))
        findings = list(found.findings)
        if files:
            findings += self._lost(catalog.writer.read(library_files))
        return CatalogCheck.model_validate(
            plain(asdict(found) | {"findings": [asdict(one) for one in findings]})
        )

    def backup(self, scope: Scope) -> CatalogBackup:
        """See the contract."""
        return self._back_up()

    def export(self, scope: Scope) -> CatalogExport:
        """See the contract."""
        folder, rows = export(self._catalog())
        return CatalogExport(folder=str(folder), rows=rows)

    def tend(self) -> None:
        """Do due maintenance: update the word index if it is stale, back up if the newest backup is a day old."""
        catalog = self._catalog()
        catalog.assets.words().tend()
        if is_due(backup_folder(catalog.path)):
            self._back_up()

    def _back_up(self) -> CatalogBackup:
        catalog = self._catalog()
        target = fresh_name(backup_folder(catalog.path))
        size_bytes = back_up(catalog, target)
        gone = prune(target.parent)
        return CatalogBackup(file=str(target), size_bytes=size_bytes, removed=[str(path) for path in gone])

    def _lost(self, wanted: list[tuple[str, str, str]]) -> list[Inconsistency]:
        lost = [
            (sha256, blob, suffix)
            for sha256, blob, suffix in wanted
            if self._media.find(blob, suffix) is None
        ]
        kinds: tuple[tuple[str, Callable[[tuple[str, str, str]], bool], str], ...] = (
            ("assets whose files are missing from the library", lambda one: one[0] == one[1],
             "`farm assets add` the same file again: it is recognised by its content"),
            ("files derived from assets that are missing from the library", lambda one: one[0] != one[1],
             "have the assets analysed again"),
        )  # fmt: skip
        findings = []
        for what, is_one, remedy in kinds:
            some = [one for one in lost if is_one(one)]
            if some:
                examples = tuple(
                    f"{sha256[:12]} {blob[:12]}{suffix}" for sha256, blob, suffix in some[:SHOWN]
                )
                findings.append(Inconsistency(what, len(some), examples, remedy))
        return findings


def backup_folder(catalog: Path) -> Path:
    """Return where backups of a catalog are kept."""
    return catalog.parent / "backups"
