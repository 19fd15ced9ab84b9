"""Poses: what entrances, exits and loops do to a clip at a frame."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pose:
    """A shift, a deformation, an opacity and a revealed part; about the clip's anchor."""

    dx: float = 0.0
    """Shift to the right, pixels."""
    dy: float = 0.0
    """Shift downwards, pixels."""
    scale_x: float = 1.0
    """Width."""
    scale_y: float = 1.0
    """Height."""
    rotation_deg: float = 0.0
    """Clockwise."""
    skew_x_deg: float = 0.0
    """Slant of vertical edges."""
    opacity: float = 1.0
    """0 to 1."""
    left: float = 0.0
    """Share of the width that is hidden at the left."""
    top: float = 0.0
    """Share of the height that is hidden at the top."""
    right: float = 0.0
    """Share of the width that is hidden at the right."""
    bottom: float = 0.0
    """Share of the height that is hidden at the bottom."""
    blur_px: float = 0.0
    """Gaussian sigma."""

    def __mul__(self, other: Pose) -> Pose:
        return Pose(
            self.dx + other.dx,
            self.dy + other.dy,
            self.scale_x * other.scale_x,
            self.scale_y * other.scale_y,
            self.rotation_deg + other.rotation_deg,
            self.skew_x_deg + other.skew_x_deg,
            self.opacity * other.opacity,
            max(self.left, other.left),
            max(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
            self.blur_px + other.blur_px,
        )

    @property
    def covers(self) -> bool:
        """Whether all of the clip is shown, opaque and in focus."""
        return self.opacity >= 1 and not self.reveals and self.blur_px <= 0

    @property
    def reveals(self) -> bool:
        """Whether a part of the clip is hidden."""
        return self.left > 0 or self.top > 0 or self.right > 0 or self.bottom > 0

    @property
    def rests(self) -> bool:
        """Whether the clip is neither moved nor deformed."""
        moved = self.dx != 0 or self.dy != 0 or self.rotation_deg != 0 or self.skew_x_deg != 0
        return not moved and self.scale_x == 1 and self.scale_y == 1

    @property
    def hides(self) -> bool:
        """Whether nothing of the clip is shown."""
        gone = self.opacity <= 0 or self.scale_x <= 0 or self.scale_y <= 0
        return gone or self.left + self.right >= 1 or self.top + self.bottom >= 1


STILL = Pose()
HIDDEN = Pose(opacity=0.0)
