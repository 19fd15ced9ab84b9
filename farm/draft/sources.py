"""What a clip shows: one compiler a kind of clip.

A new kind is a document and a source in `farm.model`, a case of `source_of` here, and a case of
`farm.render.drawn.drawn_picture`.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Final, assert_never

from farm.draft.legibility import Lettering
from farm.draft.looks import paint_of
from farm.draft.rich_texts import filled_text, rich_text_of, text_look
from farm.draft.shapes import progress_of, shape_of
from farm.draft.stage import Stage
from farm.model.asset import Asset, MediaKind
from farm.model.clip_document import (
    AdjustmentClip,
    ColorClip,
    CounterClip,
    ImageClip,
    ProgressClip,
    QrClip,
    ShapeClip,
    SourceClip,
    StickerClip,
    TextClip,
    VideoClip,
)
from farm.model.color import parse_color
from farm.model.curve import Curve, Keyframe
from farm.model.document import TimeValue
from farm.model.look import CodeLook, NumberForm, ShapeLook, Stroke, TextLook
from farm.model.placement import Box, Fit, Placement
from farm.model.source import (
    AdjustmentSource,
    AssetSource,
    CodeSource,
    CounterSource,
    ImageSource,
    ShapeSource,
    StickerSource,
    TextSource,
    VideoSource,
)
from farm.model.timebase import parse_seconds
from farm.model.timeline import Clip, GroupSource, Source, Track
from farm.plugins.resolve import resolve
from farm.render.element import LivelySticker

_STICKER_LOOK: Final = TextLook(("Outfit",), 40.0, 10.0)
"""For checking characters only: stickers choose their own look, and every look covers the same characters."""
_LIMIT: Final = 1e12
"""Largest number of a counter."""


def source_of(stage: Stage, clip: SourceClip, box: Box, frames: int, path: str) -> Source | None:
    """Return what a clip of a number of frames shows in its box; None if that is invalid, which is then recorded."""
    match clip:
        case ImageClip():
            return _picture(stage, clip.src, f"{path}.src")
        case VideoClip():
            return _video(stage, clip, path)
        case TextClip():
            return _text(stage, clip, box, frames, path)
        case ShapeClip():
            return shape_of(stage, clip, box, frames, path)
        case ColorClip():
            return _color(stage, clip, path)
        case StickerClip():
            return _sticker(stage, clip, path)
        case CounterClip():
            return _counter(stage, clip, box, frames, path)
        case ProgressClip():
            return _progress(stage, clip, box, frames, path)
        case QrClip():
            return _code(stage, clip, box, path)
        case AdjustmentClip():
            return AdjustmentSource()
        case _:
            assert_never(clip)


def _video(stage: Stage, clip: VideoClip, path: str) -> VideoSource | None:
    asset = _asset(stage, clip.src, f"{path}.src", MediaKind.VIDEO)
    if asset is None:
        return None
    in_s = parse_seconds(clip.in_, stage.rate)
    until_s = None
    if clip.reverse or clip.repeat:
        until_s = parse_seconds(clip.out, stage.rate) if clip.out is not None else asset.duration_s
    speed, ramp = speed_of(stage, clip, path)
    return VideoSource(asset, in_s, speed, ramp, until_s, clip.reverse, clip.repeat)


def speed_of(stage: Stage, clip: VideoClip, path: str) -> tuple[Fraction, Curve | None]:
    """Return a clip's constant speed, or its speed over its frames."""
    curve = stage.share(clip, "speed", path, 0, 20)
    if curve.is_constant:
        return Fraction(repr(curve.at(0))), None
    return Fraction(1), curve


def _text(stage: Stage, clip: TextClip, box: Box, frames: int, path: str) -> TextSource | GroupSource:
    look = text_look(stage, clip, clip.plain, path)
    rich = rich_text_of(stage, clip, look, frames, path)
    typed = struck = None
    if clip.typed is not None:
        typed = _share_curve(stage, clip.typed.delay, clip.typed.duration, clip.typed.ease, f"{path}.typed")
    if clip.struck is not None:
        line = clip.struck
        struck = _share_curve(stage, line.delay, line.duration, line.ease, f"{path}.struck")
        if line.color is not None:
            stroke = Stroke(parse_color(line.color), line.width_em * look.size_px)
            look = replace(look, strike_line=stroke)
    if rich is not None or look.rich:
        for name, value, instead in (
            ("typed", typed, "animate: [basics.type]"),
            ("struck", struck, "strike"),
        ):
            if value is not None:
                stage.problem(
                    f"{path}.{name}",
                    "does not go with runs, `animate`, `highlight`, or a look that is vertical, on an arc, stretched, "
                    f"slanted, underlined or has several outlines; use `{instead}` there",
                )
                return TextSource(clip.plain, look)
    stage.letterings.append(Lettering(path, clip.plain, look, box, rich=rich))
    text = TextSource(clip.plain, look, typed, struck, rich)
    return text if clip.picture is None else filled_text(stage, clip, text, box, frames, path)


def _share_curve(stage: Stage, delay: TimeValue, duration: TimeValue, ease: str, path: str) -> Curve | None:
    """Return a curve from 0 to 1 after a delay; None if its times are invalid, which is then recorded."""
    start, length = (float(parse_seconds(value, stage.rate) * stage.rate) for value in (delay, duration))
    if start < 0 or length <= 0:
        stage.problem(path, "`delay` must not be negative, and `duration` must be longer than 0")
        return None
    return Curve((Keyframe(start, 0.0, ease), Keyframe(start + length, 1.0)))


