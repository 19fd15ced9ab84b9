"""Sight: everything that a designer needs to know about a picture, determined at once."""

from __future__ import annotations

from dataclasses import dataclass

from farm.model.color import Color
from farm.plugins.palette import Fractions, Rgb, border, details, palette, subject


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen in a picture at a glance; :class:`farm.plugins.template.Photo` has the same fields."""

    palette: tuple[Color, ...]
    """Its main colours, most frequent first, near-greys last."""
    border: Color
    """Median colour along its edges."""
    plain_border: bool
    """Whether the edges are nearly one colour."""
    subject: Fractions
    """(left, top, right, bottom) of what stands out from the backdrop, as shares of width and height."""
    details: tuple[tuple[float, float], ...]
    """Points worth a closer look, as shares of width and height, the best first."""


def see(rgb: Rgb) -> Sight:
    """Return what is seen in a picture, sRGB (height, width, 3).

    Drafts depend on it: a brief uses a picture of ``POSTER_PX`` (256) pixels, as do the findings it may be made from.
    """
    edge, plain = border(rgb)
    return Sight(palette(rgb), edge, plain, subject(rgb), details(rgb))
