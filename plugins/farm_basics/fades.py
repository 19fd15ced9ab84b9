"""Transitions without motion: one picture fades into the other."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from pydantic import Field

from farm.plugin import EASINGS, ColorValue, Ease, Frame, Transition, parse_color, to_yuv
from farm_basics.soften import soften

ONE = 65536


def eased(ease: str, progress: float) -> int:
    """Return the eased progress, clamped, in 1/65536."""
    return round(min(1.0, max(0.0, EASINGS[ease](min(1.0, max(0.0, progress))))) * ONE)


def mix(old: Frame, new: Frame, weight: int) -> Frame:
    """Return old + (new - old) * weight / 65536 of every plane."""
    from farm_basics.kernels import mix_planes

    if weight <= 0:
        return old
    if weight >= ONE:
        return new
    out = old.blank(alpha=not old.opaque)
    for a, b, target in zip(old.planes(), new.planes(), out.planes(), strict=True):
        mix_planes(a, b, weight, target)
    return out


def tint(frame: Frame, yuv: tuple[int, int, int], weight: int) -> Frame:
    """Return a premultiplied frame mixed towards a colour by weight / 65536; alpha is unchanged."""
    from farm_basics.kernels import tint_plane

    if weight <= 0:
        return frame
    out = frame.blank(alpha=False)
    for source, target, color, alpha in zip(
        (frame.y, frame.u, frame.v), out.planes(), yuv, (frame.a, frame.a2, frame.a2), strict=True
    ):
        tint_plane(source, source if alpha is None else alpha, weight, color, int(alpha is None), target)
    return Frame(out.y, out.u, out.v, frame.a, frame.a2)


class Eased(Transition):
    """A transition with an easing; its ends are exactly the old and the new picture."""

    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def mix(self, old: Frame, new: Frame, progress: float) -> Frame:
        weight = eased(self.ease, progress)
        if weight in (0, ONE):
            return old if weight == 0 else new
        return self.between(old, new, weight)

    @abstractmethod
    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        """Return the frame at ``weight`` (above 0, below 65536); neither frame may be written to."""


class Fade(Transition):
    """Dissolve: the old picture fades into the new one (ffmpeg xfade's ``fade`` if ease is linear)."""

    name: ClassVar[str] = "basics.fade"

    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def mix(self, old: Frame, new: Frame, progress: float) -> Frame:
        return mix(old, new, eased(self.ease, progress))


class Dip(Transition):
    """The old picture fades to a colour, and the new one fades in from it."""

    name: ClassVar[str] = "basics.dip"

    color: ColorValue = Field("#000000", description="Colour in the middle of the transition.")
    ease: Ease = Field("in-out-quad", description="Easing of the transition.")

    def mix(self, old: Frame, new: Frame, progress: float) -> Frame:
        weight = eased(self.ease, progress)
        half = ONE // 2
        frame, share = (old, weight) if weight < half else (new, ONE - weight)
        return tint(frame, to_yuv(parse_color(self.color)), min(ONE, share * 2))


class Flash(Transition):
    """A burst of light hides the cut; it rises quickly and decays slowly."""

    name: ClassVar[str] = "basics.flash"

    color: ColorValue = Field("#ffffff", description="Colour of the light.")
    peak: float = Field(
        0.3, ge=0.05, le=0.95, description="When the light is brightest, as a share of the transition."
    )

    def mix(self, old: Frame, new: Frame, progress: float) -> Frame:
        color = to_yuv(parse_color(self.color))
        if progress < self.peak:
            return tint(old, color, eased("in-quad", progress / self.peak))
        return tint(new, color, ONE - eased("out-cubic", (progress - self.peak) / (1 - self.peak)))


class BlurThrough(Eased):
    """Both pictures are blurred while one fades into the other."""

    name: ClassVar[str] = "basics.blur_through"

    radius: float = Field(3.0, ge=0, le=20, description="Blur in the middle, percent of the shorter side.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        # A parabola that is 1 in the middle, so that the blur increases and decreases.
        share = 4 * weight * (ONE - weight) / (ONE * ONE)
        sigma = self.radius / 100 * min(old.width, old.height) * share
        return soften(mix(old, new, weight), sigma)
