"""Framing: which part of a photo an area shows, and whether that loses anything essential."""

from __future__ import annotations

from typing import Final

from farm.model.asset import MediaKind
from farm.plugins.template import Photo

WHOLE: Final = (0.0, 0.0, 1.0, 1.0)
"""The subject of a photo without a uniform backdrop."""
_KEPT_KNOWN: Final = 0.985
"""Share of a known subject's width and height that a crop must keep."""
_KEPT_UNKNOWN: Final = 0.74
"""Share of the photo's width and height that a crop must keep if the subject is unknown."""
_AIR: Final = 0.035
"""Margin around a subject, as a share of the photo's side."""
_TOUCH: Final = 0.02
"""A subject closer than this to a side of the photo is cut off by it."""


def is_clip(photo: Photo) -> bool:
    """Return whether it is a clip."""
    return photo.asset.kind is MediaKind.VIDEO


def _aspect(photo: Photo) -> float:
    return max(1, photo.asset.width_px) / max(1, photo.asset.height_px)


_UPPER: Final = 0.32
"""Share of a scene's vertical crop that is taken from its top: faces are rarely at the bottom."""


def crop(
    photo: Photo, aspect: float, zoom: float = 1.0, toward: tuple[float, float] = (0.5, 0.5)
) -> tuple[float, float, float, float]:
    """Return (left, top, width, height) of the crop of ``aspect``, in shares.

    It contains the point at the share ``toward`` of the subject's width and height.
    """
    own = _aspect(photo)
    across, down = min(1.0, aspect / own) / zoom, min(1.0, own / aspect) / zoom
    left, top, right, bottom = photo.subject
    x = min(max(left + (right - left) * toward[0] - across / 2, 0.0), 1 - across)
    y = min(max(top + (bottom - top) * toward[1] - down / 2, 0.0), 1 - down)
    if photo.subject == WHOLE and toward == (0.5, 0.5):
        y = (1 - down) * _UPPER
    return x, y, across, down


def detail(photo: Photo, number: int) -> tuple[float, float]:
    """Return a point for a close-up, as shares of the subject's width and height; consecutive numbers alternate."""
    x, y = photo.details[number % len(photo.details)]
    left, top, right, bottom = photo.subject
    return (x - left) / (right - left), (y - top) / (bottom - top)


def covers_well(photo: Photo, aspect: float) -> bool:
    """Return whether the photo can fill an area of ``aspect`` without losing anything essential."""
    # With a small margin: a product that touches the edge looks cut off.
    left, top = (max(0.0, side - _AIR) for side in photo.subject[:2])
    right, bottom = (min(1.0, side + _AIR) for side in photo.subject[2:])
    # The picture is magnified while it is shown, so its closest view decides.
    x, y, across, down = crop(photo, aspect, 1.0 if photo.subject == WHOLE else 1.05)
    if photo.subject == WHOLE:
        return min(across, down) >= _KEPT_UNKNOWN
    kept_x = (min(right, x + across) - max(left, x)) / (right - left)
    kept_y = (min(bottom, y + down) - max(top, y)) / (bottom - top)
    return min(kept_x, kept_y) >= _KEPT_KNOWN and min(across, down) >= 0.5


def card_aspect(photo: Photo, wished: float) -> float:
    """Return the aspect of a card for the photo: as close to ``wished`` as its subject allows."""
    own = _aspect(photo)
    nearest = min(max(wished, own * 0.55), own / 0.55)
    for step in range(9):
        aspect = nearest + (own - nearest) * step / 8
        if covers_well(photo, aspect):
            return aspect
    return own


def seamless(photo: Photo) -> bool:
    """Return whether the photo's backdrop can be extended around it."""
    left, _, right, _ = photo.subject
    cut_sideways = left < _TOUCH or right > 1 - _TOUCH
    return photo.plain_border and photo.subject != WHOLE and not cut_sideways and not is_clip(photo)


def cut_above(photo: Photo) -> bool:
    """Return whether the photo cuts the product off at the top, so that it cannot be set freely below something."""
    return photo.subject[1] < _TOUCH
