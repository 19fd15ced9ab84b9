"""Entrances of characters, words and lines; backwards they are exits."""

from __future__ import annotations

import math
from typing import ClassVar, Final, Literal

from pydantic import Field

from farm.plugin import PartPose, TextMotion, TextPart

_LINE_EM: Final = 1.25
"""Height of a line that is hidden and shown, in font sizes."""


def _shown(progress: float, by: float = 0.5) -> float:
    """Return an opacity that is whole at a share of the progress."""
    return min(1.0, max(0.0, progress / by))


class Fade(TextMotion):
    """Appears in place."""

    name: ClassVar[str] = "basics.text_fade"
    ease: ClassVar[str] = "linear"

    def pose(self, part: TextPart, progress: float) -> PartPose:
        del part
        return PartPose(opacity=min(1.0, progress))


class Type(TextMotion):
    """Appears at once, as typed."""

    name: ClassVar[str] = "basics.type"
    ease: ClassVar[str] = "linear"

    def pose(self, part: TextPart, progress: float) -> PartPose:
        del part
        return PartPose(opacity=1.0 if progress > 0 else 0.0)


class Rise(TextMotion):
    """Comes up a little and appears."""

    name: ClassVar[str] = "basics.text_rise"
    distance_em: float = Field(0.6, ge=-5, le=5, description="How far, in font sizes; below 0 it comes down.")

    def pose(self, part: TextPart, progress: float) -> PartPose:
        del part
        return PartPose(dy_em=self.distance_em * (1 - progress), opacity=_shown(progress, 0.6))


class Unveil(TextMotion):
    """Slides out of the edge of its line, as from behind a wall."""

    name: ClassVar[str] = "basics.unveil"
    ease: ClassVar[str] = "out-quint"
    side: Literal["bottom", "top"] = Field("bottom", description="The edge that it comes from.")

    def pose(self, part: TextPart, progress: float) -> PartPose:
        del part
        hidden = max(0.0, 1 - progress)
        if self.side == "bottom":
            return PartPose(dy_em=_LINE_EM * (1 - progress), hide_bottom=hidden)
        return PartPose(dy_em=-_LINE_EM * (1 - progress), hide_top=hidden)


class Wipe(TextMotion):
    """Is uncovered from where it begins."""

    name: ClassVar[str] = "basics.text_wipe"
    ease: ClassVar[str] = "in-out-cubic"

    def pose(self, part: TextPart, progress: float) -> PartPose:
        del part
        return PartPose(hide_right=min(1.0, max(0.0, 1 - progress)))


class Pop(TextMotion):
    """Grows, beyond its size and back."""

    name: ClassVar[str] = "basics.text_pop"
    ease: ClassVar[str] = "out-back"

    def pose(self, part: TextPart, progress: float) -> PartPose:
        del part
        scale = max(0.0, progress)
        return PartPose(scale_x=scale, scale_y=scale, opacity=_shown(progress, 0.3))


class Slam(TextMotion):
    """Falls towards the viewer's side of the picture and hits it."""

    name: ClassVar[str] = "basics.slam"
    ease: ClassVar[str] = "in-quart"
    scale: float = Field(2.4, ge=1, le=20, description="Size from which it falls.")

    def pose(self, part: TextPart, progress: float) -> PartPose:
        del part
        size = 1 + (self.scale - 1) * (1 - progress)
        return PartPose(scale_x=size, scale_y=size, opacity=_shown(progress, 0.25))


class Drop(TextMotion):
    """Falls from above and bounces."""

    name: ClassVar[str] = "basics.drop"
    ease: ClassVar[str] = "out-bounce"
    distance_em: float = Field(1.6, ge=0, le=20, description="How far it falls, in font sizes.")

    def pose(self, part: TextPart, progress: float) -> PartPose:
        del part
        return PartPose(dy_em=-self.distance_em * (1 - progress), opacity=_shown(progress, 0.2))


class Slide(TextMotion):
    """Comes from a side and appears."""

    name: ClassVar[str] = "basics.text_slide"
    side: Literal["left", "right"] = Field("right", description="Where it comes from.")
    distance_em: float = Field(1.2, ge=0, le=40, description="How far, in font sizes.")

    def pose(self, part: TextPart, progress: float) -> PartPose:
        del part
        away = self.distance_em * (1 - progress)
        return PartPose(dx_em=away if self.side == "right" else -away, opacity=_shown(progress, 0.6))


class Focus(TextMotion):
    """Comes into focus."""

    name: ClassVar[str] = "basics.focus"
    blur_em: float = Field(0.22, ge=0, le=3, description="Blur at first: sigma in font sizes.")

    def pose(self, part: TextPart, progress: float) -> PartPose:
        del part
        return PartPose(blur_em=max(0.0, self.blur_em * (1 - progress)), opacity=_shown(progress, 0.8))


class Flip(TextMotion):
    """Turns up about its middle, like a card."""

    name: ClassVar[str] = "basics.text_flip"
    axis: Literal["x", "y"] = Field(
        "x", description="Whether it turns about a horizontal or a vertical axis."
    )

    def pose(self, part: TextPart, progress: float) -> PartPose:
        del part
        turned = math.sin(min(1.0, max(0.0, progress)) * math.pi / 2)
        across = self.axis == "y"
        return PartPose(
            scale_x=turned if across else 1.0,
            scale_y=1.0 if across else turned,
            opacity=_shown(progress, 0.25),
        )


