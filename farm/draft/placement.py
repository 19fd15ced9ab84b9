"""Where a clip is shown: its box in pixels, and the curves of its animation."""

from __future__ import annotations

from typing import Any, Final

from farm.draft.stage import Stage
from farm.model.clip_document import PictureDocument, VisualDocument
from farm.model.document import length_px
from farm.model.timeline import Box, Fit, Placement

MAX_CANVASES: Final = 32
"""How far, in canvas sizes, a box may lie or extend from the canvas: enough for tickers, yet it catches typos."""


def placement_of(stage: Stage, clip: VisualDocument, path: str) -> Placement:
    """Return the placement of a clip, including its animation curves."""
    box = _box(stage, clip, path)
    ax, ay = clip.anchor
    if not (-2 <= ax <= 3 and -2 <= ay <= 3):
        stage.problem(f"{path}.anchor", "out of range; allowed: -2 to 3, where 0 to 1 is inside the box")
    room_x, room_y = 4.0 * stage.width, 4.0 * stage.height
    common: dict[str, Any] = {
        "x": stage.curve(clip, "x", path, stage.width, -room_x, room_x),
        "y": stage.curve(clip, "y", path, stage.height, -room_y, room_y),
        "scale": stage.curve(clip, "scale", path, 1, 0, 20),
        "rotation_deg": stage.curve(clip, "rotation", path, 360, -36000, 36000),
        "opacity": stage.curve(clip, "opacity", path, 1, 0, 1),
    }
    if not isinstance(clip, PictureDocument):
        return Placement(box, Fit.CONTAIN, anchor_x=ax, anchor_y=ay, **common)
    return Placement(
        box,
        Fit(clip.fit),
        anchor_x=ax,
        anchor_y=ay,
        zoom=stage.curve(clip, "zoom", path, 1, 1, 10),
        focus_x=stage.curve(clip, "focus_x", path, 1, 0, 1),
        focus_y=stage.curve(clip, "focus_y", path, 1, 0, 1),
        radius_px=max(0.0, length_px(clip.radius, min(box.width, box.height))),
        **common,
    )


def _box(stage: Stage, clip: VisualDocument, path: str) -> Box:
    if clip.box is None:
        return _even_box(*clip.default_box(stage.width, stage.height))
    x, width = (length_px(value, stage.width) for value in clip.box[::2])
    y, height = (length_px(value, stage.height) for value in clip.box[1::2])
    if width < 1 or height < 1:
        stage.problem(f"{path}.box", f"a box of {width:g}x{height:g} pixels is empty; make it at least 1x1")
        return Box(0, 0, 2, 2)
    across, down = MAX_CANVASES * stage.width, MAX_CANVASES * stage.height
    if width > across or height > down or abs(x) > across or abs(y) > down:
        stage.problem(f"{path}.box", f"the box extends more than {MAX_CANVASES} canvases away")
        return Box(0, 0, 2, 2)
    if width * height > 16 * stage.width * stage.height:
        stage.problem(f"{path}.box", "the box is larger than 16 canvases")
        return Box(0, 0, 2, 2)
    return _even_box(x, y, width, height)


def _even_box(x: float, y: float, width: float, height: float) -> Box:
    """Return the box rounded to even pixels, so that chroma samples stay aligned while it does not move."""
    left, top = 2 * round(x / 2), 2 * round(y / 2)
    right, bottom = 2 * round((x + width) / 2), 2 * round((y + height) / 2)
    return Box(left, top, max(2, right - left), max(2, bottom - top))
