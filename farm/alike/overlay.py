"""One picture laid on another: how far they agree where both are, pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from farm.alike.match import Placement
from farm.alike.sketch import Sketch

_WORK_PX: Final = 80
"""Longest side of what is compared."""
_WINDOW: Final = 3
"""Half the side of the window that likeness is told in."""
_NOISE: Final = 12.0
"""Variance of luma below which a window shows nothing."""
_TEXTURE_TOP: Final = 24.0
"""A window that deviates by more does not count more."""
_FIRM: Final = 0.85
"""Correlation of a window from which on it shows the same."""
_TONE: Final = 16.0
"""Levels of luma that a brightness may be off by, after what changed all alike."""
_COLOUR: Final = 14.0
"""Levels of chroma that a colour may be off by, after what changed all colours alike."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two pictures agree where they lie on each other."""

    kept: float
    """Share of what the one shows there that the other shows too, 0 to 1."""
    seen: float
    """Share of what the other shows there that the one shows too, 0 to 1."""
    firm: float
    """Share of what either shows there that is the same beyond doubt, the better of both; high where most of a
    picture is exact and some is hidden, low where similar things lie on each other."""
    of_one: float
    """Share of the one's area that lies inside the other."""
    of_other: float
    """Share of the other's area that is covered."""
    toned: float
    """Share of what agrees in shape that is lighter or darker than one change of all brightness explains, 0 to 1."""
    recoloured: float
    """Share of what agrees in shape whose colour differs, 0 to 1."""
    covered: float
    """Share of the common area where something else is to be seen."""
    detail: float
    """How much of the one's detail lies in the common area, 0 to 1."""
    grey: bool
    """Whether one of them has no colours while the other has."""


def lay(one: Sketch, other: Sketch, placement: Placement) -> Agreement | None:
    """Return how far ``one`` agrees with ``other`` where ``placement`` puts it; None where they do not meet."""
    height, width = one.small.shape[:2]
    reduced = min(1.0, placement.scale) * _WORK_PX / max(height, width)
    columns, rows = max(8, round(width * reduced)), max(8, round(height * reduced))
    base = _resized(one.small, columns, rows)
    ys, xs = np.mgrid[:rows, :columns].astype(np.float64) + 0.5
    places = np.stack([xs * one.width / columns, ys * one.height / rows], -1)
    landed = places @ placement.matrix[:, :2].T + placement.matrix[:, 2]
    # Both are compared at the coarser one's fineness.
    step = float(np.sqrt(abs(np.linalg.det(placement.matrix[:, :2])))) * one.width / columns
    far_columns = max(8, min(other.small.shape[1], round(other.width / step)))
    far_rows = max(8, min(other.small.shape[0], round(other.height / step)))
    far = _resized(other.small, far_columns, far_rows)
    inside = (landed[..., 0] > 0) & (landed[..., 0] < other.width) & (landed[..., 1] > 0) & (landed[..., 1] < other.height)
    if inside.sum() < 64:
        return None
    seen = _sampled(far, landed[..., 0] / other.width * far_columns - 0.5, landed[..., 1] / other.height * far_rows - 0.5)
    mask = inside.astype(np.float32)
    weight = np.maximum(_box(mask), np.float32(1e-3))

    def mean(values: Floats) -> Floats:
        return _box(values * mask) / weight

    a, b = base[..., 0], seen[..., 0]
    ma, mb = mean(a), mean(b)
    va, vb = np.maximum(mean(a * a) - ma * ma, 0), np.maximum(mean(b * b) - mb * mb, 0)
    cov = mean(a * b) - ma * mb
    alike = np.clip(cov / np.sqrt((va + _NOISE) * (vb + _NOISE)) * 1.1, 0, 1)
    wa = np.minimum(np.sqrt(va), _TEXTURE_TOP) * mask * (va > _NOISE)
    wb = np.minimum(np.sqrt(vb), _TEXTURE_TOP) * mask * (vb > _NOISE)
    all_a = base[..., 0]
    whole = np.maximum(_box(all_a * all_a) / _box(np.ones_like(mask)) - (_box(all_a) / _box(np.ones_like(mask))) ** 2, 0)
    whole_detail = float((np.minimum(np.sqrt(whole), _TEXTURE_TOP) * (whole > _NOISE)).sum())
    same = (alike > _FIRM) & inside
    off, grey = _colours_off(base, seen, inside, same)
    toned = np.abs(_box(_levelled(a, b, same, inside)) / _box(np.ones_like(mask))) > _TONE
    strength = np.sqrt(np.maximum(wa, wb)) + np.float32(0.2)
    agreed = float((strength * same).sum())
    far_area = abs(np.linalg.det(placement.matrix[:, :2])) * one.width * one.height * mask.mean()
    textured = (va > _NOISE) | (vb > _NOISE)
    other_there = inside & ((textured & (alike < 0.35)) | (~textured & (np.abs(_levelled(a, b, same, inside)) > 30)))
    return Agreement(
        kept=float((wa * alike).sum() / max(float(wa.sum()), 1e-3)),
        seen=float((wb * alike).sum() / max(float(wb.sum()), 1e-3)),
        firm=max(float((w * (alike > _FIRM)).sum() / max(float(w.sum()), 1e-3)) for w in (wa, wb)),
        of_one=float(mask.mean()),
        of_other=min(1.0, float(far_area / (other.width * other.height))),
        toned=float((strength * (same & toned)).sum()) / agreed if agreed > 0 else 0.0,
        recoloured=float((strength * (same & off)).sum()) / agreed if agreed > 0 else 0.0,
        covered=float(other_there.sum() / inside.sum()),
        detail=float(wa.sum()) / whole_detail if whole_detail > 0 else 0.0,
        grey=grey,
    )


