"""Beside the services: transferring files, and waiting."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from farm.contract.assets import AddedAssets, NewAsset, SimilarAssets
from farm.contract.productions import ProductionDetails
from farm.contract.services import Backend


class Transfer(Protocol):
    """Files between this machine and a library: the library's own machine, or a farm over HTTP."""

    def upload(self, path: Path) -> str:
        """Make a file's content available to the library; return its hash.

        Raises:
            MediaError: it cannot be read, or is empty.
        """

    def add(self, assets: Sequence[NewAsset]) -> AddedAssets:
        """Add uploaded content, and the contents of URLs, to the library."""

    def similar(self, query: str | Path, limit: int) -> SimilarAssets:
        """Find assets with the same content as an asset (given by name) or a picture (given by path)."""

    def save_asset(self, name: str, file: str, target: Path) -> None:
        """Write a file derived from an asset, or its content if ``file`` is empty, to ``target``.

        Raises:
            MissingError: there is no such asset or file.
            MachineError: the target cannot be written.
        """

    def save_production(self, production: str, folder: Path, stem: str) -> dict[str, Path]:
        """Write a production's video, cover and report into a folder; return the paths by kind.

        Raises:
            StoreError: they are gone; ``farm productions rerender`` recreates them.
        """

    def wait(self, productions: Sequence[str]) -> list[ProductionDetails]:
        """Wait until productions have ended, and return them; without a farm, they are rendered now."""

    def settle(self, *, again: bool = False) -> int:
        """Have newly added assets analysed; return how many are still pending.

        ``again``: also those that newer analysers have not analysed; a running farm does this automatically.
        """


class Library(Backend, Transfer, Protocol):
    """One owner's view of the libraries, local or remote: services and files."""
