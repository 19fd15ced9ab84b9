"""One picture laid on another: how far they agree where they overlap, pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from farm.dedup.image_signature import ImageSignature
from farm.dedup.match import Alignment

_WORK_PX: Final = 80
"""Longest side of what is compared."""
_WINDOW: Final = 3
"""Half the side of the window in which likeness is measured."""
_NOISE: Final = 12.0
"""Variance of luma below which a window shows nothing."""
_TEXTURE_TOP: Final = 24.0
"""The weight of a window grows with its standard deviation up to this value."""
_FIRM: Final = 0.85
"""The correlation above which a window shows the same."""
_STRANGE: Final = 0.15
"""Pictures that agree less than this have nothing in common."""
_TONE: Final = 16.0
"""Levels of luma by which brightness may differ, after a global change is removed."""
_SHIFTED: Final = 0.3
"""The brightness difference that subpixel shifts of edges cause, as a share of a window's standard deviation."""
_COLOUR: Final = 14.0
"""Levels of chroma by which a colour may differ, after a global change is removed."""

_FEWEST: Final = 64
"""Fewer common pixels than this prove nothing."""
_OTHER: Final = 0.35
_OTHER_LEVELS: Final = 30.0
"""A correlation below this, or in plain windows a difference in levels above this, shows something else."""
_TINTED: Final = 2.0
"""A picture whose chroma has a smaller standard deviation has a single tint."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two pictures agree where they overlap."""

    kept: float
    """Share of the first picture's content there that the second shows too, 0 to 1."""
    seen: float
    """Share of the second picture's content there that the first shows too, 0 to 1."""
    firm: float
    """Share of either picture's content there that is the same beyond doubt, the better of both; high where most
    of a picture matches exactly and some is hidden, low where similar things overlap."""
    of_one: float
    """Share of the first picture's area that lies inside the second."""
    of_other: float
    """Share of the second picture's area that is covered."""
    toned: float
    """Share of what agrees in shape that is lighter or darker than a global change of brightness explains, 0 to 1."""
    recoloured: float
    """Share of what agrees in shape whose colour differs, 0 to 1."""
    covered: float
    """Share of the common area where something else is visible."""
    grey: bool
    """Whether only one of the pictures has colours."""


def lay(one: ImageSignature, other: ImageSignature, placement: Alignment) -> Agreement | None:
    """Return how far ``one`` agrees with ``other`` where ``placement`` puts it; None if they do not overlap or have
    nothing in common there."""
    here, there, inside = _aligned(one, other, placement)
    if inside.sum() < _FEWEST:
        return None
    mask = inside.astype(np.float32)
    a, b = here[..., 0], there[..., 0]
    sums = _box(np.stack([np.ones_like(a), a, b, a * a, b * b, a * b], -1) * mask[..., None])
    mean_a, mean_b, aa, bb, ab = np.moveaxis(
        sums[..., 1:] / np.maximum(sums[..., :1], np.float32(1e-3)), -1, 0
    )
    var_a, var_b = np.maximum(aa - mean_a * mean_a, 0), np.maximum(bb - mean_b * mean_b, 0)
    alike = np.clip(1.1 * (ab - mean_a * mean_b) / np.sqrt((var_a + _NOISE) * (var_b + _NOISE)), 0, 1)
    weights = [np.minimum(np.sqrt(var), _TEXTURE_TOP) * mask * (var > _NOISE) for var in (var_a, var_b)]
    kept, seen = (_share(weight, alike) for weight in weights)
    firm = max(_share(weight, alike > _FIRM) for weight in weights)
    if firm < _STRANGE:
        return None

    same = (alike > _FIRM) & inside
    fitted = same if same.sum() > _FEWEST // 2 else inside
    off, grey = _colours_off(here, there, fitted)
    gap = _levelled(a, b, fitted)
    agreed = (np.sqrt(np.maximum(*weights)) + np.float32(0.2)) * same
    textured = (var_a > _NOISE) | (var_b > _NOISE)
    hidden = inside & np.where(textured, alike < _OTHER, np.abs(gap) > _OTHER_LEVELS)
    ratio = one.width * one.height / (other.width * other.height)
    return Agreement(
        kept=kept,
        seen=seen,
        firm=firm,
        of_one=float(mask.mean()),
        of_other=min(1.0, placement.scale**2 * float(mask.mean()) * ratio),
        toned=_share(
            agreed,
            np.abs(_box(gap) / _box(np.ones_like(gap)))
            > _TONE + _SHIFTED * np.sqrt(np.maximum(var_a, var_b)),
        ),
        recoloured=_share(agreed, off),
        covered=float(hidden.sum() / inside.sum()),
        grey=grey,
    )


