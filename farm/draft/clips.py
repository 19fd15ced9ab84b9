"""From clip documents to clips: placement, source, motion, effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, assert_never

from farm.draft.added_fonts import with_added_fonts
from farm.draft.curves import curve_of
from farm.draft.legibility import Lettering
from farm.draft.looks import paint_of, shape_look_of, text_look_of, text_style_of
from farm.errors import MAX_PROBLEMS, Problem
from farm.model.asset import Asset, MediaKind
from farm.model.clip_document import (
    ColorClip,
    ImageClip,
    MotionDocument,
    PictureDocument,
    ShapeClip,
    SourceClip,
    StickerClip,
    TextClip,
    VideoClip,
    VisualDocument,
)
from farm.model.curve import Curve
from farm.model.document import ElementDocument, length_px
from farm.model.font_file import FontFile
from farm.model.look import ShapeLook, TextLook
from farm.model.timebase import parse_seconds, to_frame
from farm.model.timeline import (
    Box,
    ElementRef,
    Fit,
    ImageSource,
    Motion,
    MotionKind,
    Placement,
    ShapeSource,
    Source,
    StickerSource,
    TextSource,
    VideoSource,
)
from farm.plugins.registry import Registry
from farm.plugins.resolve import resolve

MAX_CANVASES = 32
"""How far, in canvas sizes, a box may lie or extend from the canvas: enough for tickers, yet it catches typos."""

_STICKER_LOOK = TextLook(("Outfit",), 40.0, 10.0)
"""For checking characters only: stickers choose their own look, and every look covers the same characters."""

DEFAULT_MOTION = MotionDocument(kind="fade")


@dataclass(slots=True)
class Stage:
    """Inputs and collected results of compiling a timeline."""

    width: int
    """Canvas width in pixels."""
    height: int
    """Canvas height in pixels."""
    rate: Fraction
    """Frames per second."""
    assets: dict[str, Asset]
    """Bound media by reference."""
    registry: Registry
    """Elements by name."""
    problems: list[Problem] = field(default_factory=list)
    """Problems found so far."""
    warnings: list[str] = field(default_factory=list)
    """Parts of the document that cannot be rendered quite as written."""
    fonts: Sequence[FontFile] = ()
    """Font files added by the farm's operator."""
    letterings: list[Lettering] = field(default_factory=list)
    """The texts encountered so far."""

    @property
    def full(self) -> bool:
        """Whether as many problems are recorded as an error shows; looking for more only takes time."""
        return len(self.problems) >= MAX_PROBLEMS

    @property
    def short(self) -> int:
        """The canvas's shorter side."""
        return min(self.width, self.height)

    def problem(self, path: str, message: str) -> None:
        """Record a problem at a document path."""
        self.problems.append(Problem(path, message))

    def curve(
        self, clip: VisualDocument, name: str, path: str, whole: float, low: float, high: float
    ) -> Curve:
        """Return the curve of a clip's animated property."""
        value = getattr(clip, name)
        return curve_of(
            value,
            rate=self.rate,
            whole=whole,
            path=f"{path}.{name}",
            low=low,
            high=high,
            problems=self.problems,
        )

    def elements(self, values: list[ElementDocument], path: str) -> tuple[ElementRef, ...]:
        """Return the effects that a document names."""
        refs = []
        for index, value in enumerate(values):
            if self.full:
                break
            ref, problems = resolve(
                self.registry.effects, value.name, value.params, f"{path}[{index}]", "effect", self.assets
            )
            self.problems.extend(problems)
            if ref is not None:
                refs.append(ref)
        return tuple(refs)


def placement_of(stage: Stage, clip: VisualDocument, path: str) -> Placement:
    """Return the placement of a clip, including its animation curves."""
    box = _box(stage, clip, path)
    ax, ay = clip.anchor
    if not (-2 <= ax <= 3 and -2 <= ay <= 3):
        stage.problem(f"{path}.anchor", "out of range; allowed: -2 to 3, where 0 to 1 is inside the box")
    room_x, room_y = 4.0 * stage.width, 4.0 * stage.height
    common: dict[str, Any] = {
        "x": stage.curve(clip, "x", path, stage.width, -room_x, room_x),
        "y": stage.curve(clip, "y", path, stage.height, -room_y, room_y),
        "scale": stage.curve(clip, "scale", path, 1, 0, 20),
        "rotation_deg": stage.curve(clip, "rotation", path, 360, -36000, 36000),
        "opacity": stage.curve(clip, "opacity", path, 1, 0, 1),
    }
    if not isinstance(clip, PictureDocument):
        return Placement(box, Fit.CONTAIN, anchor_x=ax, anchor_y=ay, **common)
    return Placement(
        box,
        Fit(clip.fit),
        anchor_x=ax,
        anchor_y=ay,
        zoom=stage.curve(clip, "zoom", path, 1, 1, 10),
        focus_x=stage.curve(clip, "focus_x", path, 1, 0, 1),
        focus_y=stage.curve(clip, "focus_y", path, 1, 0, 1),
        radius_px=max(0.0, length_px(clip.radius, min(box.width, box.height))),
        **common,
    )


