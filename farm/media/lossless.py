"""Lossless segments: the frames as they were composed, for files that are encoded as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import av.error

from farm.errors import MediaError
from farm.media.planes import frame_of_lossless
from farm.render.frame import Frame


def composed_frames(segments: Sequence[Path], *, alpha: bool) -> Iterator[Frame]:
    """Yield the frames of lossless segments in order, straight where they have alpha.

    Raises:
        MediaError: a segment is damaged.
    """
    for path in segments:
        try:
            with av.open(str(path)) as container:
                stream = container.streams.video[0]
                stream.thread_type = "NONE"
                for decoded in container.decode(stream):
                    yield frame_of_lossless(decoded, alpha=alpha)
        except av.error.FFmpegError as error:
            raise MediaError(f"the lossless segment {path.name} cannot be read: {error}") from error