def _levelled(a: Floats, b: Floats, same: NDArray[np.bool_], inside: NDArray[np.bool_]) -> Floats:
    """Return what is left of the difference in luma once ``a`` has ``b``'s brightness and contrast."""
    where = same if same.sum() > 30 else inside
    gain, lift = _line(a[where], b[where])
    return a * gain + lift - b


def _line(a: Floats, b: Floats) -> tuple[np.float32, np.float32]:
    spread = float(a.var())
    gain = float(((a - a.mean()) * (b - b.mean())).mean() / spread) if spread > 4 else 1.0
    gain = min(2.0, max(0.0, gain))
    return np.float32(gain), np.float32(b.mean() - gain * a.mean())


def _colours_off(
    base: Floats, seen: Floats, inside: NDArray[np.bool_], same: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], bool]:
    """Return where colours differ by more than one change of all colours explains, and whether one is all grey."""
    ca, cb = base[..., 1:] - 128, seen[..., 1:] - 128
    where = same if same.sum() > 30 else inside
    rich_a, rich_b = (float(np.abs(c[where]).max(1).mean()) for c in (ca, cb))
    flat_a, flat_b = (float(c[where].std(0).max()) for c in (ca, cb))
    grey = (min(flat_a, flat_b) < 2.0) and abs(rich_a - rich_b) > 3.0
    if grey:
        return np.zeros(inside.shape, bool), True
    x, y = ca[where].ravel(), cb[where].ravel()
    # One gain for both differences: a change of saturation, never a turn of hues.
    gain = float((x * y).sum() / max(float((x * x).sum()), 1.0))
    gain = min(2.0, max(0.4, gain))
    lift = np.clip(np.median(cb[where] - gain * ca[where], axis=0), -10, 10)
    # Edges of colours that are a pixel off are no other colour.
    gap = np.abs(_box(ca * gain + lift - cb) / _box(np.ones((*inside.shape, 1), np.float32))).max(-1)
    return gap > _COLOUR, False


def _resized(small: NDArray[np.uint8], columns: int, rows: int) -> Floats:
    picture = Image.fromarray(small, "YCbCr").resize((columns, rows), Image.Resampling.BOX if columns <= small.shape[1] else Image.Resampling.BILINEAR)
    return np.asarray(picture, np.float32)


def _sampled(plane: Floats, x: NDArray[np.float64], y: NDArray[np.float64]) -> Floats:
    """Return (rows, columns, 3) read between pixels; beyond the edges the edge goes on."""
    height, width = plane.shape[:2]
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    left, top = np.minimum(x.astype(np.intp), max(0, width - 2)), np.minimum(y.astype(np.intp), max(0, height - 2))
    fx, fy = (x - left).astype(np.float32)[..., None], (y - top).astype(np.float32)[..., None]
    upper = plane[top, left] * (1 - fx) + plane[top, left + 1] * fx
    lower = plane[top + 1, left] * (1 - fx) + plane[top + 1, left + 1] * fx
    return upper * (1 - fy) + lower * fy


def _box(values: Floats) -> Floats:
    """Return sums over windows of ``2 * _WINDOW + 1`` pixels each way."""
    size = 2 * _WINDOW + 1
    for axis in (0, 1):
        pad = [(0, 0)] * values.ndim
        pad[axis] = (_WINDOW + 1, _WINDOW)
        total = np.cumsum(np.pad(values, pad), axis=axis, dtype=np.float64)
        count = values.shape[axis]
        values = (np.take(total, range(size, size + count), axis) - np.take(total, range(count), axis)).astype(np.float32)
    return values
