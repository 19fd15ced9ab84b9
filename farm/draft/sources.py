"""What a clip shows: one compiler a kind of clip.

A new kind is a document and a source in `farm.model`, a case of `source_of` here, and a case of
`farm.render.drawn.drawn_picture`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final, assert_never

from farm.draft.added_fonts import with_added_fonts
from farm.draft.legibility import Lettering
from farm.draft.looks import paint_of, shape_look_of, text_look_of, text_style_of
from farm.draft.stage import Stage
from farm.model.asset import Asset, MediaKind
from farm.model.clip_document import (
    ColorClip,
    ImageClip,
    ShapeClip,
    SourceClip,
    StickerClip,
    TextClip,
    VideoClip,
)
from farm.model.look import ShapeLook, TextLook
from farm.model.timebase import parse_seconds
from farm.model.timeline import (
    AssetSource,
    Box,
    ImageSource,
    ShapeSource,
    Source,
    StickerSource,
    TextSource,
    VideoSource,
)
from farm.plugins.resolve import resolve

_STICKER_LOOK: Final = TextLook(("Outfit",), 40.0, 10.0)
"""For checking characters only: stickers choose their own look, and every look covers the same characters."""


def source_of(stage: Stage, clip: SourceClip, box: Box, path: str) -> Source | None:
    """Return what a clip shows in its box; None if that is invalid, which is then recorded as a problem."""
    match clip:
        case ImageClip():
            return _picture(stage, clip.src, f"{path}.src")
        case VideoClip():
            return _video(stage, clip, path)
        case TextClip():
            return _text(stage, clip, box, path)
        case ShapeClip():
            return ShapeSource(shape_look_of(clip, box.width, box.height, stage.short, path, stage.problems))
        case ColorClip():
            return _color(stage, clip, path)
        case StickerClip():
            return _sticker(stage, clip, path)
        case _:
            assert_never(clip)


def _video(stage: Stage, clip: VideoClip, path: str) -> VideoSource | None:
    asset = _asset(stage, clip.src, f"{path}.src", MediaKind.VIDEO)
    if asset is None:
        return None
    return VideoSource(asset, parse_seconds(clip.in_, stage.rate), Fraction(repr(clip.speed)))


def _text(stage: Stage, clip: TextClip, box: Box, path: str) -> TextSource:
    added = frozenset(one.family for one in stage.fonts)
    style = text_style_of(stage.registry, clip.style, clip.look, path, stage.problems, added)
    plain = text_look_of(style, stage.short, path, stage.problems, added)
    look = with_added_fonts(plain, clip.text, stage.fonts)
    stage.letterings.append(Lettering(path, clip.text, look, box))
    return TextSource(clip.text, look)


def _color(stage: Stage, clip: ColorClip, path: str) -> ShapeSource | None:
    try:
        return ShapeSource(ShapeLook("rect", paint_of(clip.color)))
    except ValueError as error:
        stage.problem(f"{path}.color", str(error))
        return None


def _sticker(stage: Stage, clip: StickerClip, path: str) -> StickerSource | AssetSource | None:
    if (clip.sticker is None) == (clip.src is None):
        stage.problem(path, "give exactly one of `sticker` (a name) and `src` (an image)")
        return None
    if clip.src is not None:
        return _picture(stage, clip.src, f"{path}.src")
    assert clip.sticker is not None
    ref, problems = resolve(
        stage.registry.stickers,
        clip.sticker.name,
        clip.sticker.params,
        f"{path}.sticker",
        "sticker",
        stage.assets,
    )
    stage.problems.extend(problems)
    for name, value in ref.params if ref else ():
        if isinstance(value, str):
            stage.letterings.append(Lettering(f"{path}.sticker.{name}", value, _STICKER_LOOK, None))
    return StickerSource(ref) if ref else None


def _picture(stage: Stage, reference: str, path: str) -> AssetSource | None:
    """Return a picture as a source; an animated picture plays like a video clip."""
    asset = stage.assets.get(str(reference))
    if asset is not None and asset.animated:
        return VideoSource(asset)
    asset = _asset(stage, reference, path, MediaKind.IMAGE)
    return ImageSource(asset) if asset else None


def _asset(stage: Stage, reference: str, path: str, kind: MediaKind) -> Asset | None:
    asset = stage.assets.get(str(reference))
    if asset is None:
        return None  # reported when it was bound
    if asset.kind is not kind:
        stage.problem(path, f"`{reference}` is {_article(asset.kind)}, not {_article(kind)}")
        return None
    return asset


def _article(kind: MediaKind) -> str:
    return {MediaKind.IMAGE: "a picture", MediaKind.VIDEO: "a clip", MediaKind.AUDIO: "a sound"}[kind]
