"""Whether two signatures of clips show the same clip or part of it: where in the frame, when, and at what speed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from farm.dedup.image_signature import ImageSignature
from farm.dedup.match import Alignment, place
from farm.dedup.overlay import lay
from farm.dedup.same import Likeness, likeness
from farm.dedup.vectors import details_of, layout_of
from farm.dedup.video_signature import VideoSignature

SAME_CLIP: Final = 0.5
"""The minimum score at which two clips share footage."""
_TRIED: Final = 12
"""Pairs of frames that are compared in detail."""
_FRAMES: Final = 4
"""Frames of a clip with which a picture is compared in detail."""
_GRID: Final = 40
"""Points compared along the longer side."""
_SPEEDS: Final = (
    1.0,
    0.5,
    0.6,
    2 / 3,
    0.7,
    0.75,
    0.8,
    0.85,
    0.9,
    0.95,
    1.05,
    1.1,
    1.15,
    1.2,
    1.25,
    1.3,
    1.4,
    1.5,
    1.75,
    2.0,
)
_STEP_S: Final = 0.125
_SHORTEST_S: Final = 1.5
"""Less common time than this proves nothing."""
_STIR: Final = 3.0
"""The root mean square difference, in levels, from the static content at which frames can be located in time."""
_STRAIGHT: Final = 0.05
"""Smaller deviations in speed than this count as the same speed."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ClipLikeness:
    """How alike two clips are."""

    score: float
    """0 to 1; ``SAME_CLIP`` or more means common footage."""
    mirrored: bool
    """Whether the query is mirrored."""
    placement: Alignment
    """Where the stored clip's frame lies in the query's."""
    offset_s: float
    """The time in the stored clip at which the query begins; negative if the query begins earlier."""
    speed: float
    """How many seconds of the stored clip pass per second of the query."""
    common_s: float
    """How much of the stored clip's time the query shows."""
    share: float
    """``common_s`` as a share of the stored clip."""
    dated: bool
    """Whether motion determines the offset; in a static clip it is a guess."""
    shown: float
    """Share of the stored clip's frame that is visible."""

    @property
    def same(self) -> bool:
        """Whether they share footage."""
        return self.score >= SAME_CLIP

    @property
    def reasons(self) -> tuple[str, ...]:
        """How the query relates to the stored clip, in words."""
        if not self.same:
            return ("similar frames, but not at the same moments",)
        reasons = [
            "same clip" if self.share > 0.94 else f"part of the same clip ({self.share:.0%} of its time)"
        ]
        if self.mirrored:
            reasons.append("mirrored")
        if self.shown < 0.9:
            reasons.append(f"crop of its frame ({self.shown:.0%})")
        if abs(self.speed - 1) > _STRAIGHT:
            reasons.append(f"{self.speed:.2f} times as fast")
        if self.dated and (self.share <= 0.94 or abs(self.offset_s) > 0.5):
            reasons.append(
                f"from {self.offset_s:.1f} s on"
                if self.offset_s >= 0
                else f"begins {-self.offset_s:.1f} s earlier"
            )
        if not self.dated:
            reasons.append("nothing moves, so the time offset is unknown")
        return tuple(reasons)


def clip_likeness(kept: VideoSignature, query: VideoSignature) -> ClipLikeness | None:
    """Return how alike two clips are; None if no frame of one is found in the other."""
    best: ClipLikeness | None = None
    for placement, mirrored in _placements(kept, query):
        frames = query.frames[:, :, ::-1] if mirrored else query.frames
        found = _aligned(kept, query, frames, placement, mirrored)
        if found is not None and (best is None or found.score > best.score):
            best = found
    return best


def frame_likeness(kept: VideoSignature, query: ImageSignature) -> tuple[float, Likeness] | None:
    """Return the time at which the clip is most like a picture, and how alike they are; None if nothing matches."""
    if not kept.image_signatures:
        return None
    mirrored = query.mirrored()
    rows = np.stack([details_of(one) for _, one in kept.image_signatures])
    near = np.maximum(rows @ details_of(query), rows @ details_of(mirrored))
    found = []
    for index in np.argsort(-near)[:_FRAMES]:
        at_s, image_signature = kept.image_signatures[int(index)]
        like = likeness(image_signature, query, mirrored)
        if like is not None:
            found.append((at_s, like))
    return max(found, key=lambda one: one[1].score, default=None)


def _placements(kept: VideoSignature, query: VideoSignature) -> list[tuple[Alignment, bool]]:
    """Return up to three places where the stored frame may lie in the query's, the likeliest first."""
    rated: list[tuple[float, Alignment, bool]] = []
    theirs = np.stack([np.concatenate([details_of(one), layout_of(one)]) for _, one in kept.image_signatures])
    for mirrored in (False, True):
        image_signatures = [one.mirrored() if mirrored else one for _, one in query.image_signatures]
        ours = np.stack([np.concatenate([details_of(one), layout_of(one)]) for one in image_signatures])
        near = theirs @ ours.T
        taken = np.zeros(len(near), int)
        tried = 0
        for flat in np.argsort(-near, axis=None):
            row, column = divmod(int(flat), near.shape[1])
            if taken[row] >= 2:
                continue
            taken[row] += 1
            tried += 1
            if tried > _TRIED:
                break
            one, other = kept.image_signatures[row][1], image_signatures[column]
            places = [place(one.points, other.points)]
            if near[row, column] > 1.3:
                squeezed = np.array(
                    [[other.width / one.width, 0, 0], [0, other.height / one.height, 0]], float
                )
                places.append(Alignment(squeezed, 0))
            for placement in places:
                at = lay(one, other, placement) if placement is not None else None
                if (
                    placement is not None
                    and at is not None
                    and at.firm > 0.3
                    and max(at.of_one, at.of_other) > 0.3
                ):
                    rated.append((at.firm * (1 + min(placement.agreeing, 60) / 60), placement, mirrored))
    rated.sort(key=lambda one: -one[0])
    return [(placement, mirrored) for _, placement, mirrored in rated[:3]]