class Spin(TextMotion):
    """Turns and grows into place."""

    name: ClassVar[str] = "basics.text_spin"
    angle: float = Field(-120.0, ge=-720, le=720, description="Degrees that it turns, clockwise if above 0.")

    def pose(self, part: TextPart, progress: float) -> PartPose:
        del part
        size = max(0.0, 0.3 + 0.7 * progress)
        return PartPose(
            rotation_deg=-self.angle * (1 - progress), scale_x=size, scale_y=size, opacity=_shown(progress)
        )


class Swing(TextMotion):
    """Swings into place like a sign."""

    name: ClassVar[str] = "basics.text_swing"
    ease: ClassVar[str] = "linear"
    angle: float = Field(28.0, ge=0, le=180, description="Degrees of its first swing.")

    def pose(self, part: TextPart, progress: float) -> PartPose:
        del part
        left = max(0.0, 1 - progress)
        swing = self.angle * left * left * math.cos(progress * 2.5 * math.pi)
        return PartPose(rotation_deg=swing, opacity=_shown(progress, 0.2))


class Lean(TextMotion):
    """Rushes in slanted and straightens up."""

    name: ClassVar[str] = "basics.lean"
    ease: ClassVar[str] = "out-back"

    def pose(self, part: TextPart, progress: float) -> PartPose:
        del part
        left = 1 - progress
        return PartPose(dx_em=1.4 * left, skew_deg=-38 * left, opacity=_shown(progress, 0.4))


class Stretch(TextMotion):
    """Shoots up from its baseline, too high at first."""

    name: ClassVar[str] = "basics.text_stretch"
    ease: ClassVar[str] = "out-elastic"

    def pose(self, part: TextPart, progress: float) -> PartPose:
        del part
        height = max(0.0, progress)
        # Half of what is missing lies below its middle.
        return PartPose(scale_y=height, dy_em=0.36 * (1 - height), opacity=_shown(progress, 0.15))


class Scatter(TextMotion):
    """Flies together from everywhere."""

    name: ClassVar[str] = "basics.scatter"
    distance_em: float = Field(4.0, ge=0, le=40, description="How far away it begins, in font sizes.")

    def pose(self, part: TextPart, progress: float) -> PartPose:
        left = 1 - progress
        angle, reach = 2 * math.pi * part.random(0), self.distance_em * (0.5 + 0.5 * part.random(1))
        return PartPose(
            dx_em=math.cos(angle) * reach * left,
            dy_em=math.sin(angle) * reach * left,
            rotation_deg=(part.random(2) - 0.5) * 240 * left,
            opacity=_shown(progress, 0.6),
        )


class Tracking(TextMotion):
    """Letters draw together from a wide spacing."""

    name: ClassVar[str] = "basics.tracking"
    spread_em: float = Field(3.0, ge=-20, le=20, description="How far the outermost begin from their places.")

    def pose(self, part: TextPart, progress: float) -> PartPose:
        left = 1 - progress
        return PartPose(dx_em=self.spread_em * 2 * (part.x - 0.5) * left, opacity=_shown(progress, 0.7))


class Glitch(TextMotion):
    """Jumps about and flickers before it stands."""

    name: ClassVar[str] = "basics.text_glitch"
    ease: ClassVar[str] = "linear"

    def pose(self, part: TextPart, progress: float) -> PartPose:
        step = math.floor(progress * 8)
        left = max(0.0, 1 - progress)
        return PartPose(
            dx_em=(part.random(3 * step) - 0.5) * 1.1 * left,
            dy_em=(part.random(3 * step + 1) - 0.5) * 0.5 * left,
            skew_deg=(part.random(3 * step + 2) - 0.5) * 50 * left,
            opacity=0.0 if progress <= 0 or part.random(100 + step) < 0.45 * left else 1.0,
        )


class Zoom(TextMotion):
    """Shrinks from afar in front to its size, blurred at first."""

    name: ClassVar[str] = "basics.text_zoom"
    scale: float = Field(3.0, ge=0, le=20, description="Size at first; below 1 it grows.")

    def pose(self, part: TextPart, progress: float) -> PartPose:
        del part
        left = 1 - progress
        size = max(0.0, 1 + (self.scale - 1) * left)
        return PartPose(
            scale_x=size, scale_y=size, blur_em=max(0.0, 0.06 * left), opacity=_shown(progress, 0.7)
        )


class Curtain(TextMotion):
    """Opens from its middle to both sides."""

    name: ClassVar[str] = "basics.curtain"
    ease: ClassVar[str] = "in-out-cubic"

    def pose(self, part: TextPart, progress: float) -> PartPose:
        del part
        hidden = min(0.5, max(0.0, (1 - progress) / 2))
        return PartPose(hide_left=hidden, hide_right=hidden)


MOTIONS: Final[tuple[type[TextMotion], ...]] = (
    Curtain,
    Drop,
    Fade,
    Flip,
    Focus,
    Glitch,
    Lean,
    Pop,
    Rise,
    Scatter,
    Slam,
    Slide,
    Spin,
    Stretch,
    Swing,
    Tracking,
    Type,
    Unveil,
    Wipe,
    Zoom,
)
"""All of them."""
