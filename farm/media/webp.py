"""Animated WebP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np

from farm.media.lossless import composed_frames
from farm.media.planes import rgba_from_frame
from farm.render.convert import rgb_from_frame

LEVELS: Final = {
    "draft": {"quality": "50", "compression_level": "1"},
    "standard": {"quality": "75", "compression_level": "3"},
    "high": {"quality": "88", "compression_level": "4"},
}
"""libwebp's options by quality."""


def write_webp(
    segments: Sequence[Path],
    rate: Fraction,
    out: Path,
    *,
    level: str,
    alpha: bool,
    check: Callable[[], None],
) -> None:
    """Write lossless segments as a WebP that repeats for ever; its times are rounded to milliseconds.

    libwebp converts from RGB itself: WebP's YUV has other coefficients than a video's.

    Raises:
        MediaError: a segment is damaged.
    """
    with av.open(str(out), "w", format="webp", options={"loop": "0", "fflags": "+bitexact"}) as container:
        stream = None
        for number, frame in enumerate(composed_frames(segments, alpha=alpha)):
            check()
            if stream is None:
                stream = container.add_stream("libwebp_anim", rate=rate)
                stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "bgra"
                stream.codec_context.time_base = 1 / rate
                stream.codec_context.thread_count = 1
                stream.codec_context.options = dict(LEVELS[level])
            if frame.a is not None:
                rgba = rgba_from_frame(frame)
            else:
                rgb = rgb_from_frame(frame)
                rgba = np.dstack((rgb, np.full(rgb.shape[:2], 255, np.uint8)))
            picture = av.VideoFrame.from_ndarray(
                np.ascontiguousarray(rgba[:, :, [2, 1, 0, 3]]), format="bgra"
            )
            picture.pts, picture.time_base = number, 1 / rate
            container.mux(stream.encode(picture))
        if stream is not None:
            container.mux(stream.encode(None))
