"""``intake.quality``: the technical quality of a picture or clip, as measurements, a score and reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from pydantic import BaseModel, Field

from farm.plugin import Analyser, Analysis, MediaKind
from farm_intake.found import IntakeFinding

if TYPE_CHECKING:
    from farm.plugin import Subject
    from farm_intake.measures import Exposure

_LUMA: Final = np.array([0.299, 0.587, 0.114], np.float32)
"""ITU-R BT.601, as in JPEG and in :meth:`Subject.lumas`."""

SHARP: Final = (0.15, 0.42)
NOISE: Final = (14.0, 3.0)
BLOCKS: Final = (2.5, 0.8)
SHORT_SIDE_PX: Final = (200, 720)
CONTRAST: Final = (25.0, 90.0)
CLIPPED: Final = (0.35, 0.05)
"""For each measure: the value at which it is worthless, and the value from which on it does not improve further."""
_WHITE_GROUND: Final = 240
"""A border of at least this luma in all parts is a white backdrop."""
_DARK: Final = (25.0, 70.0)
_BRIGHT: Final = (245.0, 215.0)


class Quality(IntakeFinding):
    """Technical quality; the content is not judged."""

    sharpness: float = Field(description="0 (blurred, enlarged) to 1; 0.4 and more is sharp.")
    noise: float = Field(
        description="Standard deviation of noise, in levels of 0 to 255; up to 3 is invisible."
    )
    blockiness: float = Field(
        description="Visibility of the block grid of strong compression; 0 is invisible."
    )
    mean_luma: float = Field(description="Mean luma without the backdrop, 0 to 255.")
    shadows: float = Field(description="Share of shadows without detail, 0 to 1.")
    highlights: float = Field(description="Share of overexposed pixels, 0 to 1.")
    contrast: float = Field(
        description="Difference between the 5th and the 95th percentile of luma, 0 to 255."
    )
    short_side_px: int = Field(description="The shorter side.")
    megapixels: float = Field(description="Width times height, in millions.")
    scores: dict[str, float] = Field(
        description="A score for each aspect, 0 (worthless) to 1 (fully sufficient)."
    )
    quality: float = Field(description="The mean of the lowest score and the mean score, 0 to 1.")
    reasons: tuple[str, ...] = Field(
        description="Aspects with a score below one half, with the measured values."
    )


class QualityAnalyser(Analyser):
    """Measures a picture, or the median of a few frames of a clip at full size."""

    name: ClassVar[str] = "intake.quality"
    version: ClassVar[int] = 2
    summary: ClassVar[str] = (
        "Sharpness, noise, compression, exposure, contrast and size, and a score for each and in total."
    )
    kinds: ClassVar[frozenset[MediaKind]] = frozenset({MediaKind.IMAGE, MediaKind.VIDEO})
    findings: ClassVar[type[BaseModel]] = Quality

    def analyse(self, subject: Subject) -> Analysis:
        from farm.plugin import POSTER_PX, backdrop_of, border
        from farm_intake.measures import blockiness, exposure, noise, sharpness

        rgb = subject.picture(POSTER_PX)
        color, plain = border(rgb)
        # A white backdrop is not overexposed; the product of a packshot may touch two of its edges.
        ground = plain or min(color.r, color.g, color.b) >= _WHITE_GROUND
        backdrop = backdrop_of(rgb, color) if ground else np.zeros(rgb.shape[:2], bool)
        light = exposure(rgb.astype(np.float32) @ _LUMA, backdrop)
        lumas = subject.lumas()
        found = judged(
            sharp=float(np.median([sharpness(luma) for luma in lumas])),
            noisy=float(np.median([noise(luma) for luma in lumas])),
            blocky=float(np.median([blockiness(luma) for luma in lumas])),
            light=light,
            size=(subject.asset.width_px, subject.asset.height_px),
        )
        facts = {
            "quality": found.quality,
            "sharpness": found.sharpness,
            "noise": found.noise,
            "brightness": round(found.mean_luma / 255, 3),
            "contrast": round(found.contrast / 255, 3),
            "short_side_px": found.short_side_px,
        }
        return Analysis(found, facts)


def judged(*, sharp: float, noisy: float, blocky: float, light: Exposure, size: tuple[int, int]) -> Quality:
    """Return the quality that results from measurements.

    Args:
        sharp: From :func:`farm_intake.measures.sharpness`.
        noisy: From :func:`farm_intake.measures.noise`.
        blocky: From :func:`farm_intake.measures.blockiness`.
        light: From :func:`farm_intake.measures.exposure`.
        size: Width and height in pixels.
    """
    short_px = min(size)
    scores = {
        "sharpness": between(sharp, SHARP),
        "noise": between(noisy, NOISE),
        "compression": between(blocky, BLOCKS),
        "exposure": min(
            between(light.mean, _DARK),
            between(light.mean, _BRIGHT),
            between(light.shadows + light.highlights, CLIPPED),
        ),
        "contrast": between(light.contrast, CONTRAST),
        "resolution": between(short_px, SHORT_SIDE_PX),
    }
    descriptions = {
        "sharpness": f"blurred or enlarged (sharpness {sharp:.2f})",
        "noise": f"noisy ({noisy:.1f} levels)",
        "compression": f"strongly compressed (blockiness {blocky:.2f})",
        "exposure": f"badly exposed (mean {light.mean:.0f} of 255, {light.shadows + light.highlights:.0%} clipped)",
        "contrast": f"flat ({light.contrast:.0f} levels)",
        "resolution": f"small ({short_px} px on the shorter side)",
    }
    values = list(scores.values())
    return Quality(
        sharpness=round(sharp, 3),
        noise=round(noisy, 2),
        blockiness=round(blocky, 3),
        mean_luma=round(light.mean, 1),
        shadows=round(light.shadows, 4),
        highlights=round(light.highlights, 4),
        contrast=round(light.contrast, 1),
        short_side_px=short_px,
        megapixels=round(size[0] * size[1] / 1e6, 3),
        scores={name: round(score, 3) for name, score in scores.items()},
        quality=round((min(values) + sum(values) / len(values)) / 2, 3),
        reasons=tuple(descriptions[name] for name, score in scores.items() if score < 0.5),
    )


def between(value: float, ends: tuple[float, float]) -> float:
    """Return the position of ``value`` between the first and the second end, 0 to 1."""
    worst, best = ends
    return min(1.0, max(0.0, (value - worst) / (best - worst)))
