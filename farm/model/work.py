"""Works: a script, what each of its shots shows, a template, and the user's changes."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from farm.model.document import Document, MediaRef
from farm.model.output_document import OutputDocument
from farm.model.script import Language, ProductDocument, ShotRole, Tag, Tone, WishDocument
from farm.model.template_document import TemplateDocument

Sha256: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="An asset's name.")]
ShotId: TypeAlias = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]


class ShowDocument(Document):
    """What a shot shows."""

    asset: Sha256
    kind: Literal["image", "video"] = Field(description="The asset.")
    start_s: float = Field(0.0, ge=0, description="Start in the clip.")
    stop_s: float | None = Field(None, gt=0, description="End in the clip; the clip's end if left out.")
    near: float = Field(1.0, ge=1, le=4, description="Magnification relative to the usual view.")

    @model_validator(mode="after")
    def _forward(self) -> ShowDocument:
        if self.stop_s is not None and self.stop_s <= self.start_s:
            raise ValueError(f"ends at {self.stop_s:g} s, before it begins at {self.start_s:g} s")
        return self


class WorkShot(Document):
    """One shot of a work."""

    id: ShotId = Field(description="Its id, kept when shots are moved.")
    role: ShotRole = Field(description="Purpose of the shot.")
    words: str = Field("", max_length=200, description="Text on screen.")
    label: str = Field("", max_length=60, description="A few words above the text.")
    wish: WishDocument = Field(
        default_factory=lambda: WishDocument.model_validate({}), description="What it should preferably show."
    )
    show: ShowDocument | None = Field(None, description="The material that it shows; text only if left out.")
    layout: str | None = Field(
        None, max_length=40, description="Its layout; the template's choice if left out."
    )
    seconds: float | None = Field(None, ge=0.5, le=30, description="Duration set by the user.")
    length_s: float = Field(2.0, ge=0.4, le=60, description="Duration.")
    by: Literal["cut", "hand"] = Field("cut", description="Who chose its material.")
    why: str = Field("", max_length=600, description="Why this material was chosen.")


class MusicDocument(Document):
    """The music of a work."""

    ref: MediaRef = Field(description="A starter track, or sha256:….")
    beats_s: list[float] = Field([], max_length=4000, description="Times of its beats, if known.")


class WorkDocument(Document):
    """A user's project."""

    name: str = Field(min_length=1, max_length=200, description="Its name.")
    script: str = Field("", max_length=160, description="The script that it was made from, as NAME@VERSION.")
    language: Language = Field("en", description="Its language.")
    tone: Tone = Field("plain", description="Its tone.")
    category: Tag | None = Field(None, description="Category of the product.")
    product: ProductDocument | None = Field(None, description="The product.")
    template: TemplateDocument = Field(description="The template, as of when it was chosen.")
    template_version: int = Field(0, ge=0, description="The template's version.")
    pool: list[Sha256] = Field([], max_length=500, description="The assets that it may show, best first.")
    shots: list[WorkShot] = Field(min_length=1, max_length=60, description="In order.")
    music: MusicDocument | None = Field(None, description="The music.")
    cta: str = Field("", max_length=60, description="Call to action; the template's if left out.")
    seconds: float | None = Field(None, ge=3, le=300, description="Preferred duration.")
    seed: int = Field(0, ge=0, description="Seed of the cut.")
    platform: str = Field("", max_length=60, description="The platform for which it is made.")
    output: OutputDocument = Field(
        default_factory=lambda: OutputDocument.model_validate({"variants": 4}),
        description="The file to make.",
    )
    notes: list[Annotated[str, Field(max_length=600)]] = Field(
        [], max_length=60, description="What the cut could not satisfy."
    )

    @model_validator(mode="after")
    def _own_names(self) -> WorkDocument:
        seen: set[str] = set()
        for shot in self.shots:
            if shot.id in seen:
                raise ValueError(f"two shots have the id `{shot.id}`")
            seen.add(shot.id)
        return self

    @property
    def assets(self) -> tuple[str, ...]:
        """All assets that it uses, each once."""
        shown = [shot.show.asset for shot in self.shots if shot.show is not None]
        refs = [self.music.ref if self.music else None, self.template.logo, self.template.music]
        refs += [one for kept in self.template.assets.values() for one in kept]
        named = [ref.removeprefix("sha256:") for ref in refs if ref is not None and ref.startswith("sha256:")]
        return tuple(dict.fromkeys([*shown, *named]))
