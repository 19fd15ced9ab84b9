"""Lettering: lines of text by role, measured, stacked in an area and animated one after another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from farm.plugin import (
    Align,
    Area,
    Canvas,
    Color,
    CounterClip,
    KeyframeDocument,
    LoopDocument,
    MotionDocument,
    StruckDocument,
    TextClip,
    VisualClip,
    stacked,
)

Enter = Literal["none", "fade", "rise", "drop", "left", "right", "pop", "zoom", "wipe"]


@dataclass(frozen=True, slots=True)
class TextRole:
    """The typography of a kind of text; sizes in percent of the canvas's shorter side."""

    size: float
    """Preferred font size."""
    weight: int
    """Font weight, 100 to 900."""
    pitch: float = 1.15
    """Line height, in font sizes."""
    spacing_em: float = 0.0
    """Letter spacing."""
    smallest: float = 0.5
    """Minimum share of the preferred size."""
    lines: int = 3
    """Maximum number of lines."""
    gap: float = 0.4
    """Space above, in its own font sizes, if there is a line above."""
    uppercase: bool = False
    """In capitals."""
    serif: bool = False
    """In the serif family."""
    strike: bool = False
    """With a line through it."""
    pad_x_em: float = 0.0
    """Padding of a plate at the left and right."""
    pad_y_em: float = 0.0
    """Padding of a plate at the top and bottom."""
    enter: Enter = "rise"
    """Entrance."""


TEXT_ROLES: Final[dict[str, TextRole]] = {
    "kicker": TextRole(
        3.5,
        700,
        spacing_em=0.14,
        uppercase=True,
        lines=1,
        enter="fade",
        smallest=0.7,
        pad_x_em=0.9,
        pad_y_em=0.42,
    ),
    "hero": TextRole(12.5, 800, pitch=1.03, spacing_em=-0.015, smallest=0.42, gap=0.26),
    "title": TextRole(8.2, 800, pitch=1.08, spacing_em=-0.01, smallest=0.5, gap=0.3),
    "point": TextRole(8.0, 700, pitch=1.12, smallest=0.5, lines=4, gap=0.35),
    "lead": TextRole(5.4, 600, pitch=1.2, smallest=0.6, lines=2, gap=0.45, enter="fade"),
    "body": TextRole(4.5, 400, pitch=1.32, smallest=0.7, gap=0.55, enter="fade"),
    "number": TextRole(4.4, 700, spacing_em=0.06, lines=1, gap=0.4, enter="fade"),
    "price": TextRole(18.0, 900, pitch=1.0, spacing_em=-0.025, smallest=0.4, lines=1, gap=0.12, enter="pop"),
    "was": TextRole(5.6, 500, lines=1, strike=True, gap=0.3, enter="fade"),
    "save": TextRole(4.6, 700, lines=1, gap=0.6, pad_x_em=0.9, pad_y_em=0.42, enter="pop"),
    "cta": TextRole(5.0, 700, lines=1, gap=1.1, pad_x_em=1.3, pad_y_em=0.62, enter="pop", smallest=0.6),
    "shout": TextRole(19.0, 900, pitch=0.98, spacing_em=-0.02, smallest=0.35, gap=0.15, enter="pop"),
    "serif_title": TextRole(11.0, 500, pitch=1.12, serif=True, smallest=0.45, gap=0.3, enter="fade"),
    "serif_name": TextRole(6.2, 500, pitch=1.18, serif=True, smallest=0.55, gap=0.35, enter="fade"),
    "serif_body": TextRole(4.1, 400, pitch=1.35, serif=True, smallest=0.7, gap=0.5, enter="fade"),
    "caption": TextRole(
        3.1, 500, spacing_em=0.14, uppercase=True, lines=1, gap=0.7, enter="fade", smallest=0.7
    ),
}
"""The type scale."""


@dataclass(frozen=True, slots=True)
class Line:
    """Text with a role and a colour."""

    text: str
    """The text."""
    role: str
    """A name in :data:`TEXT_ROLES`."""
    color: Color
    """Text colour."""
    plate: Color | None = None
    """Colour of a pill behind the text."""
    shadow: bool = False
    """Whether a soft shadow separates it from a picture."""
    enter: Enter | None = None
    """An entrance in place of the role's."""


_FORM_SCALE: Final = {"tall": 1.16, "square": 1.0, "wide": 1.22}
"""Tall canvases are viewed on phones and have height to spare, wide ones have space beside the picture."""