def _box(stage: Stage, clip: VisualDocument, path: str) -> Box:
    if clip.box is None:
        if isinstance(clip, TextClip):
            margin = 0.06 * stage.width
            return _even_box(margin, 0.0, stage.width - 2 * margin, stage.height)
        if isinstance(clip, StickerClip):
            side = 0.3 * stage.short
            return _even_box((stage.width - side) / 2, (stage.height - side) / 2, side, side)
        return Box(0, 0, stage.width, stage.height)
    x, width = (length_px(value, stage.width) for value in clip.box[::2])
    y, height = (length_px(value, stage.height) for value in clip.box[1::2])
    if width < 1 or height < 1:
        stage.problem(f"{path}.box", f"a box of {width:g}x{height:g} pixels is empty; make it at least 1x1")
        return Box(0, 0, 2, 2)
    across, down = MAX_CANVASES * stage.width, MAX_CANVASES * stage.height
    if width > across or height > down or abs(x) > across or abs(y) > down:
        stage.problem(f"{path}.box", f"the box extends more than {MAX_CANVASES} canvases away")
        return Box(0, 0, 2, 2)
    if width * height > 16 * stage.width * stage.height:
        stage.problem(f"{path}.box", "the box is larger than 16 canvases")
        return Box(0, 0, 2, 2)
    return _even_box(x, y, width, height)


def _even_box(x: float, y: float, width: float, height: float) -> Box:
    """Return the box rounded to even pixels, so that chroma samples stay aligned while it does not move."""
    left, top = 2 * round(x / 2), 2 * round(y / 2)
    right, bottom = 2 * round((x + width) / 2), 2 * round((y + height) / 2)
    return Box(left, top, max(2, right - left), max(2, bottom - top))


def source_of(stage: Stage, clip: SourceClip, placement: Placement, path: str) -> Source | None:
    """Return what a clip shows; None if that is invalid, which is then recorded as a problem."""
    box = placement.box
    match clip:
        case ImageClip():
            return _picture(stage, clip.src, f"{path}.src")
        case VideoClip():
            asset = _asset(stage, clip.src, f"{path}.src", MediaKind.VIDEO)
            if asset is None:
                return None
            return VideoSource(asset, parse_seconds(clip.in_, stage.rate), Fraction(repr(clip.speed)))
        case TextClip():
            added = frozenset(one.family for one in stage.fonts)
            style = text_style_of(stage.registry, clip.style, clip.look, path, stage.problems, added)
            plain = text_look_of(style, stage.short, path, stage.problems, added)
            look = with_added_fonts(plain, clip.text, stage.fonts)
            stage.letterings.append(Lettering(path, clip.text, look, box))
            return TextSource(clip.text, look)
        case ShapeClip():
            return ShapeSource(shape_look_of(clip, box.width, box.height, stage.short, path, stage.problems))
        case ColorClip():
            try:
                return ShapeSource(ShapeLook("rect", paint_of(clip.color)))
            except ValueError as error:
                stage.problem(f"{path}.color", str(error))
                return None
        case StickerClip():
            return _sticker(stage, clip, path)
        case _:
            assert_never(clip)


def _sticker(stage: Stage, clip: StickerClip, path: str) -> Source | None:
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


def _picture(stage: Stage, reference: str, path: str) -> Source | None:
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


def motion_of(
    stage: Stage, value: MotionDocument | None, fallback: str, frames: int, path: str
) -> Motion | None:
    """Return an entrance or exit; ``fallback`` is its kind if the clip specifies none."""
    motion = value
    if motion is None:
        if fallback == "none":
            return None
        motion = DEFAULT_MOTION.model_copy(update={"kind": fallback})
    if motion.kind == "none":
        return None
    length = to_frame(parse_seconds(motion.duration, stage.rate), stage.rate)
    delay = to_frame(parse_seconds(motion.delay, stage.rate), stage.rate)
    if length < 0 or delay < 0:
        stage.problem(path, "`duration` and `delay` cannot be negative")
        return None
    if value is None:
        length = min(length, frames // 3)
    distance = length_px(motion.distance, stage.height)
    return Motion(MotionKind(motion.kind), length, distance, delay) if length or delay else None
