"""How a picture's pixels fill their box: fitted, zoomed, in focus."""

from __future__ import annotations

from dataclasses import dataclass

from farm.model.asset import Asset
from farm.model.curve import Curve
from farm.model.timeline import Fit, Placement


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
    """Return the content for a picture asset at a frame; its size does not depend on the frame."""
    box, fit = placement.box, placement.fit
    across, down = box.width / asset.width_px, box.height / asset.height_px
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
    x = _offset(box.width, shown_width, placement.focus_x, frame)
    y = _offset(box.height, shown_height, placement.focus_y, frame)
    if placement.zoom.is_constant and placement.focus_x.is_constant and placement.focus_y.is_constant:
        x, y = 2 * round(x / 2), 2 * round(y / 2)  # even, so that the content is copied, not sampled
    return Content(width, height, x, y, shown_width / width, shown_height / height)


def _offset(room: float, size: float, focus: Curve, frame: float) -> float:
    return (room - size) * (focus.at(frame) if size > room else 0.5)


def even_up(size: float) -> int:
    return max(2, 2 * round(size / 2 + 0.0001))
