"""Converts shapes and progress bars in documents to shapes in pixels, with the numbers of theirs that change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from farm.draft.looks import paint_of
from farm.draft.stage import Stage
from farm.model.clip_document import ProgressClip, ShapeClip
from farm.model.color import parse_color
from farm.model.curve import Curve, Keyframe
from farm.model.document import Unit, length_px
from farm.model.look import ShapeLook, Stroke
from farm.model.placement import Box
from farm.model.source import ShapeSource

_NEEDS: Final = {
    "points": ("polygon", "star"),
    "inner": ("star", "ring"),
    "d": ("path",),
    "view": ("path",),
    "stretch": ("path",),
    "sweep": ("ring", "ellipse"),
    "extent": ("rect",),
    "roughness": ("torn",),
    "seed": ("torn",),
}
"""The forms that a field belongs to."""


def shape_of(stage: Stage, clip: ShapeClip, box: Box, frames: int, path: str) -> ShapeSource:
    """Return a shape as its clip describes it."""
    if clip.fill is None and clip.stroke is None:
        stage.problem(path, "a shape needs `fill` or `stroke` to be visible")
    if clip.form == "line" and clip.fill is not None:
        stage.problem(
            f"{path}.fill",
            "a line has no area to fill; give its colour as `stroke` and its thickness as `stroke_width`, or make it a "
            "rect",
        )
    if (clip.form == "path") != (clip.d is not None):
        stage.problem(f"{path}.d", "the form `path` needs `d`, and only that one takes it")
        return ShapeSource(ShapeLook("rect"))
    for name, forms in _NEEDS.items():
        # Not whether it was written: a drafted document writes all fields.
        given = getattr(clip, name) != ShapeClip.model_fields[name].default
        if given and clip.form not in forms and name != "d":
            stage.problem(f"{path}.{name}", f"has no effect on {_named(clip.form)}; {_having(forms)}")
    if clip.dash is not None and len(clip.dash) % 2:
        stage.problem(f"{path}.dash", "give an even number of lengths: dash, gap, dash, gap")
    short, side = float(stage.short), min(box.width, box.height)
    numbers = {
        "radius_px": stage.curve(clip, "radius", path, side, 0, 4 * short),
        "points": stage.number(clip, "points", path, 3, 64),
        "inner": stage.share(clip, "inner", path, 0.02, 0.98),
        "start": stage.share(clip, "start", path, 0, 1),
        "stop": stage.share(clip, "stop", path, 0, 1),
        "dash_offset_px": stage.curve(clip, "dash_offset", path, short, -1e5, 1e5),
        "sweep": stage.share(clip, "sweep", path, 0, 1),
        "extent": stage.share(clip, "extent", path, 0, 1),
        "roughness_px": stage.curve(clip, "roughness", path, short, 0, short),
        "seed": stage.number(clip, "seed", path, 0, 1_000_000),
    }
    if clip.stroke is not None and _never_drawn(numbers["start"], numbers["stop"], frames):
        stage.problem(
            f"{path}.stop",
            "is never beyond `start`, so that nothing of the stroke is seen; let `stop` be the larger one",
        )
    width = stage.curve(clip, "stroke_width", path, short, 0, 2 * short)
    try:
        fill = paint_of(clip.fill) if clip.fill is not None else None
        stroke = Stroke(parse_color(clip.stroke), width.at(0)) if clip.stroke else None
    except ValueError as error:
        stage.problem(path, str(error))
        return ShapeSource(ShapeLook("rect"))
    dash = tuple(length_px(value, short) for value in clip.dash or ())
    if any(length < 0 for length in dash) or (dash and sum(dash) <= 0):
        stage.problem(f"{path}.dash", "lengths must not be negative, nor all of them 0")
        dash = ()
    if dash and not any(dash[::2]) and clip.cap not in ("round", "square"):
        stage.problem(
            f"{path}.dash",
            "dashes of length 0 are seen only with round or square ends; add `cap: round` for dots",
        )
    look = ShapeLook(
        clip.form,
        fill,
        stroke,
        shadow=stage.shadow(clip.shadow, path) if clip.shadow is not None else None,
        path=clip.d or "",
        view=_view(stage, clip, path),
        dash_px=dash,
        stretched=clip.stretch,
        cap=clip.cap,
    )
    if stroke is not None and not width.is_constant:
        numbers["stroke_width_px"] = width
    return _with_numbers(look, numbers)


def _never_drawn(start: Curve, stop: Curve, frames: int) -> bool:
    """Whether a stroke ends where it begins, or before, at all frames."""
    constant = start.is_constant and stop.is_constant
    return all(stop.at(frame) <= start.at(frame) for frame in range(1 if constant else frames))


def _named(form: str) -> str:
    return f"an {form}" if form[0] in "aeiou" else "torn paper" if form == "torn" else f"a {form}"


def _having(forms: tuple[str, ...]) -> str:
    """Say which forms have a field."""
    names = " and ".join(f"`{form}`" for form in forms)
    return f"the forms {names} have it" if len(forms) > 1 else f"only the form {names} has it"


def _view(stage: Stage, clip: ShapeClip, path: str) -> tuple[float, float, float, float] | None:
    if clip.view is None:
        return None
    left, top, width, height = clip.view
    if width <= 0 or height <= 0:
        stage.problem(f"{path}.view", "its width and height must be above 0")
        return None
    return left, top, width, height


def _with_numbers(look: ShapeLook, numbers: dict[str, Curve]) -> ShapeSource:
    """Return a shape whose look has the constant numbers, and those that change beside it."""
    fixed: dict[str, Any] = {}
    changes = []
    for name, curve in numbers.items():
        if curve.is_constant:
            fixed[name] = curve.at(0)
        else:
            changes.append((name, curve))
    for name in ("points", "seed"):
        if name in fixed:
            fixed[name] = round(fixed[name])
    return ShapeSource(replace(look, **fixed), tuple(changes))


def progress_of(
    stage: Stage, clip: ProgressClip, box: Box, frames: int, path: str
) -> tuple[ShapeSource, ...]:
    """Return the shapes of a progress bar or ring: what remains, and on top of it what is done."""
    value = Curve((Keyframe(0.0, 0.0, "linear"), Keyframe(float(max(1, frames - 1)), 1.0)))
    if clip.value is not None:
        value = stage.animated(clip.value, f"{path}.value", 1, 0, 1, Unit.SHARE)
    try:
        fill, ground = paint_of(clip.color), parse_color(clip.track)
    except ValueError as error:
        stage.problem(path, str(error))
        return ()
    if clip.form == "ring":
        look = ShapeLook("ring", inner=1 - clip.thickness)
        return ShapeSource(replace(look, fill=ground)), _with_numbers(
            replace(look, fill=fill), {"sweep": value}
        )
    radius = max(0.0, length_px(clip.radius, min(box.width, box.height)))
    look = ShapeLook("rect", radius_px=radius)
    return ShapeSource(replace(look, fill=ground)), _with_numbers(replace(look, fill=fill), {"extent": value})
