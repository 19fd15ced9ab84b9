"""The functions of the language: all that an expression can call besides a template's own parts."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final

from farm.language import framing
from farm.language.area import Area
from farm.language.calls import ANY, ANY_UNIT, Function, function_of
from farm.language.fault import ExpressionError
from farm.language.pacing import cuts
from farm.language.records import RECORDS
from farm.language.scope import MAX_ITEMS, MAX_NUMBER, MAX_TEXT, Frame
from farm.language.theme import readable_on, theme_of
from farm.language.types import COLOR, FLAG, NUMBER, TEXT, Type
from farm.language.typesetting import measured, rolling, run_px, stacked
from farm.model.color import BLACK, WHITE, Color, parse_color
from farm.plugins.template import Photo
from farm.script.money import discount_percent, price
from farm.script.names import clean, columns, headline, is_chinese

NAMED: Final[dict[str, Type]] = {
    **RECORDS,
    "number": NUMBER,
    "text": TEXT,
    "flag": FLAG,
    "color": COLOR,
}
"""The types that every template may name."""
MAX_LINE: Final = 2_000
"""The most characters of a line, as of a text clip."""
MIN_TYPE_PX: Final = 1.0
MAX_TYPE_PX: Final = 4_000
"""Font sizes that can be measured."""
_IN_SIGNATURES: Final[dict[str, Type]] = {**NAMED, "unit": ANY_UNIT, "any": ANY}

FUNCTIONS: Final[dict[str, Function]] = {}
"""By name."""


def _function(notation: str, summary: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def add(run: Callable[..., Any]) -> Callable[..., Any]:
        def spread(_: Frame, args: list[Any]) -> Any:
            return run(*args)

        function = function_of(notation, summary, spread, _IN_SIGNATURES)
        FUNCTIONS[function.name] = function
        return run

    return add


def _timed(notation: str, summary: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Like ``_function``, for one that needs the frame rate."""

    def add(run: Callable[..., Any]) -> Callable[..., Any]:
        def spread(frame: Frame, args: list[Any]) -> Any:
            return run(frame, *args)

        function = function_of(notation, summary, spread, _IN_SIGNATURES)
        FUNCTIONS[function.name] = function
        return run

    return add


# Numbers


@_function("min(values: unit...) -> unit", "The smallest value.")
def _min(*values: float) -> float:
    return min(values)


@_function("max(values: unit...) -> unit", "The largest value.")
def _max(*values: float) -> float:
    return max(values)


@_function("clamp(value: unit, least: unit, most: unit) -> unit", "The value, at least `least` and at most `most`.")
def _clamp(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)


@_function(
    "round(value: unit, digits: number = 0) -> unit",
    "The value with so many decimals; halves to the even digit, as in Python.",
)
def _round(value: float, digits: float) -> float:
    places = max(0, min(9, int(digits)))
    return round(value, places) if places else round(value)


@_function("floor(value: unit) -> unit", "The next whole number below.")
def _floor(value: float) -> float:
    return math.floor(value)


@_function("ceil(value: unit) -> unit", "The next whole number above.")
def _ceil(value: float) -> float:
    return math.ceil(value)


@_function("abs(value: unit) -> unit", "The value without its sign.")
def _abs(value: float) -> float:
    return abs(value)


@_function("mod(value: unit, by: unit) -> unit", "The remainder of a division; it has the sign of `by`.")
def _mod(value: float, by: float) -> float:
    if by == 0:
        raise ExpressionError("is divided by 0")
    return value % by


# Lists


@_function("count(list: [any]) -> number", "How many items a list has.")
def _count(items: list[Any]) -> int:
    return len(items)


@_function("first(list: [any]) -> any?", "The first item; none of an empty list.")
def _first(items: list[Any]) -> Any:
    return items[0] if items else None


@_function("last(list: [any]) -> any?", "The last item; none of an empty list.")
def _last(items: list[Any]) -> Any:
    return items[-1] if items else None


@_function("item(list: [any], index: number) -> any?", "The item of an index from 0; none where there is no such item.")
def _item(items: list[Any], index: float) -> Any:
    return items[int(index)] if 0 <= int(index) < len(items) else None


@_function("cycle(list: [any], index: number) -> any", "The item of an index from 0; after the last comes the first.")
def _cycle(items: list[Any], index: float) -> Any:
    if not items:
        raise ExpressionError("an empty list has no items to repeat")
    return items[int(index) % len(items)]


