"""Rendering frames: a segment into encoded bytes, single frames into pictures."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from farm.media.nvdec import Decoder
from farm.media.scaling import on_white
from farm.media.source import MediaFiles
from farm.media.still import Stills
from farm.model.asset import Asset
from farm.model.timeline import Timeline
from farm.plan.segment import Quality, Segment
from farm.plugins.registry import Registry
from farm.render.compositor import Compositor
from farm.render.convert import rgb_from_frame
from farm.render.device import Cpu, Device
from farm.render.drawn import Drawings
from farm.worker.encoders import Encoders
from farm.worker.halt import HaltSignal
from farm.worker.task import ElementTime, Spent


@dataclass(frozen=True, slots=True)
class RenderedSegment:
    """Encoded frames, and the CPU time spent on them."""

    data: tuple[bytes, ...]
    """Its file in each coding asked for; each holds one closed GOP."""
    spent: Spent
    """CPU time used."""
    decoders: tuple[str, ...] = ()
    """The decoders used for its clips."""
    warnings: tuple[str, ...] = ()
    """What was done on the CPU although a GPU was requested."""
    damaged: tuple[Asset, ...] = ()
    """Clips of which some part could not be decoded."""
    elements: tuple[ElementTime, ...] = ()
    """How long each element took."""


def render_segment(
    timeline: Timeline,
    segment: Segment,
    codings: Sequence[Quality],
    registry: Registry,
    stills: Stills,
    halt: HaltSignal,
    device: Device | None = None,
    decoder: Decoder = "software",
    drawings: Drawings | None = None,
) -> RenderedSegment:
    """Compose the frames of a segment once, and encode them in one or several codings.

    Args:
        timeline: The timeline to compose.
        segment: The frames to render.
        codings: How to encode them.
        registry: Provides its elements.
        stills: Decoded pictures, kept between segments.
        halt: Stops the task when set.
        device: The device to compose on; the CPU if None.
        decoder: The decoder for clips.
        drawings: Rasterised texts, shapes and stickers, kept between segments.

    Raises:
        HaltedError: the task was revoked.
    """
    started = time.process_time()
    device = device or Cpu()
    files = MediaFiles(stills, decoder)
    try:
        compositor = Compositor(timeline, files, registry, device, drawings)
        encoders = Encoders(timeline, codings)
        for frame in device.stream(map(compositor.frame, range(segment.start, segment.stop))):
            halt.check()
            encoders.add(frame)
        data = encoders.finish()
        decoders, warnings = files.decoders, (*files.warnings, *map(_detour_warning, device.detours))
        damaged = files.damaged
    finally:
        files.close()
    total = time.process_time() - started
    composite = max(0.0, total - files.decode_s - encoders.encode_s)
    spent = Spent(files.decode_s, composite, encoders.encode_s, total)
    elements = tuple(
        ElementTime(name, pace.calls, pace.seconds) for name, pace in sorted(compositor.paces.items())
    )
    return RenderedSegment(data, spent, decoders, warnings, damaged, elements)


def _detour_warning(element: str) -> str:
    return f"`{element}` has no GPU implementation: its frames were rendered on the CPU, with the same pixels"


def render_stills(
    timeline: Timeline,
    numbers: Sequence[int],
    registry: Registry,
    stills: Stills,
    drawings: Drawings | None = None,
) -> list[NDArray[np.uint8]]:
    """Return frames of a timeline as sRGB (height, width, 3), in the requested order; transparent ones on white."""
    return list(still_frames(timeline, numbers, registry, stills, drawings))


def still_frames(
    timeline: Timeline,
    numbers: Sequence[int],
    registry: Registry,
    stills: Stills,
    drawings: Drawings | None = None,
) -> Iterator[NDArray[np.uint8]]:
    """Yield frames of a timeline as sRGB (height, width, 3), in the requested order; transparent ones on white."""
    files = MediaFiles(stills)
    try:
        compositor = Compositor(timeline, files, registry, drawings=drawings)
        for number in numbers:
            yield rgb_from_frame(on_white(compositor.frame(number)))
    finally:
        files.close()


def jpeg(rgb: NDArray[np.uint8]) -> bytes:
    """Return sRGB (height, width, 3) as a JPEG of quality 90."""
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "JPEG", quality=90, subsampling=0, optimize=True)
    return buffer.getvalue()


def cover_frame(timeline: Timeline) -> int:
    """Return the frame that represents the video: after the first entrances, within the first shot."""
    early = min(2 * timeline.rate, Fraction(timeline.duration * 2, 5))
    return min(timeline.duration - 1, int(early))
