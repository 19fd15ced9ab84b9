"""Sources: what a clip shows, except groups."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar, TypeAlias

from farm.model.asset import Asset
from farm.model.curve import Curve
from farm.model.element_ref import ElementRef
from farm.model.look import CodeLook, NumberForm, ShapeLook, TextLook
from farm.model.rich_text import RichText


@dataclass(frozen=True, slots=True)
class ImageSource:
    """A still picture."""

    advances: ClassVar[bool] = False
    """Whether its own pixels change over time, as opposed to where and how they are shown."""
    asset: Asset
    """The picture."""


@dataclass(frozen=True, slots=True)
class VideoSource:
    """An excerpt of a video."""

    advances: ClassVar[bool] = True
    """Whether its own pixels change over time, as opposed to where and how they are shown."""
    asset: Asset
    """The clip."""
    in_s: Fraction = Fraction(0)
    """Where in the clip the excerpt begins."""
    speed: Fraction = Fraction(1)
    """Clip seconds per timeline second; 0 holds one frame."""
    ramp: Curve | None = None
    """Speed over the clip's frames, instead of ``speed``."""
    until_s: Fraction | None = None
    """Where in the clip the excerpt ends, where it is reversed or repeated; None otherwise."""
    reverse: bool = False
    """Whether the excerpt is played backwards, from ``until_s``."""
    loop: bool = False
    """Whether the excerpt is repeated."""


@dataclass(frozen=True, slots=True)
class TextSource:
    """Rendered text."""

    text: str
    """The words; line feeds break lines."""
    look: TextLook
    """How they are drawn."""
    typed: Curve | None = None
    """Share of the characters that are visible over time; None for all."""
    struck: Curve | None = None
    """Share of the line through the text that is drawn over time; None for none, or as the look says."""
    rich: RichText | None = None
    """Its runs and animations, if it has any."""

    @property
    def advances(self) -> bool:
        """Whether its own pixels change over time, as opposed to where and how they are shown."""
        return (
            self.typed is not None or self.struck is not None or (self.rich is not None and self.rich.moves)
        )

    def at(self, frame: float) -> TextSource:
        """Return the text as it is at a frame."""
        if not self.advances:
            return self
        look = self.look
        if self.typed is not None:
            # In whole characters, so that frames between two of them are alike.
            count = len(self.text)
            look = replace(
                look, shown=math.floor(min(1.0, max(0.0, self.typed.at(frame))) * count + 1e-6) / count
            )
        if self.struck is not None:
            look = replace(look, struck=min(1.0, max(0.0, self.struck.at(frame))))
        rich = self.rich and self.rich.at(frame, len(self.text))
        return TextSource(self.text, look, rich=rich)


@dataclass(frozen=True, slots=True)
class CounterSource:
    """A number that changes, set as text."""

    value: Curve
    """The number over time."""
    form: NumberForm
    """How it is written."""
    look: TextLook
    """How it is drawn."""
    rolls: bool = False
    """Whether digits roll like those of a mileage counter, instead of being replaced."""

    @property
    def advances(self) -> bool:
        """Whether its own pixels change over time, as opposed to where and how they are shown."""
        return not self.value.is_constant

    def at(self, frame: float) -> CounterSource:
        """Return the number as it is at a frame, rounded as it is written."""
        value = self.value.at(frame)
        if self.rolls:
            value = max(0.0, value)  # an easing may overshoot; reels have no sign
        steps = 10**self.form.decimals * (ROLL_STEPS if self.rolls else 1)
        shown = math.floor(value * steps + 0.5) / steps
        return CounterSource(Curve.constant(shown), self.form, self.look, self.rolls)


ROLL_STEPS = 64
"""Positions of a rolling digit between two of its values."""


@dataclass(frozen=True, slots=True)
class CodeSource:
    """A QR code."""

    advances: ClassVar[bool] = False
    """Whether its own pixels change over time, as opposed to where and how they are shown."""
    look: CodeLook
    """What it says, and how it is drawn."""

    def at(self, frame: float) -> CodeSource:
        """Return the code, which is the same at all frames."""
        del frame
        return self


@dataclass(frozen=True, slots=True)
class ShapeSource:
    """A drawn shape; plain colours and gradients are rects with no corner radius."""

    look: ShapeLook
    """How it is drawn, except for what changes."""
    changes: tuple[tuple[str, Curve], ...] = ()
    """Numbers of the look that change over time, by the names of their fields; ``stroke_width_px`` is its stroke's."""

    @property
    def advances(self) -> bool:
        """Whether its own pixels change over time, as opposed to where and how they are shown."""
        return bool(self.changes)

    def at(self, frame: float) -> ShapeSource:
        """Return the shape as it is at a frame."""
        if not self.changes:
            return self
        values: dict[str, Any] = {name: curve.at(frame) for name, curve in self.changes}
        for name, (low, high) in _RANGES.items():
            if name in values:
                values[name] = min(high, max(low, values[name]))
        for name in _WHOLE & values.keys():
            values[name] = math.floor(values[name] + 0.5)
        width_px = values.pop("stroke_width_px", None)
        if width_px is not None and self.look.stroke is not None:
            values["stroke"] = replace(self.look.stroke, width_px=max(0.0, width_px))
        return ShapeSource(replace(self.look, **values))


_RANGES = {
    "radius_px": (0.0, math.inf), "points": (3.0, 64.0), "inner": (0.02, 0.98), "start": (0.0, 1.0),
    "stop": (0.0, 1.0), "sweep": (0.0, 1.0), "extent": (0.0, 1.0), "roughness_px": (0.0, math.inf),
    "seed": (0.0, math.inf),
}  # fmt: skip
"""Where numbers of a shape are held if an easing overshoots."""
_WHOLE = frozenset({"points", "seed"})
"""Whole numbers among the numbers of a shape."""


@dataclass(frozen=True, slots=True)
class StickerSource:
    """A drawn sticker from a plugin."""

    element: ElementRef
    """The sticker."""
    lively: bool = False
    """Whether its drawing changes over time by itself."""
    frame: float = 0.0
    """The frame for which it is drawn, where its drawing changes."""

    @property
    def advances(self) -> bool:
        """Whether its own pixels change over time, as opposed to where and how they are shown."""
        return self.lively or self.element.animated

    def at(self, frame: float) -> StickerSource:
        """Return the sticker as it is at a frame."""
        return StickerSource(self.element.at(frame), self.lively, frame if self.lively else 0.0)


@dataclass(frozen=True, slots=True)
class AdjustmentSource:
    """Nothing of its own: its clip's effects are applied to everything below it."""

    advances: ClassVar[bool] = False
    """Whether its own pixels change over time, as opposed to where and how they are shown."""


AssetSource: TypeAlias = ImageSource | VideoSource
"""The sources that show a media file."""
DrawnSource: TypeAlias = TextSource | ShapeSource | StickerSource | CounterSource | CodeSource
"""The sources that farm draws."""