@_function(
    "slice(list: [any], start: number, stop: number = none) -> [any]",
    "The items from index `start` up to, without, `stop`; numbers below 0 count from the end.",
)
def _slice(items: list[Any], start: float, stop: float | None) -> list[Any]:
    return items[int(start) : None if stop is None else int(stop)]


@_function("range(count: number) -> [number]", "The whole numbers from 0, so many.")
def _range(count: float) -> list[int]:
    if count > MAX_ITEMS:
        raise ExpressionError(f"a list has at most {MAX_ITEMS:,} items")
    return list(range(max(0, int(count))))


@_function("sum(list: [unit]) -> unit", "The sum of a list.")
def _sum(values: list[float]) -> float:
    return sum(values)


@_function("steps(list: [unit]) -> [unit]", "The differences of neighbouring items, one fewer than there are items.")
def _steps(values: list[float]) -> list[float]:
    return [after - before for before, after in pairwise(values)]


# Texts


def _bounded(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"a text has more than {MAX_TEXT:,} characters")
    return text


@_function("join(list: [text], between: text = ' ') -> text", "The texts of a list in one.")
def _join(texts: list[str], between: str) -> str:
    return _bounded(between.join(texts))


@_function("upper(text: text) -> text", "In capitals.")
def _upper(text: str) -> str:
    return _bounded(text.upper())


@_function("lower(text: text) -> text", "In small letters.")
def _lower(text: str) -> str:
    return _bounded(text.lower())


@_function("clean(text: text) -> text", "A shop's text as plain text: entities decoded, tags removed, blanks collapsed.")
def _clean(text: str) -> str:
    return _bounded(clean(text))


@_function("headline(text: text) -> text", "The leading part of a product's name, short enough for three large lines.")
def _headline(text: str) -> str:
    return _bounded(headline(text))


@_function("length(text: text) -> number", "How many characters a text has.")
def _length(text: str) -> int:
    return len(text)


@_function("columns(text: text) -> number", "The width of a text in half-width columns; a Chinese character has two.")
def _columns(text: str) -> int:
    return columns(text)


@_function("is_chinese(text: text) -> flag", "Whether a text holds Chinese characters.")
def _is_chinese(text: str) -> bool:
    return is_chinese(text)


@_function("replace(text: text, old: text, new: text) -> text", "The text with `new` wherever it holds `old`.")
def _replace(text: str, old: str, new: str) -> str:
    if old and text.count(old) * len(new) > 2 * MAX_TEXT:
        raise ExpressionError(f"a text has more than {MAX_TEXT:,} characters")
    return _bounded(text.replace(old, new)) if old else text


@_function("repeat(text: text, count: number) -> text", "The text so many times.")
def _repeat(text: str, count: float) -> str:
    if len(text) * count > MAX_TEXT:
        raise ExpressionError(f"a text has more than {MAX_TEXT:,} characters")
    return text * int(count)


@_function("digits(number: number, least: number = 1) -> text", "A whole number in at least so many digits: digits(3, 2) is 03.")
def _digits(number: float, least: float) -> str:
    return f"{int(number):0{max(1, min(12, int(least)))}d}"


@_function("money(amount: number, currency: text) -> text", "An amount as shops write it: $19.99, ¥199.")
def _money(amount: float, currency: str) -> str:
    return price(amount, currency[:8])


@_function(
    "percent_off(now: number?, was: number?) -> number",
    "The discount in whole percent, never overstated; 0 if there is none.",
)
def _percent_off(now: float | None, was: float | None) -> int:
    return discount_percent(now, was)


@_function(
    "rolling(old: text, new: text) -> rolling?",
    "How a written number becomes another, for a counter; none if the texts around the numbers differ.",
)
def _rolling(old: str, new: str) -> Any:
    return rolling(old, new)


# Colours


@_function("color(text: text) -> color", "The colour of a name or of #rrggbb.")
def _color(text: str) -> Color:
    try:
        return parse_color(text[:40])
    except ValueError as error:
        raise ExpressionError(str(error)) from None


@_function("mix(one: color, other: color, share: number) -> color", "The colour a share of the way to another.")
def _mix(one: Color, other: Color, share: float) -> Color:
    return one.mixed(other, min(1.0, max(0.0, share)))


@_function("lighten(one: color, share: number) -> color", "The colour a share of the way to white.")
def _lighten(one: Color, share: float) -> Color:
    return one.mixed(WHITE, min(1.0, max(0.0, share)))


