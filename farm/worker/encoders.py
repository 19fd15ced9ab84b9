"""Encoders of a segment: each frame, composed once, goes into every coding."""

from __future__ import annotations

import time
from collections.abc import Sequence

from farm.media.encode import SegmentEncoder
from farm.media.shrink import Shrinker
from farm.model.timeline import Timeline
from farm.plan.segment import Quality
from farm.render.frame import Frame
from farm.render.straight import straight


class Encoders:
    """Encodes the frames of a segment in several codings at once."""

    def __init__(self, timeline: Timeline, codings: Sequence[Quality]) -> None:
        self._codings = [(quality.size_px, encoder_of(quality, timeline)) for quality in codings]
        sizes = {size_px for size_px, _ in self._codings} - {None}
        self._shrinkers = {size_px: Shrinker(*size_px) for size_px in sizes if size_px is not None}
        self._shape_s = 0.0

    @property
    def encode_s(self) -> float:
        """CPU seconds of scaling and encoding so far."""
        return self._shape_s + sum(encoder.encode_s for _, encoder in self._codings)

    def add(self, frame: Frame) -> None:
        """Encode a composed frame; its planes may be reused afterwards."""
        started = time.process_time()
        shaped: dict[tuple[int, int] | None, Frame] = {}
        for size_px, _ in self._codings:
            if size_px not in shaped:
                scaled = frame if size_px is None else self._shrinkers[size_px].scaled(frame)
                shaped[size_px] = straight(scaled)
        self._shape_s += time.process_time() - started
        for size_px, encoder in self._codings:
            encoder.add(shaped[size_px])

    def finish(self) -> tuple[bytes, ...]:
        """Return the segment's file in each coding.

        Raises:
            MediaError: an encoder failed.
        """
        return tuple(encoder.finish() for _, encoder in self._codings)


def encoder_of(quality: Quality, timeline: Timeline) -> SegmentEncoder:
    """Return an encoder for frames of a timeline in a coding."""
    width_px, height_px = quality.size_px or (timeline.width_px, timeline.height_px)
    return SegmentEncoder(
        width_px,
        height_px,
        timeline.rate,
        encoder=quality.encoder,
        preset=quality.preset,
        crf=quality.crf,
        options=quality.options,
        alpha=bool(quality.alpha),
    )
