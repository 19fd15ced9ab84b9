"""Highlights: how words are shown before, while and after they are spoken."""

from __future__ import annotations

import math
from typing import ClassVar, Final

from pydantic import Field

from farm.plugin import ColorValue, PartPose, Spoken, TextHighlight, TextPart, parse_color

_YELLOW: Final = "#ffd84d"
_QUICK_S: Final = 0.12
"""Time in which a highlight comes and goes."""


_LINGER_S: Final = 0.35
"""Time for which a word stays highlighted in a pause after it."""


def _rising(since_s: float, length_s: float = _QUICK_S) -> float:
    """Return 0 before a moment, rising smoothly to 1 within a length of time."""
    share = min(1.0, max(0.0, since_s / length_s))
    return share * share * (3 - 2 * share)


def _on(spoken: Spoken) -> float:
    """Return how far a word is highlighted, 0 to 1: it comes with the word and goes with the next one, or a pause."""
    if not spoken.now:
        return 0.0
    return _rising(spoken.since_s + _QUICK_S / 2) * (1 - _rising(spoken.ago_s - _LINGER_S))


def _back(share: float) -> float:
    """Return an overshoot around 1 as a share rises from 0 to 1."""
    return 1 + 2.7 * (share - 1) ** 3 + 1.7 * (share - 1) ** 2 if share < 1 else 1.0


class Karaoke(TextHighlight):
    """A colour that runs through the letters as they are sung."""

    name: ClassVar[str] = "basics.karaoke"
    color: ColorValue = Field(_YELLOW, description="Colour of what was spoken.")

    def pose(self, part: TextPart, spoken: Spoken) -> PartPose:
        del part
        return (
            PartPose(color=parse_color(self.color), sweep=spoken.progress)
            if spoken.progress > 0
            else PartPose()
        )


class ColorWord(TextHighlight):
    """The spoken word in a colour."""

    name: ClassVar[str] = "basics.color_word"
    color: ColorValue = Field(_YELLOW, description="Its colour.")

    def pose(self, part: TextPart, spoken: Spoken) -> PartPose:
        del part
        on = _on(spoken)
        return PartPose(color=parse_color(self.color), tint=on) if on else PartPose()


class Fill(TextHighlight):
    """Words take a colour as they are spoken and keep it."""

    name: ClassVar[str] = "basics.fill_words"
    color: ColorValue = Field(_YELLOW, description="Colour of spoken words.")

    def pose(self, part: TextPart, spoken: Spoken) -> PartPose:
        del part
        on = _rising(spoken.since_s + _QUICK_S / 2)
        return PartPose(color=parse_color(self.color), tint=on) if on else PartPose()


class Pill(TextHighlight):
    """A rounded plate behind the spoken word."""

    name: ClassVar[str] = "basics.pill_word"
    color: ColorValue = Field("#e8262d", description="Colour of the plate.")
    text_color: ColorValue = Field("#ffffff", description="Colour of the word on it.")
    radius_em: float = Field(0.25, ge=0, le=5, description="Radius of its corners in font sizes.")

    def pose(self, part: TextPart, spoken: Spoken) -> PartPose:
        del part
        on = _on(spoken)
        if not on:
            return PartPose()
        return PartPose(
            color=parse_color(self.text_color),
            tint=on,
            plate=parse_color(self.color),
            plate_opacity=on,
            plate_radius_em=self.radius_em,
            outlines=1 - on,
        )


class Marker(TextHighlight):
    """A text marker that is drawn over each word as it is spoken, and stays."""

    name: ClassVar[str] = "basics.marker_words"
    color: ColorValue = Field("#ffe14d", description="Colour of the marker.")
    text_color: ColorValue = Field("#17140a", description="Colour of marked words.")

    def pose(self, part: TextPart, spoken: Spoken) -> PartPose:
        del part
        if spoken.progress <= 0:
            return PartPose()
        return PartPose(
            color=parse_color(self.text_color),
            sweep=spoken.progress,
            plate=parse_color(self.color),
            plate_extent=spoken.progress,
            plate_radius_em=0.06,
            outlines=max(0.0, 1 - 4 * spoken.progress),
        )


class Underline(TextHighlight):
    """A line that is drawn under each word as it is spoken."""

    name: ClassVar[str] = "basics.underline_word"
    color: ColorValue = Field(_YELLOW, description="Colour of the line.")
    keep: bool = Field(False, description="Whether lines stay.")

    def pose(self, part: TextPart, spoken: Spoken) -> PartPose:
        del part
        if spoken.progress <= 0 or not (self.keep or spoken.now):
            return PartPose()
        return PartPose(line=parse_color(self.color), line_extent=max(0.02, spoken.progress))


