"""Functions of colours, areas, photos, lines of text and time."""

from __future__ import annotations

from typing import Any, Final

from farm.language import framing
from farm.language.area import Area
from farm.language.fault import ExpressionError
from farm.language.function_table import function, timed
from farm.language.pacing import cuts
from farm.language.scope import MAX_NUMBER, Frame
from farm.language.theme import readable_on, theme_of
from farm.language.typesetting import measured, run_px, stacked
from farm.model.color import BLACK, WHITE, Color, parse_color
from farm.plugins.template import Photo

MAX_LINE: Final = 2_000
"""The most characters of a line, as of a text clip."""
MIN_TYPE_PX: Final = 1.0
MAX_TYPE_PX: Final = 4_000
"""Font sizes that can be measured."""

# Colours


@function("color(text: text) -> color", "The colour of a name or of #rrggbb.")
def _color(text: str) -> Color:
    try:
        return parse_color(text[:40])
    except ValueError as error:
        raise ExpressionError(str(error)) from None


@function(
    "mix(one: color, other: color, share: number) -> color", "The colour a share of the way to another."
)
def _mix(one: Color, other: Color, share: float) -> Color:
    return one.mixed(other, min(1.0, max(0.0, share)))


@function("lighten(one: color, share: number) -> color", "The colour a share of the way to white.")
def _lighten(one: Color, share: float) -> Color:
    return one.mixed(WHITE, min(1.0, max(0.0, share)))


@function("darken(one: color, share: number) -> color", "The colour a share of the way to black.")
def _darken(one: Color, share: float) -> Color:
    return one.mixed(BLACK, min(1.0, max(0.0, share)))


@function("alpha(one: color, share: number) -> color", "The colour at a share of its opacity.")
def _alpha(one: Color, share: float) -> Color:
    return one.with_alpha(min(1.0, max(0.0, share)))


@function("contrast(one: color, other: color) -> number", "The contrast ratio, 1 to 21 (WCAG 2.2).")
def _contrast(one: Color, other: Color) -> float:
    return one.contrast(other)


@function("luminance(one: color) -> number", "The relative luminance, 0 to 1 (WCAG 2.2).")
def _luminance(one: Color) -> float:
    return one.luminance()


@function(
    "readable(on: color, wished: color) -> color",
    "`wished`, moved towards black or white until its contrast to `on` is 4.5.",
)
def _readable(on: Color, wished: Color) -> Color:
    return readable_on(on, wished)


@function(
    "theme(brand: color?, photos: [media]) -> theme",
    "Colour roles from the brand's colour or, without one, from the most vivid frequent colour of the first photos.",
)
def _theme(brand: Color | None, photos: list[Photo]) -> Any:
    return theme_of(brand, photos)


# Areas


def _sized(area: Area) -> Area:
    values = (area.x, area.y, area.width, area.height)
    if any(abs(value) > MAX_NUMBER for value in values):
        raise ExpressionError(f"a number is larger than {MAX_NUMBER:g}")
    return area


@function("area(x: px, y: px, width: px, height: px) -> area", "A rectangle.")
def _area(x: float, y: float, width: float, height: float) -> Area:
    return Area(x, y, width, height)


@function("inset(area: area, across: px, down: px) -> area", "The area without a margin on every side.")
def _inset(area: Area, across: float, down: float) -> Area:
    return _sized(area.inset(across, down))


@function(
    "between(area: area, top: px, bottom: px) -> area",
    "The part of an area between two heights of the canvas.",
)
def _between(area: Area, top: float, bottom: float) -> Area:
    return area.between(top, bottom)


@function(
    "fit(area: area, aspect: number, across: number = 0.5, down: number = 0.5) -> area",
    "The largest area of an aspect in another; `across` and `down` are the shares of spare room before it.",
)
def _fit(area: Area, aspect: float, across: float, down: float) -> Area:
    if aspect <= 0:
        raise ExpressionError("an aspect is above 0")
    return _sized(area.fitted(aspect, across, down))


