"""Assets of the library: add, list, search, show, change, remove, compare, fetch files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field, model_validator

from farm.contract.model import PRINTABLE, Order, Result
from farm.contract.operation import Alias, operation
from farm.contract.scope import Scope
from farm.model.access import Role

Text = Annotated[str, Field(max_length=300, pattern=PRINTABLE)]
Tag = Annotated[str, Field(min_length=1, max_length=60, pattern=PRINTABLE)]
AssetName = Annotated[
    str, Field(min_length=1, max_length=300, description="A hash, a hash prefix, or a name.")
]
Fact = bool | int | float | str


@dataclass(frozen=True, slots=True)
class AssetArrival:
    """Content to add to the library, which has been uploaded."""

    sha256: str
    """Its hash."""
    name: str = ""
    """Its name; the beginning of the hash if empty."""
    tags: tuple[str, ...] = ()
    """Tags for what it shows."""
    licence: str = ""
    """Its licence, as its owner states it."""
    source: str = ""
    """Its source: a path or URL."""
    product: str = ""
    """The shop's id of the product that it shows."""


@dataclass(frozen=True, slots=True)
class AssetFile:
    """Where the content of an asset, or a file derived from it, is stored."""

    sha256: str
    """The asset's hash."""
    name: str
    """The owner's name for the asset."""
    blob: str
    """The hash under which the file is stored."""
    suffix: str
    """The suffix under which it is stored."""


@dataclass(frozen=True, slots=True)
class AssetSignature:
    """The signature file by which an asset is recognised."""

    sha256: str
    """The asset's hash."""
    blob: str
    """The hash under which its signature is stored."""
    suffix: str
    """The suffix under which it is stored."""


class AddedAsset(Result):
    """An asset that was added."""

    sha256: str
    name: str
    fresh: bool = Field(description="Whether it is new to its owner.")


class AddedAssets(Result):
    """The assets that were added, in the order of the request."""

    assets: list[AddedAsset]


class AssetSlice(Result):
    """A usable range of a clip."""

    start_s: float
    stop_s: float
    keyframe: str = Field(description="Name of the file of its keyframe.")
    facts: dict[str, Fact]


class AssetFindings(Result):
    """The findings of one analyser."""

    version: int
    findings: dict[str, Any] = Field(description="Described by the analyser's schema (`GET /v1/elements`).")
    problem: str
    cpu_s: float


class Asset(Result):
    """An asset as one of its owners sees it."""

    sha256: str
    owner: str
    name: str
    kind: Literal["image", "video", "audio"] | None = Field(description="Null until it has been analysed.")
    state: Literal["arriving", "ready", "damaged"]
    problem: str
    width_px: int
    height_px: int
    orientation: str
    duration_s: float
    rate: str
    has_sound: bool
    has_alpha: bool
    size_bytes: int
    tags: list[str]
    seen: list[str] = Field(description="Tags that analysers gave it.")
    licence: str
    source: str
    product: str
    added_at_s: float
    facts: dict[str, Fact]
    slices: list[AssetSlice]
    files: list[str] = Field(description="Names of the files derived from it.")


class AssetDetails(Asset):
    """An asset with all findings about it."""

    findings: dict[str, AssetFindings]


class FoundAsset(Asset):
    """An asset of a list; with a score and reasons if it was searched for."""

    score: float | None = None
    reasons: list[str] | None = None


class AssetPage(Result):
    """Assets, newest first; best match first if they were searched for."""

    assets: list[FoundAsset]
    total: int


class NearAsset(Result):
    """An asset with similar fingerprints, and the signature file for comparing it point by point."""

    asset: Asset
    blob: str
    suffix: str


class SimilarAsset(Asset):
    """An asset with the same content."""

    score: float = Field(description="From 0 to 1.")
    same: bool = Field(description="Whether it is the same picture or clip, edited or not.")
    reasons: list[str]


class SimilarAssets(Result):
    """Assets with the same content, best match first."""

    assets: list[SimilarAsset]


