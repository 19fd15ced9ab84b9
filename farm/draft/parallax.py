"""Parallax: a camera before a group moves its clips, near ones more than far ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

from farm.draft.curves import sampled
from farm.draft.stage import Stage
from farm.model.curve import Curve
from farm.model.document import Unit
from farm.model.motion_document import CameraDocument
from farm.model.placement import Placement


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera over a group's frames."""

    x: Curve
    """Shift of a clip of depth 1 to the right, pixels."""
    y: Curve
    """Shift of a clip of depth 1 downwards, pixels."""
    zoom: Curve
    """Enlargement of a clip of depth 1 about the middle of the canvas."""


def camera_of(stage: Stage, document: CameraDocument, path: str) -> Camera:
    """Return the camera that a document describes."""
    return Camera(
        stage.animated(document.x, f"{path}.x", stage.width, -4.0 * stage.width, 4.0 * stage.width),
        stage.animated(document.y, f"{path}.y", stage.height, -4.0 * stage.height, 4.0 * stage.height),
        stage.animated(document.zoom, f"{path}.zoom", 1, 0.1, 10, Unit.SHARE),
    )


def seen_by(
    camera: Camera, placed: Placement, depth: float, first: int, frames: int, stage: Stage
) -> Placement:
    """Return a clip's placement as the camera sees it.

    Args:
        camera: The camera.
        placed: Where the clip is without it.
        depth: How much the camera moves it.
        first: The clip's first frame in the group.
        frames: Its length.
        stage: The canvas.
    """
    if placed.pin is not None or depth == 0:
        return placed
    box = placed.box
    away_x = box.x + placed.anchor_x * box.width - stage.width / 2
    away_y = box.y + placed.anchor_y * box.height - stage.height / 2

    def scale(frame: float) -> float:
        return max(0.01, 1 + (camera.zoom.at(first + frame) - 1) * depth)

    def x(frame: float) -> float:
        by = scale(frame)
        return (placed.x.at(frame) + depth * camera.x.at(first + frame)) * by + away_x * (by - 1)

    def y(frame: float) -> float:
        by = scale(frame)
        return (placed.y.at(frame) + depth * camera.y.at(first + frame)) * by + away_y * (by - 1)

    return replace(
        placed,
        x=sampled(x, frames),
        y=sampled(y, frames),
        scale=sampled(lambda frame: placed.scale.at(frame) * scale(frame), frames),
    )