class PopWord(TextHighlight):
    """The spoken word grows for a moment."""

    name: ClassVar[str] = "basics.pop_word"
    color: ColorValue = Field(_YELLOW, description="Its colour meanwhile.")
    scale: float = Field(1.1, ge=1, le=3, description="Its size meanwhile.")

    def pose(self, part: TextPart, spoken: Spoken) -> PartPose:
        del part
        on = _on(spoken)
        if not on:
            return PartPose()
        size = 1 + (self.scale - 1) * _back(on)
        return PartPose(scale_x=size, scale_y=size, color=parse_color(self.color), tint=on)


class Bounce(TextHighlight):
    """The spoken word hops."""

    name: ClassVar[str] = "basics.bounce_word"
    color: ColorValue = Field(_YELLOW, description="Its colour meanwhile.")
    height_em: float = Field(0.22, ge=0, le=2, description="How high it hops, in font sizes.")

    def pose(self, part: TextPart, spoken: Spoken) -> PartPose:
        del part
        on = _on(spoken)
        if on <= 0 or spoken.since_s < 0:
            return PartPose()
        air = min(1.0, spoken.since_s / 0.3)
        return PartPose(dy_em=-self.height_em * 4 * air * (1 - air), color=parse_color(self.color), tint=on)


class Reveal(TextHighlight):
    """Words appear as they are spoken."""

    name: ClassVar[str] = "basics.reveal_words"
    rise_em: float = Field(0.25, ge=0, le=3, description="How far they come up, in font sizes.")

    def pose(self, part: TextPart, spoken: Spoken) -> PartPose:
        del part
        on = _rising(spoken.since_s + _QUICK_S / 2)
        return PartPose(opacity=on, dy_em=self.rise_em * (1 - on)) if on < 1 else PartPose()


class OneWord(TextHighlight):
    """Only the word that is spoken is shown."""

    name: ClassVar[str] = "basics.one_word"

    def pose(self, part: TextPart, spoken: Spoken) -> PartPose:
        del part
        if not spoken.now:
            return PartPose(opacity=0.0)
        size = 0.85 + 0.15 * _back(_rising(spoken.since_s + _QUICK_S / 2))
        return PartPose(scale_x=size, scale_y=size)


class Dim(TextHighlight):
    """All words but the spoken one are dimmed."""

    name: ClassVar[str] = "basics.dim_words"
    opacity: float = Field(0.4, ge=0, le=1, description="Opacity of the others.")

    def pose(self, part: TextPart, spoken: Spoken) -> PartPose:
        del part
        on = _on(spoken)
        return PartPose(opacity=self.opacity + (1 - self.opacity) * on) if on < 1 else PartPose()


class Unspoken(TextHighlight):
    """Words are faint until they are spoken."""

    name: ClassVar[str] = "basics.light_up"
    opacity: float = Field(0.3, ge=0, le=1, description="Opacity until then.")

    def pose(self, part: TextPart, spoken: Spoken) -> PartPose:
        del part
        on = _rising(spoken.since_s + _QUICK_S / 2, 0.18)
        return PartPose(opacity=self.opacity + (1 - self.opacity) * on) if on < 1 else PartPose()


class Focus(TextHighlight):
    """Words are blurred until they are spoken."""

    name: ClassVar[str] = "basics.focus_words"
    blur_em: float = Field(0.12, ge=0, le=1, description="Blur until then: sigma in font sizes.")

    def pose(self, part: TextPart, spoken: Spoken) -> PartPose:
        del part
        on = _rising(spoken.since_s + _QUICK_S / 2, 0.2)
        return PartPose(blur_em=self.blur_em * (1 - on), opacity=0.6 + 0.4 * on) if on < 1 else PartPose()


class Rainbow(TextHighlight):
    """Each spoken word takes the next of several colours and keeps it."""

    name: ClassVar[str] = "basics.colorful_words"

    def pose(self, part: TextPart, spoken: Spoken) -> PartPose:
        on = _rising(spoken.since_s + _QUICK_S / 2)
        size = 1 + 0.12 * math.sin(math.pi * on)
        color = _COLORS[part.index % len(_COLORS)]
        return PartPose(scale_x=size, scale_y=size, color=color, tint=on) if on else PartPose()


_COLORS: Final = tuple(map(parse_color, ("#ffd84d", "#4de1ff", "#ff6fae", "#7dff8a", "#ff9d4d")))


HIGHLIGHTS: Final[tuple[type[TextHighlight], ...]] = (
    Bounce,
    ColorWord,
    Dim,
    Fill,
    Focus,
    Karaoke,
    Marker,
    OneWord,
    Pill,
    PopWord,
    Rainbow,
    Reveal,
    Underline,
    Unspoken,
)
"""All of them."""