class NewAsset(Order):
    """An asset to add: uploaded content, or the content of a URL."""

    sha256: str | None = Field(None, pattern=r"^[0-9a-f]{64}$", description="Uploaded content, by its hash.")
    url: str | None = Field(None, max_length=2000, description="Or an http(s) URL.")
    name: Text = Field("", description="Its name.")
    tags: list[Tag] = Field([], max_length=50)
    licence: Text = ""
    product: Text = Field("", description="The shop's id of the product that it shows.")

    @model_validator(mode="after")
    def _one_place(self) -> NewAsset:
        if (self.sha256 is None) == (self.url is None):
            raise ValueError("give `sha256` or `url`")
        return self


class NewAssets(Order):
    """Assets to add."""

    assets: list[NewAsset] = Field(min_length=1, max_length=200)


class LikeWhat(Order):
    """What to search for: what an asset shows, or an uploaded picture."""

    asset: Text | None = Field(None, description="An asset: its hash, a prefix of it, or its name.")
    sha256: str | None = Field(
        None, pattern=r"^[0-9a-f]{64}$", description="Or an uploaded picture, by its hash."
    )
    limit: int = Field(20, ge=1, le=40, description="Maximum number of results.")

    @model_validator(mode="after")
    def _one_thing(self) -> LikeWhat:
        if (self.sha256 is None) == (self.asset is None):
            raise ValueError("give `asset` or `sha256`")
        return self


class AssetChange(Order):
    """Changes to an asset's metadata; omitted fields are kept."""

    name: Text | None = None
    tags: list[Tag] | None = Field(None, max_length=50)
    licence: Text | None = None
    product: Text | None = None


class AssetService(Protocol):
    """Assets of the library.

    Methods about one asset raise MissingError if there is none of that name, and ConflictError if the name is
    ambiguous.
    """

    def add(self, scope: Scope, *, arrivals: Sequence[AssetArrival]) -> AddedAssets:
        """Add assets whose content has been uploaded; new content is analysed by jobs of the farm.

        Raises:
            StoreError: the content of one was not uploaded; none is added.
            QuotaError: the owner would have too many.
        """

    def check_quota(self, scope: Scope, *, more: int) -> None:
        """Check the owner's quota of assets before anything is fetched for it.

        Raises:
            QuotaError: there would be too many.
        """

    @operation("GET", "/v1/assets", tag="assets", library=True)
    def page(
        self,
        scope: Scope,
        *,
        limit: Annotated[int, Field(ge=1, le=1000)] = 100,
        offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0,
        q: Annotated[str, Field(max_length=300, description="Words to search for, English or Chinese.")] = "",
        kind: Annotated[str, Field(max_length=20)] = "",
        orientation: Annotated[str, Field(max_length=20)] = "",
        state: Annotated[str, Field(max_length=20)] = "",
        product: Annotated[str, Field(max_length=300)] = "",
        tags: Annotated[
            list[str] | None,
            Field(max_length=20, description="With this tag, whether given or detected."),
            Alias("tag"),
        ] = None,
        where: Annotated[list[str] | None, Field(max_length=20, description="As `sharpness>0.5`.")] = None,
    ) -> AssetPage:
        """List assets, newest first; with `q` best match first, with scores and reasons."""

    @operation("GET", "/v1/assets/{name}", tag="assets", library=True)
    def show(self, scope: Scope, *, name: AssetName) -> AssetDetails:
        """Show an asset with all findings about it."""

    @operation("PATCH", "/v1/assets/{name}", tag="assets", role=Role.SUBMIT, library=True)
    def change(self, scope: Scope, *, name: AssetName, change: AssetChange) -> AssetDetails:
        """Change an asset's metadata."""

    @operation("DELETE", "/v1/assets/{name}", tag="assets", role=Role.SUBMIT, status=204, library=True)
    def remove(self, scope: Scope, *, name: AssetName) -> None:
        """Remove an asset; 409 while works use it."""

    def file(self, scope: Scope, *, name: str, file: str) -> AssetFile:
        """Return where a file derived from an asset is stored; its content if ``file`` is empty."""

    def signature(self, scope: Scope, *, name: str) -> AssetSignature:
        """Return the signature file by which an asset is recognised.

        Raises:
            DocumentError: it has not been analysed yet, is damaged, or is a sound.
        """

    def near(
        self, scope: Scope, *, fingerprints: Mapping[str, Sequence[Sequence[float]]], without: str = ""
    ) -> list[NearAsset]:
        """Return assets with fingerprints near the given vectors, by space, except the asset ``without``."""