def _aligned(
    kept: VideoSignature,
    query: VideoSignature,
    frames: NDArray[np.uint8],
    placement: Alignment,
    mirrored: bool,
) -> ClipLikeness | None:
    theirs, ours, shown = _read(kept, frames, placement)
    if theirs.shape[1] < 60:
        return None
    raw = (
        _unit(theirs - theirs.mean(1, keepdims=True), 1.0) @ _unit(ours - ours.mean(1, keepdims=True), 1.0).T
    )
    moved_a, moved_b = (one - np.median(one, 0).astype(np.float32) for one in (theirs, ours))
    stir = min(float(np.sqrt((moved**2).mean(1)).max(initial=0)) for moved in (moved_a, moved_b))
    dated = stir > _STIR
    moved = _unit(moved_a, _STIR) @ _unit(moved_b, _STIR).T
    both = np.clip((raw + moved) / 2, -1, 1) if dated else raw
    best: tuple[float, float, float, float, float] | None = None
    shortest = min(_SHORTEST_S, 0.6 * min(kept.length_s, query.length_s))
    for speed in _SPEEDS:
        length = query.length_s * speed
        for offset in np.arange(-length + shortest, kept.length_s - shortest + 1e-6, _STEP_S):
            start, stop = max(0.0, float(offset)), min(kept.length_s, float(offset) + length)
            if stop - start < shortest:
                continue
            at = np.arange(start, stop + 1e-6, 1 / 4)
            value = float(
                both[_nearest(kept.times_s, at), _nearest(query.times_s, (at - offset) / speed)].mean()
            )
            # Longer agreement is worth more: a short one is easier to reach by chance.
            covered = (stop - start) / min(kept.length_s, max(length, 0.01))
            rate = value * (0.7 + 0.3 * min(1.0, covered)) - (0.01 if speed != 1.0 else 0.0)
            if best is None or rate > best[0]:
                best = rate, value, speed, float(offset), stop - start
    if best is None:
        return None
    _, value, speed, offset, common = best
    return ClipLikeness(
        score=round(max(0.0, value), 4),
        mirrored=mirrored,
        placement=placement,
        offset_s=round(offset, 3),
        speed=round(speed, 3),
        common_s=round(common, 3),
        share=round(min(1.0, common / max(kept.length_s, 0.01)), 4),
        dated=dated,
        shown=round(shown, 4),
    )


def _nearest(times_s: NDArray[np.float32], wanted_s: NDArray[np.float64]) -> NDArray[np.intp]:
    between = (times_s[1:] + times_s[:-1]) / 2
    return np.searchsorted(between, wanted_s)


def _read(
    kept: VideoSignature, frames: NDArray[np.uint8], placement: Alignment
) -> tuple[Floats, Floats, float]:
    """Return both clips' frames sampled at the same points of the picture, shapes (n, points), and the common share."""
    high, wide = kept.frames.shape[1:]
    width, height = wide / max(high, wide), high / max(high, wide)
    far_high, far_wide = frames.shape[1:]
    far_width, far_height = far_wide / max(far_high, far_wide), far_high / max(far_high, far_wide)
    step = 1 / _GRID
    ys, xs = np.meshgrid(np.arange(step / 2, height, step), np.arange(step / 2, width, step), indexing="ij")
    places = np.stack([xs.ravel(), ys.ravel()], 1)
    landed = places @ placement.matrix[:, :2].T + placement.matrix[:, 2]
    inside = (
        (landed[:, 0] > 0) & (landed[:, 0] < far_width) & (landed[:, 1] > 0) & (landed[:, 1] < far_height)
    )
    theirs = _values(kept.frames, places[inside] / (width, height))
    ours = _values(frames, landed[inside] / (far_width, far_height))
    return theirs, ours, float(inside.mean()) if len(inside) else 0.0


def _values(frames: NDArray[np.uint8], at: NDArray[np.float64]) -> Floats:
    """Return the frames' local means at points, shape (frames, points); places are shares of width and height."""
    high, wide = frames.shape[1:]
    planes = np.pad(frames, ((0, 0), (1, 1), (1, 1)), "edge").astype(np.float32)
    soft = sum(planes[:, dy : dy + high, dx : dx + wide] for dy in range(3) for dx in range(3)) / np.float32(
        9
    )
    x = np.clip((at[:, 0] * wide).astype(np.intp), 0, wide - 1)
    y = np.clip((at[:, 1] * high).astype(np.intp), 0, high - 1)
    read: Floats = np.asarray(soft)[:, y, x]
    return read


def _unit(rows: Floats, floor: float) -> Floats:
    """Return rows of norm 1; rows of less than about ``floor`` levels, which show little, stay shorter."""
    units: Floats = rows / (
        np.linalg.norm(rows, axis=1, keepdims=True) + np.float32(floor * rows.shape[1] ** 0.5)
    )
    return units
