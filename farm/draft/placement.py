"""Where a clip is shown: its box in pixels, and the curves of its animation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from farm.draft.curves import summed
from farm.draft.ken_burns import ken_burns
from farm.draft.paths import path_motion
from farm.draft.pins import pin_of
from farm.draft.stage import Stage
from farm.model.clip_document import AdjustmentClip, PictureDocument, VisualDocument
from farm.model.color import parse_color
from farm.model.document import Unit, length_px
from farm.model.look import Stroke
from farm.model.placement import NO_CROP, Box, Crop, Fit, Placement

MAX_CANVASES: Final = 32
"""How far, in canvas sizes, a box may lie or extend from the canvas: enough for tickers, yet it catches typos."""


def placement_of(stage: Stage, clip: VisualDocument | AdjustmentClip, frames: int, path: str) -> Placement:
    """Return the placement of a clip of a number of frames, including its animation curves."""
    box = _box(stage, clip, path)
    if isinstance(clip, AdjustmentClip):
        return Placement(box, Fit.CONTAIN, opacity=stage.share(clip, "opacity", path, 0, 1))
    ax, ay = clip.anchor
    if not (-2 <= ax <= 3 and -2 <= ay <= 3):
        stage.problem(f"{path}.anchor", "out of range; allowed: -2 to 3, where 0 to 1 is inside the box")
    room_x, room_y = 4.0 * stage.width, 4.0 * stage.height
    common: dict[str, Any] = {
        "x": stage.curve(clip, "x", path, stage.width, -room_x, room_x),
        "y": stage.curve(clip, "y", path, stage.height, -room_y, room_y),
        "scale": stage.share(clip, "scale", path, 0, 20),
        "rotation_deg": stage.number(clip, "rotation", path, -36000, 36000, Unit.DEGREES),
        "opacity": stage.share(clip, "opacity", path, 0, 1),
        "scale_x": stage.share(clip, "scale_x", path, 0, 20),
        "scale_y": stage.share(clip, "scale_y", path, 0, 20),
        "skew_x_deg": stage.number(clip, "skew_x", path, -80, 80, Unit.DEGREES),
        "skew_y_deg": stage.number(clip, "skew_y", path, -80, 80, Unit.DEGREES),
        "flip_x": clip.flip in ("across", "both"),
        "flip_y": clip.flip in ("down", "both"),
        "pin": pin_of(stage, clip, frames, path),
    }
    if isinstance(clip, PictureDocument):
        placed = _picture(stage, clip, box, path, frames, common)
    else:
        placed = Placement(box, Fit.CONTAIN, anchor_x=ax, anchor_y=ay, **common)
    if clip.path is None or placed.pin is not None:
        return placed
    motion = path_motion(stage, clip.path, frames, f"{path}.path")
    if motion is None:
        return placed
    return replace(
        placed,
        x=summed(placed.x, motion.x, frames),
        y=summed(placed.y, motion.y, frames),
        rotation_deg=summed(placed.rotation_deg, motion.rotation_deg, frames),
    )


def _picture(
    stage: Stage, clip: PictureDocument, box: Box, path: str, frames: int, common: dict[str, Any]
) -> Placement:
    border = None
    if clip.border is not None:
        width = length_px(clip.border.width, stage.short)
        most = min(box.width, box.height)
        if not 0 <= width <= most:
            allowed = f"allowed: 0 to {most:g} px, the shorter side of the box"
            stage.problem(f"{path}.border.width", f"{width:g} px is out of range; {allowed}")
        border = Stroke(parse_color(clip.border.color), width)
    placed = Placement(
        box,
        Fit(clip.fit),
        anchor_x=clip.anchor[0],
        anchor_y=clip.anchor[1],
        zoom=stage.share(clip, "zoom", path, 1, 10),
        focus_x=stage.share(clip, "focus_x", path, 0, 1),
        focus_y=stage.share(clip, "focus_y", path, 0, 1),
        radius_px=max(0.0, length_px(clip.radius, min(box.width, box.height))),
        crop=_crop(stage, clip, path),
        border=border,
        shadow=stage.shadow(clip.shadow, path) if clip.shadow is not None else None,
        **common,
    )
    if clip.ken_burns is None:
        return placed
    asset = stage.assets.get(str(clip.src))
    if not placed.zoom.is_constant or placed.zoom.at(0) != 1:
        stage.problem(f"{path}.ken_burns", "give either `ken_burns` or `zoom`, not both")
        return placed
    for name, focus in (("focus_x", placed.focus_x), ("focus_y", placed.focus_y)):
        if not focus.is_constant:
            stage.problem(f"{path}.ken_burns", f"moves the focus itself; give one value as `{name}`")
            return placed
    return ken_burns(clip.ken_burns, placed, asset, frames)


def _crop(stage: Stage, clip: PictureDocument, path: str) -> Crop:
    if clip.crop is None:
        return NO_CROP
    asset = stage.assets.get(str(clip.src))
    # A sound has no sides, which is reported where it is taken for a picture.
    known = asset is not None and asset.width_px > 0 and asset.height_px > 0
    sides = (asset.width_px, asset.height_px) * 2 if asset is not None and known else (100, 100, 100, 100)
    shares = [length_px(value, side) / side for value, side in zip(clip.crop, sides, strict=True)]
    if any(share < 0 for share in shares) or shares[0] + shares[2] > 0.98 or shares[1] + shares[3] > 0.98:
        stage.problem(f"{path}.crop", "must not be negative and has to leave at least 2% of the picture")
        return NO_CROP
    return Crop(*shares)


def _box(stage: Stage, clip: VisualDocument | AdjustmentClip, path: str) -> Box:
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
