"""Assets of the library, on the catalog."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from farm.contract.assets import (
    AddedAsset,
    AddedAssets,
    Asset,
    AssetArrival,
    AssetChange,
    AssetDetails,
    AssetFile,
    AssetPage,
    AssetService,
    AssetSignature,
    FoundAsset,
    NearAsset,
)
from farm.contract.scope import Scope
from farm.errors import ConflictError, DocumentError, MissingError, Problem
from farm.journal.quotas import Quotas
from farm.services.asset_query import wanted
from farm.services.asset_search import search
from farm.services.library_media import Media
from farm_catalog.asset_entry import OFFICIAL, Arrival, AssetEntry, Wanted
from farm_catalog.catalog import Catalog

OpenCatalog = Callable[[], Catalog]

NEAREST: Final = 40
"""Number of assets per fingerprint space that are compared point by point."""
SIGNATURES: Final = ("sketch.bin", "reel.bin")
"""Files of the signatures by which pictures and clips are recognised."""
MOST: Final = 1000
"""Maximum entries per response."""


class CatalogAssets(AssetService):
    """Assets as recorded in the catalog."""

    def __init__(
        self, catalog: OpenCatalog, media: Media, quotas: Quotas | None, arrived: Callable[[], None]
    ) -> None:
        self._catalog = catalog
        self._media = media
        self._quotas = quotas
        self._arrived = arrived

    def add(self, scope: Scope, *, arrivals: Sequence[AssetArrival]) -> AddedAssets:
        """See the contract."""
        owner = scope.owner
        self.check_quota(scope, more=len(arrivals))
        given = [
            Arrival(
                sha256=one.sha256,
                size_bytes=self._media.keep_blob(one.sha256),
                owner=owner,
                name=one.name or one.sha256[:12],
                tags=one.tags,
                licence=one.licence,
                source=one.source,
                product=one.product,
            )
            for one in arrivals
        ]
        assets = self._catalog().assets
        # An owner must not learn whether others have the same content.
        had = {one.sha256 for one in given if assets.get(one.sha256, owner) is not None}
        if any(assets.add(given)):
            self._arrived()
        seen: set[str] = set()
        added = []
        for one in given:
            fresh = one.sha256 not in had | seen
            added.append(AddedAsset(sha256=one.sha256, name=one.name, fresh=fresh))
            seen.add(one.sha256)
        return AddedAssets(assets=added)

    def check_quota(self, scope: Scope, *, more: int) -> None:
        """See the contract; the official library has no quota."""
        if self._quotas is not None and scope.owner != OFFICIAL:
            have = self._catalog().assets.held_count(scope.owner)
            self._quotas.check_assets(scope.owner, have, more)

    def page(
        self,
        scope: Scope,
        *,
        limit: int = 100,
        offset: int = 0,
        q: str = "",
        kind: str = "",
        orientation: str = "",
        state: str = "",
        product: str = "",
        tags: list[str] | None = None,
        where: list[str] | None = None,
    ) -> AssetPage:
        """See the contract.

        Raises:
            DocumentError: a filter is invalid, or there is no word to search for.
        """
        want = wanted(
            scope.owner_seen,
            kind=kind,
            orientation=orientation,
            state=state,
            product=product,
            tags=tags or (),
            where=where or (),
        )
        if q.strip():
            found = [
                FoundAsset(**values_of(hit.entry), score=hit.score, reasons=hit.reasons)
                for hit in search(self._catalog().assets, scope.owner_seen, q, want, limit)
            ]
            return AssetPage(assets=found, total=len(found))
        assets = self._catalog().assets
        entries = assets.page(want, min(limit, MOST), offset)
        return AssetPage(assets=[FoundAsset(**values_of(one)) for one in entries], total=assets.count(want))

    def show(self, scope: Scope, *, name: str) -> AssetDetails:
        """See the contract."""
        return _details(self._get(scope.owner_seen, name))

    def change(self, scope: Scope, *, name: str, change: AssetChange) -> AssetDetails:
        """See the contract."""
        sha256 = self._get(scope.owner, name).sha256
        changes = change.model_dump(exclude_none=True)
        if not self._catalog().assets.change(sha256, scope.owner, **changes):
            raise MissingError("asset", name, detail=f"of {scope.owner}")
        return _details(self._get(scope.owner, sha256))

    def remove(self, scope: Scope, *, name: str) -> None:
        """See the contract."""
        sha256 = self._get(scope.owner, name).sha256
        if not self._catalog().assets.drop(sha256, scope.owner):
            raise MissingError("asset", name, detail=f"of {scope.owner}")

    def file(self, scope: Scope, *, name: str, file: str) -> AssetFile:
        """See the contract."""
        text = _bare(name)
        found = self._catalog().assets.files(text, file, scope.owner_seen) if text else []
        _check_clear(name, [one.sha256 for one in found])
        if not found:
            raise MissingError("asset", name)
        (one,) = found
        if one.blob is None or one.suffix is None:
            raise MissingError("file", file, detail=f"of asset {name}")
        return AssetFile(one.sha256, one.name, one.blob, one.suffix)

    def signature(self, scope: Scope, *, name: str) -> AssetSignature:
        """See the contract."""
        entry = self._get(scope.owner_seen, name)
        for file in SIGNATURES:
            if file in entry.files:
                return AssetSignature(entry.sha256, *entry.files[file])
        message = f"`{name}` has no fingerprint: it is a sound, is damaged, or has not been analysed yet"
        raise DocumentError([Problem("asset", message)], source="query")

    def near(
        self, scope: Scope, *, fingerprints: Mapping[str, Sequence[Sequence[float]]], without: str = ""
    ) -> list[NearAsset]:
        """See the contract."""
        catalog, owner = self._catalog().assets, scope.owner_seen
        found: set[str] = set()
        for space, vectors in fingerprints.items():
            nearest = catalog.nearness().find(space, vectors, owner, NEAREST, without=without)
            found.update(one.sha256 for one in nearest)
        if not found:
            return []
        page = catalog.page(Wanted(owner=owner, sha256=tuple(sorted(found))), MOST, 0)
        entries = {one.sha256: one for one in sorted(page, key=lambda one: one.owner == owner)}
        return [
            NearAsset(asset=Asset(**values_of(entry)), blob=entry.files[file][0], suffix=entry.files[file][1])
            for entry in entries.values()
            for file in SIGNATURES
            if file in entry.files
        ]

    def resolve(self, owner: str | None, name: str) -> str | None:
        """Return the hash of the asset that a name refers to; None if there is none.

        Raises:
            ConflictError: the name is ambiguous.
        """
        text = _bare(name)
        found = self._catalog().assets.resolve(text, owner) if text else []
        _check_clear(name, found)
        return found[0] if found else None

    def _get(self, owner: str | None, name: str) -> AssetEntry:
        sha256 = self.resolve(owner, name)
        entry = self._catalog().assets.get(sha256, owner) if sha256 else None
        if entry is None:
            raise MissingError("asset", name)
        return entry


def values_of(entry: AssetEntry) -> dict[str, Any]:
    """Return the fields of the contract's :class:`Asset` from a catalog entry."""
    return {
        "sha256": entry.sha256,
        "owner": entry.owner,
        "name": entry.name,
        "kind": entry.kind.value if entry.kind else None,
        "state": entry.state,
        "problem": entry.problem,
        "width_px": entry.width_px,
        "height_px": entry.height_px,
        "orientation": entry.orientation,
        "duration_s": round(entry.duration_s, 3),
        "rate": entry.rate,
        "has_sound": entry.has_sound,
        "has_alpha": entry.has_alpha,
        "size_bytes": entry.size_bytes,
        "tags": list(entry.tags),
        "seen": list(entry.seen),
        "licence": entry.licence,
        "source": entry.source,
        "product": entry.product,
        "added_at_s": entry.added_at_s,
        "facts": dict(entry.facts),
        "slices": [
            {
                "start_s": float(one.start_s),
                "stop_s": float(one.stop_s),
                "keyframe": one.keyframe,
                "facts": dict(one.facts),
            }
            for one in entry.slices
        ],
        "files": sorted(entry.files),
    }


def _details(entry: AssetEntry) -> AssetDetails:
    return AssetDetails(**values_of(entry), findings=dict(entry.findings))


def _bare(name: str) -> str:
    return name.strip().removeprefix("sha256:")


def _check_clear(name: str, found: Sequence[str]) -> None:
    if len(found) > 1:
        some = ", ".join(one[:12] for one in found[:5])
        raise ConflictError(f"`{name}` matches several assets ({some}, …); give more of the hash")
