"""Declarative templates: a style, and the script, music, opening, interludes and ending that go with it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from farm.model.document import Document, MediaRef
from farm.model.script import ShotRole, Tag, Tone

TEMPLATE_NAME = r"^[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*$"


class PresetShot(Document):
    """A shot that a template adds if a script has none with its role."""

    words: str = Field(
        "",
        max_length=200,
        description="Text on screen; {name}, {tagline}, … are replaced by the product's facts.",
    )
    label: str = Field("", max_length=60, description="A few words above the text.")
    layout: str | None = Field(None, max_length=40, description="Its layout, by the engine's name for it.")
    seconds: float | None = Field(None, ge=0.5, le=30, description="How long.")


class Interlude(PresetShot):
    """A shot inserted between others at intervals."""

    every: int = Field(3, ge=2, le=20, description="Number of shots between interludes.")


class TemplateDocument(Document):
    """How a script becomes a video."""

    name: str = Field(pattern=TEMPLATE_NAME, max_length=80, description="As `shop.fresh`.")
    title: str = Field("", max_length=120, description="Display name.")
    summary: str = Field("", max_length=300, description="What it is suited for.")
    categories: list[Tag] = Field(
        [], max_length=20, description="Categories of products that it suits; none means all."
    )
    tones: list[Tone] = Field([], max_length=6, description="Tones of scripts that it suits; none means all.")
    engine: str = Field("retail.story", max_length=100, description="The template of a plugin that draws it.")
    style: dict[str, Any] = Field({}, description="The engine's style; see `farm templates ENGINE`.")
    script: str = Field("", max_length=120, description="The script to use if none is specified.")
    music: MediaRef | None = Field(
        None, description="Music if none is specified: a starter track, or sha256:…."
    )
    logo: MediaRef | None = Field(None, description="The shop's logo.")
    cta: str = Field("", max_length=60, description="Call to action of the last shot.")
    cover: PresetShot | None = Field(None, description="Opening for scripts that have none.")
    interlude: Interlude | None = Field(None, description="A shot inserted between others at intervals.")
    outro: PresetShot | None = Field(None, description="Ending for scripts that have none.")
    assets: dict[ShotRole, Annotated[list[MediaRef], Field(max_length=12)]] = Field(
        {}, description="Its own pictures and clips, by the role of the shots that may show them."
    )