def _families(role: TextRole) -> tuple[str, ...]:
    return ("Farm Serif", "Noto Serif SC") if role.serif else ("Outfit", "Noto Sans SC")


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with its position."""

    line: Line
    """The line."""
    area: Area
    """Its box."""
    size_px: float
    """Its font size."""


def _setting(canvas: Canvas, line: Line) -> dict[str, Any]:
    """Return how a line is set, for ``stacked``."""
    role = TEXT_ROLES[line.role]
    return {
        "text": line.text,
        "families": _families(role),
        "size": canvas.px(role.size) * _FORM_SCALE[canvas.form],
        "weight": role.weight,
        "line_height": role.pitch,
        "letter_spacing_em": role.spacing_em,
        "smallest": role.smallest,
        "lines": role.lines,
        "gap": role.gap,
        "uppercase": role.uppercase,
        "plate": line.plate is not None,
        "pad_x_em": role.pad_x_em,
        "pad_y_em": role.pad_y_em,
        # POP grows around its middle, so its box must not be wider than the text.
        "hug": role.enter == "pop" or line.enter == "pop",
    }


def stack(
    canvas: Canvas, lines: Sequence[Line], area: Area, *, align: Align = "left", down: float = 0.5
) -> list[Placed]:
    """Stack lines in an area; all are scaled down together until they fit.

    Args:
        canvas: The canvas, which determines sizes.
        lines: Top to bottom; empty ones are left out.
        area: Where they are placed.
        align: Their alignment.
        down: Share of the spare height above them: 0 top, 0.5 middle, 1 bottom.
    """
    settings = [_setting(canvas, line) for line in lines]
    return [Placed(lines[one.index], one.area, one.size_px) for one in stacked(settings, area, align, down)]


def bottom_of(placed: Sequence[Placed]) -> float:
    """Return the lower edge of stacked lines; 0 if there are none."""
    return max((item.area.bottom for item in placed), default=0.0)


def text_clips(
    placed: Sequence[Placed],
    frames: int,
    rate_fps: float,
    *,
    align: Align = "left",
    delay_s: float = 0.15,
    stagger_s: float = 0.1,
) -> list[VisualClip]:
    """Return the clips of placed lines; each enters shortly after the one above it.

    Beside an old price, which is struck out, the price runs from that one to the new one; a call to action pulses.
    """
    clips: list[VisualClip] = []
    was = next((item.line.text for item in placed if item.line.role == "was"), "")
    for index, item in enumerate(placed):
        role = TEXT_ROLES[item.line.role]
        look: dict[str, Any] = {
            "families": list(_families(role)),
            "size": item.size_px,
            "min_size": max(6.0, round(item.size_px * 0.8, 2)),
            "weight": role.weight,
            "color": item.line.color.hex(),
            "line_height": role.pitch,
            "letter_spacing_em": role.spacing_em,
            "uppercase": role.uppercase,
            "align": align,
            "valign": "top",
            "stroke": None,
            "plate": None,
            "shadow": {"color": "#00000080", "dy_em": 0.03, "blur_em": 0.16} if item.line.shadow else None,
        }
        if item.line.plate is not None:
            look["plate"] = {
                "fill": item.line.plate.hex(),
                "pad_x_em": role.pad_x_em,
                "pad_y_em": role.pad_y_em,
                "radius_em": 20.0,
            }
        delay = round((delay_s + stagger_s * index) * rate_fps)
        length = round(0.45 * rate_fps)
        motion = MotionDocument(
            kind=item.line.enter or role.enter,
            duration=f"{max(2, min(length, frames // 3))}f",
            delay=f"{min(delay, frames // 3)}f",
            distance=round(item.size_px * 0.7 + 8),
        )
        entered = (min(delay, frames // 3) + length) / rate_fps
        if item.line.role == "price" and was and (clip := _falling(item, was, look, frames, entered, align)):
            clips.append(clip.model_copy(update={"enter": motion}))
            continue
        clips.append(
            TextClip(
                kind="text",
                text=item.line.text,
                duration=f"{frames}f",
                at="0f",
                style="basics.title",
                look=look,
                box=item.area.quad(),
                enter=motion,
                struck=StruckDocument(delay=round(entered, 3), duration=0.3) if role.strike else None,
                loops=[_PULSE.model_copy(update={"delay": round(entered, 3)})]
                if item.line.role == "cta"
                else None,
            )
        )
    return clips


_PULSE: Final = LoopDocument(kind="pulse", period=1.2)
_FALL_S: Final = 0.9
"""How long a price takes from the old to the new one."""
_NUMBER: Final = re.compile(r"\d[\d,]*(?:\.(\d+))?")


def _falling(
    item: Placed, was: str, look: dict[str, Any], frames: int, start_s: float, align: Align
) -> CounterClip | None:
    """Return a price that rolls from the old one to the new one; None if they are not written alike."""
    old, new = _NUMBER.search(was), _NUMBER.search(item.line.text)
    around = [text[: found.start()] + "{}" + text[found.end() :] for text, found in
              ((was, old), (item.line.text, new)) if found]  # fmt: skip
    if old is None or new is None or around[0] != around[1] or "{}" not in around[0]:
        return None
    values = [float(found.group(0).replace(",", "")) for found in (old, new)]
    decimals = len(new.group(1) or "")
    grouped = "," in old.group(0) or "," in new.group(0)
    # Digits of equal width need more room than the text; it is added where the text is not aligned.
    spare = item.area.width * 0.2
    left = {"left": 0.0, "center": spare / 2, "right": spare}[align]
    area = Area(item.area.x - left, item.area.y, item.area.width + spare, item.area.height)
    return CounterClip(
        value=[
            KeyframeDocument(at=round(start_s, 3), value=values[0], ease="out-quint"),
            KeyframeDocument(at=round(start_s + _FALL_S, 3), value=values[1]),
        ],
        text=around[1],
        decimals=decimals,
        thousands="," if grouped else "",
        roll=True,
        at="0f",
        duration=f"{frames}f",
        style="basics.title",
        look=look,
        box=area.quad(),
    )
