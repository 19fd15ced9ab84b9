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
        "", max_length=200, description="What it says; {name}, {tagline}, … stand for the product."
    )
    label: str = Field("", max_length=60, description="A few words above them.")
    layout: str | None = Field(None, max_length=40, description="Its arrangement, as the engine names it.")
    seconds: float | None = Field(None, ge=0.5, le=30, description="How long.")


class Interlude(PresetShot):
    """A shot inserted between others at intervals."""

    every: int = Field(3, ge=2, le=20, description="After so many shots of the middle.")


class TemplateDocument(Document):
    """How a script becomes a video."""

    name: str = Field(pattern=TEMPLATE_NAME, max_length=80, description="As `shop.fresh`.")
    title: str = Field("", max_length=120, description="What it is called, for people.")
    summary: str = Field("", max_length=300, description="What it is good for.")
    categories: list[Tag] = Field(
        [], max_length=20, description="Kinds of goods that it suits; none means all."
    )
    tones: list[Tone] = Field([], max_length=6, description="Tones of scripts that it suits; none means all.")
    engine: str = Field("retail.story", max_length=100, description="The template of a plugin that draws it.")
    style: dict[str, Any] = Field({}, description="The engine's style; see `farm templates ENGINE`.")
    script: str = Field("", max_length=120, description="The script to start from where none is named.")
    music: MediaRef | None = Field(
        None, description="Music where none is named: a starter track, or sha256:…."
    )
    logo: MediaRef | None = Field(None, description="The shop's logo.")
    cta: str = Field("", max_length=60, description="Call to action of the last shot.")
    cover: PresetShot | None = Field(None, description="Opening where a script has none.")
    interlude: Interlude | None = Field(None, description="What comes between the shots of the middle.")
    outro: PresetShot | None = Field(None, description="Ending where a script has none.")
    assets: dict[ShotRole, Annotated[list[MediaRef], Field(max_length=12)]] = Field(
        {}, description="Pictures and clips of its own, by the role of the shots that may show them."
    )