def _aligned(
    one: ImageSignature, other: ImageSignature, placement: Alignment
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return both pictures on the pixel grid of the first, (rows, columns, 3), and a mask of where the second has any.

    Both have the resolution of the coarser one.
    """
    height, width = one.small.shape[:2]
    reduced = min(1.0, placement.scale) * _WORK_PX / max(height, width)
    columns, rows = max(8, round(width * reduced)), max(8, round(height * reduced))
    ys, xs = np.mgrid[:rows, :columns].astype(np.float64) + 0.5
    places = np.stack([xs * one.width / columns, ys * one.height / rows], -1)
    landed = places @ placement.matrix[:, :2].T + placement.matrix[:, 2]
    step = placement.scale * one.width / columns
    far_rows, far_columns = (
        max(8, min(pixels, round(side / step)))
        for pixels, side in zip(other.small.shape[:2], (other.height, other.width), strict=True)
    )
    x, y = landed[..., 0] / other.width, landed[..., 1] / other.height
    there = _sampled(_resized(other.small, far_columns, far_rows), x * far_columns - 0.5, y * far_rows - 0.5)
    inside: NDArray[np.bool_] = (x > 0) & (x < 1) & (y > 0) & (y < 1)
    return _resized(one.small, columns, rows), there, inside


def _share(weight: Floats, part: NDArray[Any]) -> float:
    total = float(weight.sum())
    return float((weight * part).sum()) / total if total > 1e-3 else 0.0


def _levelled(a: Floats, b: Floats, fitted: NDArray[np.bool_]) -> Floats:
    """Return the remaining difference in luma after ``a`` is adjusted to ``b``'s brightness and contrast."""
    x, y = a[fitted], b[fitted]
    spread = float(x.var())
    gain = float(((x - x.mean()) * (y - y.mean())).mean() / spread) if spread > 4 else 1.0
    gain = min(2.0, max(0.0, gain))
    return a * np.float32(gain) + np.float32(y.mean() - gain * x.mean()) - b


def _colours_off(here: Floats, there: Floats, fitted: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], bool]:
    """Return where colours differ by more than a global change explains, and whether one picture is all grey."""
    ours, theirs = here[..., 1:] - 128, there[..., 1:] - 128
    rich = [float(np.abs(c[fitted]).max(1).mean()) for c in (ours, theirs)]
    varied = [float(c[fitted].std(0).max()) for c in (ours, theirs)]
    # Grey, or in a single tint, such as sepia.
    if min(varied) < _TINTED and (abs(rich[0] - rich[1]) > 3.0):
        return np.zeros(fitted.shape, bool), True
    x, y = ours[fitted].ravel(), theirs[fitted].ravel()
    # One gain for both chroma channels: a change of saturation, never a rotation of hues.
    gain = min(2.0, max(0.4, float((x * y).sum() / max(float((x * x).sum()), 1.0))))
    lift = np.clip(np.median(theirs[fitted] - gain * ours[fitted], axis=0), -10, 10)
    left = ours * np.float32(gain) + lift.astype(np.float32) - theirs
    # Edges between colours that are off by a pixel do not count as another colour.
    gap = np.abs(_box(left) / _box(np.ones((*fitted.shape, 1), np.float32))).max(-1)
    return gap > _COLOUR, False


def _resized(small: NDArray[np.uint8], columns: int, rows: int) -> Floats:
    picture = Image.fromarray(small).resize(
        (columns, rows), Image.Resampling.BOX if columns <= small.shape[1] else Image.Resampling.BILINEAR
    )
    return np.asarray(picture, np.float32)


def _sampled(plane: Floats, x: NDArray[np.float64], y: NDArray[np.float64]) -> Floats:
    """Return (rows, columns, 3) sampled bilinearly; beyond the edges, the edge pixels are repeated."""
    height, width = plane.shape[:2]
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    left, top = (
        np.minimum(x.astype(np.intp), max(0, width - 2)),
        np.minimum(y.astype(np.intp), max(0, height - 2)),
    )
    fx, fy = (x - left).astype(np.float32)[..., None], (y - top).astype(np.float32)[..., None]
    upper: Floats = plane[top, left] * (1 - fx) + plane[top, left + 1] * fx
    lower: Floats = plane[top + 1, left] * (1 - fx) + plane[top + 1, left + 1] * fx
    mixed: Floats = upper * (1 - fy) + lower * fy
    return mixed


def _box(values: Floats) -> Floats:
    """Return sums over windows of ``2 * _WINDOW + 1`` pixels each way."""
    size = 2 * _WINDOW + 1
    for axis in (0, 1):
        pad = [(0, 0)] * values.ndim
        pad[axis] = (_WINDOW + 1, _WINDOW)
        total = np.moveaxis(np.cumsum(np.pad(values, pad), axis=axis, dtype=np.float64), axis, 0)
        values = np.moveaxis((total[size:] - total[:-size]).astype(np.float32), 0, axis)
    return values
