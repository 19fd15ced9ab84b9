"""Which media a caller may use: another tenant's are treated as absent."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence

from farm.contract.scope import Scope
from farm.errors import DocumentError, Problem
from farm.journal.owners import Owners
from farm_catalog.catalog import Catalog


class MediaAccess:
    """A tenant may use what it has uploaded, and its own and the official assets; operators may use everything."""

    def __init__(self, owners: Owners, catalog: Callable[[], Catalog]) -> None:
        self._owners = owners
        self._catalog = catalog

    def foreign(self, scope: Scope, media: Sequence[str]) -> list[str]:
        """Return which media the caller may not use; the others count as just used.

        Raises:
            MediaCondemnedError: the garbage collector is removing one of them.
        """
        owned = self._owners.use(scope.owner, media, time.time())
        rest = [one for one in media if one not in owned]
        if not rest:
            return []
        held = set(rest) if scope.operates else self._catalog().assets.held(scope.owner, rest)
        self._owners.spare(held)
        return [one for one in rest if one not in held]

    def check(self, scope: Scope, named: Iterable[tuple[str, str]], *, source: str) -> None:
        """Check that a document names only media that the caller may use.

        Args:
            scope: The caller.
            named: (document path, hash) of the stored media that the document names.
            source: How messages refer to the document.

        Raises:
            DocumentError: it names others.
            MediaCondemnedError: the garbage collector is removing one of them.
        """
        places = list(named)
        if not places:
            return
        foreign = set(self.foreign(scope, sorted({sha256 for _, sha256 in places})))
        if problems := not_yours(places, foreign):
            raise DocumentError(problems, source=source)


def not_yours(named: Iterable[tuple[str, str]], foreign: Collection[str]) -> list[Problem]:
    """Return a problem for each place that names media which are absent or another tenant's; they read the same."""
    return [
        Problem(
            path, f"no media sha256:{sha256} of yours are stored; upload the file (PUT /v1/blobs/{sha256})"
        )
        for path, sha256 in named
        if sha256 in foreign
    ]