# Photos


@function(
    "covers(photo: media, aspect: number) -> flag",
    "Whether a photo can fill an aspect without losing anything essential.",
)
def _covers(photo: Photo, aspect: float) -> bool:
    return framing.covers_well(photo, _positive(aspect))


@function(
    "card_aspect(photo: media, wished: number) -> number",
    "The aspect of a card for a photo, as close to `wished` as its subject allows.",
)
def _card_aspect(photo: Photo, wished: float) -> float:
    return framing.card_aspect(photo, _positive(wished))


@function(
    "seamless(photo: media) -> flag",
    "Whether a photo's backdrop can be continued around it in the colour of its border.",
)
def _seamless(photo: Photo) -> bool:
    return framing.seamless(photo)


@function(
    "crop(photo: media, aspect: number, zoom: number = 1, across: number = 0.5, down: number = 0.5) -> crop",
    "The part of a photo that an aspect shows, around a point in shares of its subject.",
)
def _crop(photo: Photo, aspect: float, zoom: float, across: float, down: float) -> Any:
    return framing.crop(photo, _positive(aspect), _positive(zoom), (across, down))


@function(
    "detail(photo: media, number: number) -> point",
    "A point worth a closer look, in shares of the photo's subject.",
)
def _detail(photo: Photo, number: float) -> Any:
    return framing.detail(photo, int(number))


def _positive(value: float) -> float:
    if value <= 0:
        raise ExpressionError("an aspect or magnification is above 0")
    return value


# Typesetting


def _weigh(frame: Frame, lines: list[dict[str, Any]]) -> None:
    """Count the steps that measuring text takes."""
    for line in lines:
        if len(line["text"]) > MAX_LINE:
            raise ExpressionError(f"a line has more than {MAX_LINE:,} characters")
        if not MIN_TYPE_PX <= line["size"] <= MAX_TYPE_PX or not 0 <= line["lines"] <= MAX_LINE:
            raise ExpressionError(
                f"a font size is {MIN_TYPE_PX:g} to {MAX_TYPE_PX:,} px, not {line['size']:g}"
            )
        frame.run.step(20 + len(line["text"]))


@timed(
    "stack(lines: [setting], area: area, align: left|center|right = 'left', down: number = 0.5) -> [placed]",
    "Lines stacked in an area, all scaled down together until they fit; blank ones are left out.",
)
def _stack(frame: Frame, lines: list[dict[str, Any]], area: Area, align: str, down: float) -> Any:
    _weigh(frame, lines)
    return stacked(lines, area, align, down)


@timed("measure(line: setting, width: px) -> extent", "The size of a line in a column.")
def _measure(frame: Frame, line: dict[str, Any], width: float) -> Any:
    _weigh(frame, [line])
    return measured(line, width)


@timed("run_width(line: setting) -> px", "The width of a line that is never broken.")
def _run_width(frame: Frame, line: dict[str, Any]) -> float:
    _weigh(frame, [line])
    return run_px(line)


# Time


@timed(
    "cuts(weights: [number], duration: s, tempo_bpm: number? = none, beat_offset: s = 0) -> [f]",
    "The frames at which shots of these weights begin, and the last one's end; on beats if there is a tempo.",
)
def _cuts(
    frame: Frame, weights: list[float], duration: float, tempo_bpm: float | None, beat_offset: float
) -> list[int]:
    if not weights or min(weights) <= 0:
        raise ExpressionError("weights are above 0, and there is at least one")
    if tempo_bpm is not None and not 1 <= tempo_bpm <= 1000:
        raise ExpressionError("a tempo is 1 to 1000 beats per minute")
    if not 0 < duration <= 3600:
        raise ExpressionError("a duration is above 0 and at most 3600 s")
    return cuts(weights, duration, frame.run.brief.rate, tempo_bpm, beat_offset)


@timed("frames(time: s) -> f", "A time in whole frames, one at least.")
def _frames(frame: Frame, time: float) -> int:
    return max(1, round(time * frame.run.fps))