@_function("darken(one: color, share: number) -> color", "The colour a share of the way to black.")
def _darken(one: Color, share: float) -> Color:
    return one.mixed(BLACK, min(1.0, max(0.0, share)))


@_function("alpha(one: color, share: number) -> color", "The colour at a share of its opacity.")
def _alpha(one: Color, share: float) -> Color:
    return one.with_alpha(min(1.0, max(0.0, share)))


@_function("contrast(one: color, other: color) -> number", "The contrast ratio, 1 to 21 (WCAG 2.2).")
def _contrast(one: Color, other: Color) -> float:
    return one.contrast(other)


@_function("luminance(one: color) -> number", "The relative luminance, 0 to 1 (WCAG 2.2).")
def _luminance(one: Color) -> float:
    return one.luminance()


@_function(
    "readable(on: color, wished: color) -> color",
    "`wished`, moved towards black or white until its contrast to `on` is 4.5.",
)
def _readable(on: Color, wished: Color) -> Color:
    return readable_on(on, wished)


@_function(
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


@_function("area(x: px, y: px, width: px, height: px) -> area", "A rectangle.")
def _area(x: float, y: float, width: float, height: float) -> Area:
    return Area(x, y, width, height)


@_function("inset(area: area, across: px, down: px) -> area", "The area without a margin on every side.")
def _inset(area: Area, across: float, down: float) -> Area:
    return _sized(area.inset(across, down))


@_function("between(area: area, top: px, bottom: px) -> area", "The part of an area between two heights of the canvas.")
def _between(area: Area, top: float, bottom: float) -> Area:
    return area.between(top, bottom)


@_function(
    "fit(area: area, aspect: number, across: number = 0.5, down: number = 0.5) -> area",
    "The largest area of an aspect in another; `across` and `down` are the shares of spare room before it.",
)
def _fit(area: Area, aspect: float, across: float, down: float) -> Area:
    if aspect <= 0:
        raise ExpressionError("an aspect is above 0")
    return _sized(area.fitted(aspect, across, down))


# Photos


@_function("covers(photo: media, aspect: number) -> flag", "Whether a photo can fill an aspect without losing anything essential.")
def _covers(photo: Photo, aspect: float) -> bool:
    return framing.covers_well(photo, _positive(aspect))


@_function("card_aspect(photo: media, wished: number) -> number", "The aspect of a card for a photo, as close to `wished` as its subject allows.")
def _card_aspect(photo: Photo, wished: float) -> float:
    return framing.card_aspect(photo, _positive(wished))


@_function("seamless(photo: media) -> flag", "Whether a photo's backdrop can be continued around it in the colour of its border.")
def _seamless(photo: Photo) -> bool:
    return framing.seamless(photo)


@_function(
    "crop(photo: media, aspect: number, zoom: number = 1, across: number = 0.5, down: number = 0.5) -> crop",
    "The part of a photo that an aspect shows, around a point in shares of its subject.",
)
def _crop(photo: Photo, aspect: float, zoom: float, across: float, down: float) -> Any:
    return framing.crop(photo, _positive(aspect), _positive(zoom), (across, down))


@_function("detail(photo: media, number: number) -> point", "A point worth a closer look, in shares of the photo's subject.")
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
            raise ExpressionError(f"a font size is {MIN_TYPE_PX:g} to {MAX_TYPE_PX:,} px, not {line['size']:g}")
        frame.run.step(20 + len(line["text"]))


@_timed(
    "stack(lines: [setting], area: area, align: left|center|right = 'left', down: number = 0.5) -> [placed]",
    "Lines stacked in an area, all scaled down together until they fit; blank ones are left out.",
)
def _stack(frame: Frame, lines: list[dict[str, Any]], area: Area, align: str, down: float) -> Any:
    _weigh(frame, lines)
    return stacked(lines, area, align, down)


@_timed("measure(line: setting, width: px) -> extent", "The size of a line in a column.")
def _measure(frame: Frame, line: dict[str, Any], width: float) -> Any:
    _weigh(frame, [line])
    return measured(line, width)


@_timed("run_width(line: setting) -> px", "The width of a line that is never broken.")
def _run_width(frame: Frame, line: dict[str, Any]) -> float:
    _weigh(frame, [line])
    return run_px(line)


# Time


@_timed(
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


@_timed("frames(time: s) -> f", "A time in whole frames, one at least.")
def _frames(frame: Frame, time: float) -> int:
    return max(1, round(time * frame.run.fps))