def _counter(stage: Stage, clip: CounterClip, box: Box, frames: int, path: str) -> CounterSource | None:
    if not _counter_is_written(stage, clip, path):
        return None
    value = stage.number(clip, "value", path, -_LIMIT, _LIMIT)
    form = NumberForm(clip.text, clip.decimals, clip.thousands, clip.point, clip.digits, clip.clock)
    ends = sorted({key.value for key in value.keys} | set(value.bounds(0, frames)))
    if clip.roll:
        if any(key.value < 0 for key in value.keys):
            stage.problem(
                f"{path}.value", "a rolling number does not go below 0; leave out `roll`, or end at 0"
            )
            return None
        # Between two values the higher one is rolling in; an easing that overshoots 0 is held there.
        steps = 10**clip.decimals
        ends = [math.ceil(max(0.0, end) * steps - 1e-6) / steps for end in ends]
    longest = max(
        (form.number(end) for end in ends), key=lambda text: (len(text), sum(map(str.isdigit, text)))
    )
    form = replace(form, widest_number="".join("0" if char.isdigit() else char for char in longest))
    text = clip.text.replace("{}", longest)
    look = text_look(stage, clip, text + "0123456789", path)
    stage.letterings.append(Lettering(path, text, look, box, form))
    return CounterSource(value, form, look, clip.roll)


def _counter_is_written(stage: Stage, clip: CounterClip, path: str) -> bool:
    """Whether a counter's number can be written as it says; what is wrong is recorded."""
    if clip.text.count("{}") != 1:
        stage.problem(f"{path}.text", "must contain {} exactly once: there the number stands")
    elif clip.text.splitlines() != [clip.text]:
        stage.problem(
            f"{path}.text",
            "a counter is one line; leave the line break out, or put other lines into a text clip",
        )
    elif any(char.isdigit() for char in clip.thousands):
        stage.problem(f"{path}.thousands", "separates digits, so that it cannot be a digit itself")
    elif any(char.isdigit() for char in clip.point):
        stage.problem(f"{path}.point", "separates digits, so that it cannot be a digit itself")
    elif clip.decimals and not clip.clock and clip.thousands and clip.thousands == clip.point:
        stage.problem(
            f"{path}.thousands",
            f"is `{clip.thousands}`, as `point` is, so that nobody can read the number; choose another for one of them",
        )
    elif clip.clock and clip.roll:
        stage.problem(f"{path}.roll", "a clock does not roll; leave out `roll` or `clock`")
    else:
        return True
    return False


def _progress(stage: Stage, clip: ProgressClip, box: Box, frames: int, path: str) -> GroupSource | None:
    shapes = progress_of(stage, clip, box, frames, path)
    placement = Placement(box, Fit.CONTAIN)
    tracks = (Track((Clip(shape, 0, frames, placement, path=path),), path=path) for shape in shapes)
    return GroupSource(tuple(tracks)) if shapes else None


def _code(stage: Stage, clip: QrClip, box: Box, path: str) -> CodeSource | None:
    # Loaded where a code is drawn: documents without one need no encoder.
    from farm.render.qr import modules_of

    dark, light = parse_color(clip.color), parse_color(clip.background)
    look = CodeLook(clip.text, dark, light, clip.correction, clip.quiet)
    try:
        count = len(modules_of(look)) + 2 * clip.quiet
    except ValueError as error:
        stage.problem(f"{path}.text", str(error))
        return None
    size = int(min(box.width, box.height)) // count
    if size < 1:
        stage.problem(f"{path}.box", f"is too small for the code; it needs at least {count}x{count} pixels")
        return None
    if size < MIN_MODULE_PX:
        stage.warnings.append(
            f"{path}: a module of the QR code is {size} px wide; phones read it more reliably from {MIN_MODULE_PX} px "
            f"({count * MIN_MODULE_PX} px in all): make its box larger or its text shorter"
        )
    # On paper; where the background is translucent, what is behind it also counts.
    seen = dark.mixed(light, 1 - dark.a / 255)
    contrast = seen.contrast(light)
    if contrast < NO_CONTRAST:
        stage.problem(
            f"{path}.color",
            f"has a contrast of {contrast:.1f} : 1 with `background`, on which no phone finds a QR code; readers need "
            f"{MIN_CONTRAST:g} : 1, as black on white has (21 : 1)",
        )
        return None
    if contrast < MIN_CONTRAST:
        stage.warnings.append(
            f"{path}: the QR code has a contrast of {contrast:.1f} : 1; some readers will not find it: make its "
            f"`color` darker or its `background` lighter, to at least {MIN_CONTRAST:g} : 1"
        )
    elif seen.luminance() > light.luminance():
        stage.warnings.append(
            f"{path}: the QR code is light on dark; some readers will not find it: give it a dark `color` on a light "
            "`background`"
        )
    if light.a < 255:
        stage.warnings.append(
            f"{path}: the background of the QR code is translucent, so that what is behind it decides whether readers "
            "find it; an opaque one is safe"
        )
    if clip.quiet < 4:
        stage.warnings.append(
            f"{path}: a QR code needs 4 modules of background around it; some readers will miss it"
        )
    return CodeSource(look)


MIN_MODULE_PX: Final = 4
"""Narrower modules of a QR code suffer from video compression."""
MIN_CONTRAST: Final = 4.0
"""Contrast that readers of QR codes need."""
NO_CONTRAST: Final = 2.0
"""Contrast below which no reader finds a QR code in a video."""


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
        rate=stage.rate,
    )
    stage.problems.extend(problems)
    for name, value in ref.params if ref else ():
        if isinstance(value, str):
            stage.letterings.append(Lettering(f"{path}.sticker.{name}", value, _STICKER_LOOK, None))
    if ref is None:
        return None
    kind = stage.registry.stickers[clip.sticker.name].value
    return StickerSource(ref, issubclass(kind, LivelySticker))


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
        stage.problem(path, f"`{reference}` is {asset.kind.called}, not {kind.called}")
        return None
    return asset
