"""The door to the libraries: the same on this machine and over HTTP, bound to whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from farm.library.templates import Choose

Told = dict[str, Any]


class AssetDoor(Protocol):
    """Assets; see :class:`farm.library.assets.AssetDesk`."""

    def upload(self, path: Path) -> str:
        """Bring a file's content into the library's reach; return its hash."""

    def fetch(self, url: str) -> str:
        """Bring what lies at a URL into the library's reach; return its hash."""

    def add(self, items: Sequence[Mapping[str, Any]]) -> list[Told]:
        """Add uploaded content."""

    def page(self, asked: Mapping[str, Any], limit: int, offset: int) -> Told:
        """List entries."""

    def show(self, name: str) -> Told | None:
        """Tell an entry whole."""

    def search(self, question: str, asked: Mapping[str, Any], limit: int) -> list[Told]:
        """Find entries by words."""

    def like(self, query: str | Path, limit: int) -> list[Told]:
        """Find entries that show the same as an asset (by its name) or as a file (by its path)."""

    def change(self, sha256: str, changes: Mapping[str, Any]) -> bool:
        """Change what is said of an entry."""

    def remove(self, sha256: str) -> bool:
        """Let go of an entry."""

    def save(self, sha256: str, file: str, target: Path) -> bool:
        """Write the content of an asset, or of a file made of it, to ``target``; False where there is none."""


class ShelfDoor(Protocol):
    """Scripts or templates."""

    def page(self, asked: Mapping[str, str]) -> list[Told]:
        """List them."""

    def show(self, name: str) -> Told | None:
        """Tell one whole."""

    def save(self, name: str, document: Mapping[str, Any]) -> Told:
        """Keep one."""

    def remove(self, name: str) -> bool:
        """Take one off the shelf."""


class WorkDoor(Protocol):
    """Works; see :class:`farm.library.works.WorkDesk`."""

    def make(self, order: Mapping[str, Any]) -> Told:
        """Make one."""

    def page(self, limit: int, offset: int) -> list[Told]:
        """List them."""

    def show(self, name: str, version: int | None = None) -> Told | None:
        """Tell one whole."""

    def edit(self, name: str, edits: Sequence[Mapping[str, Any]], base: int | None = None) -> Told:
        """Change one."""

    def put(self, name: str, document: Mapping[str, Any], base: int | None = None) -> Told:
        """Save a document edited elsewhere."""

    def retemplate(self, name: str, template: str) -> Told:
        """Give one another template."""

    def recut(self, name: str, seed: int | None = None) -> Told:
        """Cut one anew."""

    def undo(self, name: str) -> Told:
        """Go back."""

    def redo(self, name: str) -> Told:
        """Go forward."""

    def versions(self, name: str) -> list[Told] | None:
        """Tell its history."""

    def diff(self, name: str, before: int | None, after: int | None) -> Told | None:
        """Tell what changed."""

    def remix(self, name: str, count: int, seed: int, vary_template: bool, choose: Choose = "rules") -> Told:
        """Make cuts that differ."""

    def remove(self, name: str) -> bool:
        """Remove one."""

    def job(self, name: str, version: int | None = None) -> Told:
        """Tell the job document of one."""


class ProductionDoor(Protocol):
    """Productions; see :class:`farm.library.productions.ProductionDesk`."""

    def page(self, limit: int, offset: int, work: str | None = None, state: str | None = None) -> list[Told]:
        """List them."""

    def show(self, production: str) -> Told | None:
        """Tell one whole."""

    def uses(self) -> dict[str, dict[str, int]]:
        """Tell how many finished ones have each part, by kind of part."""

    def render(self, works: Sequence[tuple[str, int | None]]) -> list[str]:
        """Have works' videos made; return the productions."""

    def again(self, production: str) -> str:
        """Have a production made again from what is stored; return the new one."""

    def wait(self, productions: Sequence[str], names: Sequence[str], *, quiet: bool) -> list[Told]:
        """Wait until productions have ended and tell them."""

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
        """See to it that what was added is looked at; return how many assets are not yet.

        ``again``: also what newer versions of analysers have not seen; a running farm sees to that by itself.
        """
