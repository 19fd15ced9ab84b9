"""The door to the libraries: the same interface locally and over HTTP, bound to the caller's identity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from farm.services.templates import Choose

Told = dict[str, Any]


class AssetDoor(Protocol):
    """Assets; see :class:`farm.services.assets.AssetDesk`."""

    def upload(self, path: Path) -> str:
        """Make a file's content available to the library; return its hash."""

    def fetch(self, url: str) -> str:
        """Make the content of a URL available to the library; return its hash."""

    def add(self, items: Sequence[Mapping[str, Any]]) -> list[Told]:
        """Add uploaded content."""

    def page(self, asked: Mapping[str, Any], limit: int, offset: int) -> Told:
        """List entries."""

    def show(self, name: str) -> Told | None:
        """Return an entry in full."""

    def search(self, question: str, asked: Mapping[str, Any], limit: int) -> list[Told]:
        """Find entries by words."""

    def like(self, query: str | Path, limit: int) -> list[Told]:
        """Find entries that look like an asset (given by name) or a file (given by path)."""

    def change(self, sha256: str, changes: Mapping[str, Any]) -> bool:
        """Change an entry's metadata."""

    def remove(self, sha256: str) -> bool:
        """Remove an entry."""

    def save(self, sha256: str, file: str, target: Path) -> bool:
        """Write the content of an asset, or of a file derived from it, to ``target``; False if there is none."""


class ShelfDoor(Protocol):
    """Scripts or templates."""

    def page(self, asked: Mapping[str, str]) -> list[Told]:
        """List them."""

    def show(self, name: str) -> Told | None:
        """Return one in full."""

    def save(self, name: str, document: Mapping[str, Any]) -> Told:
        """Save one."""

    def remove(self, name: str) -> bool:
        """Remove one from the shelf."""


class WorkDoor(Protocol):
    """Works; see :class:`farm.services.works.WorkDesk`."""

    def make(self, order: Mapping[str, Any]) -> Told:
        """Create one."""

    def page(self, limit: int, offset: int) -> list[Told]:
        """List them."""

    def show(self, name: str, version: int | None = None) -> Told | None:
        """Return one in full."""

    def edit(self, name: str, edits: Sequence[Mapping[str, Any]], base: int | None = None) -> Told:
        """Change one."""

    def put(self, name: str, document: Mapping[str, Any], base: int | None = None) -> Told:
        """Save a document edited elsewhere."""

    def retemplate(self, name: str, template: str) -> Told:
        """Give one another template."""

    def recut(self, name: str, seed: int | None = None) -> Told:
        """Recut one."""

    def undo(self, name: str) -> Told:
        """Undo the last change."""

    def redo(self, name: str) -> Told:
        """Redo an undone change."""

    def versions(self, name: str) -> list[Told] | None:
        """Return its history."""

    def diff(self, name: str, before: int | None, after: int | None) -> Told | None:
        """Return what changed between versions."""

    def remix(self, name: str, count: int, seed: int, vary_template: bool, choose: Choose = "rules") -> Told:
        """Create cuts that differ."""

    def remove(self, name: str) -> bool:
        """Remove one."""

    def job(self, name: str, version: int | None = None) -> Told:
        """Return the job document of one."""


class ProductionDoor(Protocol):
    """Productions; see :class:`farm.services.productions.ProductionDesk`."""

    def page(self, limit: int, offset: int, work: str | None = None, state: str | None = None) -> list[Told]:
        """List them."""

    def show(self, production: str) -> Told | None:
        """Return one in full."""

    def uses(self) -> dict[str, dict[str, int]]:
        """Return how many finished ones have each part, by kind of part."""

    def render(self, works: Sequence[tuple[str, int | None]]) -> list[str]:
        """Render works' videos; return the productions."""

    def again(self, production: str) -> str:
        """Render a production again from what is stored; return the new one."""

    def wait(self, productions: Sequence[str], names: Sequence[str], *, quiet: bool) -> list[Told]:
        """Wait until productions have ended and return them."""

    def save(self, production: str, folder: Path, stem: str) -> dict[str, Path]:
        """Write a production's video, cover and report into a folder; return the paths."""


class Door(Protocol):
    """All libraries."""

    assets: AssetDoor
    scripts: ShelfDoor
    templates: ShelfDoor
    works: WorkDoor
    productions: ProductionDoor

    def settle(self, *, again: bool = False) -> int:
        """Have newly added assets analysed; return how many are still pending.

        ``again``: also those that newer analyser versions have not processed; a running farm does this automatically.
        """
