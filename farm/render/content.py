"""How a picture's pixels fill their box: fitted, zoomed, in focus."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from farm.model.asset import Asset
from farm.model.curve import Curve
from farm.model.placement import NO_CROP, Fit, Placement

_SLACK: Final = 0.05
"""Pairs of pixels by which a window may show what is cut off: sizes are rounded."""


@dataclass(frozen=True, slots=True)
class Content:
    """How an asset's pixels fill its box at a zoom and focus."""

    width: int
    """Columns that the asset is scaled to, even."""
    height: int
    """Rows, even."""
    x: float
    """Column of the content's left edge in the box."""
    y: float
    """Row of its top edge in the box."""
    sx: float
    """Box columns per content column."""
    sy: float
    """Box rows per content row."""


def content_of(asset: Asset, placement: Placement, top_zoom: float, frame: float) -> Content:
    """Return the content for a picture asset at a frame; its size does not depend on the frame.

    What is cropped away is part of the content, which then extends beyond :func:`window_of`.
    """
    box, fit, crop = placement.box, placement.fit, placement.crop
    kept_x, kept_y = 1 - crop.left - crop.right, 1 - crop.top - crop.bottom
    across, down = box.width / (asset.width_px * kept_x), box.height / (asset.height_px * kept_y)
    if fit is Fit.COVER:
        across = down = max(across, down)
    elif fit in (Fit.CONTAIN, Fit.BLUR):
        across = down = min(across, down)
    width = even_up(asset.width_px * across * top_zoom)
    height = even_up(asset.height_px * down * top_zoom)
    zoom = max(1.0, placement.zoom.at(frame))
    shown_width, shown_height = asset.width_px * across * zoom, asset.height_px * down * zoom
    if placement.zoom.is_constant:
        shown_width, shown_height = width, height
    x = _offset(box.width, shown_width * kept_x, placement.focus_x, frame) - crop.left * shown_width
    y = _offset(box.height, shown_height * kept_y, placement.focus_y, frame) - crop.top * shown_height
    steady = placement.zoom.is_constant and placement.focus_x.is_constant and placement.focus_y.is_constant
    if steady and crop == NO_CROP:
        x, y = 2 * round(x / 2), 2 * round(y / 2)  # even, so that the content is copied, not sampled
    return Content(width, height, x, y, shown_width / width, shown_height / height)


def window_of(content: Content, placement: Placement, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the (left, top, right, bottom) of a box of ``size`` in which content may show; all even.

    This is the whole box, unless a cropped picture leaves a part of it free.
    """
    crop = placement.crop
    width, height = content.width * content.sx, content.height * content.sy
    left, right = content.x + crop.left * width, content.x + (1 - crop.right) * width
    top, bottom = content.y + crop.top * height, content.y + (1 - crop.bottom) * height
    return (
        2 * math.ceil(max(0.0, left) / 2 - _SLACK) if crop.left else 0,
        2 * math.ceil(max(0.0, top) / 2 - _SLACK) if crop.top else 0,
        2 * math.floor(min(float(size[0]), right) / 2 + _SLACK) if crop.right else size[0],
        2 * math.floor(min(float(size[1]), bottom) / 2 + _SLACK) if crop.bottom else size[1],
    )


def _offset(room: float, size: float, focus: Curve, frame: float) -> float:
    # An easing may overshoot: a focus beyond the picture's edge would show what is behind it.
    return (room - size) * (min(1.0, max(0.0, focus.at(frame))) if size > room else 0.5)


def even_up(size: float) -> int:
    return max(2, 2 * round(size / 2 + 0.0001))
