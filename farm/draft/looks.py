"""Converts text styles and paints in documents to looks in pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from farm.errors import Problem, did_you_mean
from farm.guard.call import Spot, refuse
from farm.model.color import Color, parse_color
from farm.model.document import length_px
from farm.model.look import Gradient, Plate, Shadow, Stroke, TextLook
from farm.model.look_document import GradientDocument
from farm.model.problems import problems_of
from farm.plugins.registry import Registry
from farm.render.element import GradientStyle, ShadowStyle, StrokeStyle, TextStyle
from farm.render.families import FAMILIES

_INSTEAD: Final = ("Outfit",)
"""Placeholder for a style that names no known family; the document is then refused."""


def gradient_of(value: GradientStyle | GradientDocument) -> Gradient:
    """Return the gradient that a document or style specifies."""
    count = len(value.colors)
    stops = value.stops if value.stops is not None else [index / (count - 1) for index in range(count)]
    if len(stops) != count or any(b <= a for a, b in pairwise(stops)) or stops[0] < 0 or stops[-1] > 1:
        raise ValueError(f"`stops` must be {count} ascending numbers from 0 to 1, one per colour")
    angle = value.angle_deg if isinstance(value, GradientStyle) else value.angle
    pairs = tuple((float(stop), parse_color(text)) for stop, text in zip(stops, value.colors, strict=True))
    return Gradient(pairs, angle, value.radial)


def paint_of(value: str | GradientStyle | GradientDocument) -> Color | Gradient:
    """Return the colour or gradient that a document or style specifies.

    Raises:
        ValueError: no such colour, or wrong stops.
    """
    return parse_color(value) if isinstance(value, str) else gradient_of(value)


def text_style_of(
    registry: Registry,
    name: str,
    overrides: Mapping[str, Any],
    path: str,
    problems: list[Problem],
    added: frozenset[str] = frozenset(),
) -> TextStyle:
    """Return a registered style with a document's overrides; append any errors to ``problems``.

    ``added`` font families are allowed too.
    """
    offered = registry.text_styles.get(name)
    if offered is None:
        problems.append(Problem(f"{path}.style", registry.text_styles.lack(name, "text style")))
        return TextStyle()
    wrong: list[Problem] = []
    text_look_of(offered.value, 1080, path, wrong, added)
    if wrong:
        refuse(offered.callee("text style"), Spot(path=f"{path}.style"), wrong[0].message)
    if not overrides:
        return offered.value
    merged: dict[str, Any] = offered.value.model_dump()
    for field, value in overrides.items():
        below = merged.get(field)
        merged[field] = {**below, **value} if isinstance(below, dict) and isinstance(value, dict) else value
    try:
        return TextStyle.model_validate(merged)
    except ValidationError as error:
        problems.extend(problems_of(error, TextStyle, at=f"{path}.look"))
        return offered.value


def text_look_of(
    style: TextStyle,
    short_px: int,
    path: str,
    problems: list[Problem],
    added: frozenset[str] = frozenset(),
) -> TextLook:
    """Return a style in pixels for a canvas with a shorter side of ``short_px``; ``added`` families are allowed too."""
    families = families_of(style.families, f"{path}.look", problems, added)
    try:
        size = length_px(style.size, short_px)
        smallest = min(size, length_px(style.min_size, short_px))
        if not 4 <= size <= 2000:
            raise ValueError(
                f"a font size of {style.size} is {size:g} px on this canvas; allowed: 4 to 2000 px; set `size`"
            )
        strokes = [
            Stroke(parse_color(one.color), one.width_em * size) for one in _several(style.stroke, 6, "stroke")
        ]
        shadows = [
            Shadow(parse_color(one.color), one.dx_em * size, one.dy_em * size, one.blur_em * size)
            for one in _several(style.shadow, 12, "shadow")
        ]
        plate = None
        if style.plate:
            p = style.plate
            plate = Plate(
                paint_of(p.fill),
                p.pad_x_em * size,
                p.pad_y_em * size,
                p.radius_em * size,
                p.full_width,
                p.lines or None,
            )
        color = paint_of(style.color)
        stretch = _stretch(style)
        if style.vertical and style.arc:
            raise ValueError("text is set vertically or on an arc, not both; leave `vertical` or `arc` out")
    except ValueError as error:
        problems.append(Problem(f"{path}.look", str(error)))
        return TextLook(families, 40.0, 12.0)
    return TextLook(
        families=families,
        size_px=size,
        min_size_px=max(4.0, smallest),
        weight=style.weight,
        color=color,
        stroke=strokes[0] if strokes else None,
        shadow=shadows[0] if shadows else None,
        plate=plate,
        line_height=style.line_height,
        letter_spacing_em=style.letter_spacing_em,
        align=style.align,
        valign=style.valign,
        uppercase=style.uppercase,
        strike=style.strike,
        # What a style leaves out is None, so that the keys of texts without it stay as they were.
        outlines=tuple(strokes[1:]) or None,
        shadows=tuple(shadows[1:]) or None,
        italic=style.italic or None,
        underline=style.underline or None,
        stretch=stretch,
        arc_deg=style.arc or None,
        vertical=style.vertical or None,
    )


_S = TypeVar("_S", StrokeStyle, ShadowStyle)


def _several(value: _S | list[_S] | None, most: int, what: str) -> list[_S]:
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    if len(values) > most:
        raise ValueError(f"`{what}` has {len(values)} entries; at most {most} are allowed")
    return values


def _stretch(style: TextStyle) -> float | None:
    """Return the stretch of a look; 0 stands for the box, None for none."""
    if style.stretch == "box":
        return 0.0
    if not 0.25 <= style.stretch <= 4:
        raise ValueError(f"`stretch` is {style.stretch:g}; allowed: 0.25 to 4, or `box`")
    return style.stretch if style.stretch != 1 else None


def families_of(
    names: Sequence[str], path: str, problems: list[Problem], added: frozenset[str]
) -> tuple[str, ...]:
    """Return the known families among ``names``, at least one, so that checks can continue; report the unknown ones."""
    known = (*FAMILIES, *sorted(added.difference(FAMILIES)))
    if not names:
        message = "contains no font family; specify at least one that `farm fonts ls` lists"
        problems.append(Problem(f"{path}.families", message))
    for family in names:
        if family not in known:
            message = f"there is no font family `{family}`{did_you_mean(family, known)}"
            problems.append(Problem(f"{path}.families", message))
    return tuple(family for family in names if family in known) or _INSTEAD
