"""GIF: each segment is dithered to a palette of its own colours, and the segments become one animation."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from av.filter import Graph

from farm.errors import MediaError
from farm.media.lossless import composed_frames
from farm.media.planes import rgba_from_frame
from farm.model.format import GIF_TICKS, gif_delay_ticks
from farm.render.convert import rgb_from_frame
from farm.render.frame import Frame

DITHER: Final = "sierra2_4a"
"""Error diffusion: the least banding of FFmpeg's methods; with ``rectangle``, what rests is not dithered anew."""
_LOOP_FOREVER: Final = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
"""The application extension of Netscape Navigator 2, which all browsers know."""
_TRAILER: Final = b"\x3b"
_IMAGE: Final = 0x2C
_EXTENSION: Final = 0x21
_APPLICATION: Final = 0xFF


def write_gif(
    segments: Sequence[Path], rate: Fraction, out: Path, *, alpha: bool, check: Callable[[], None]
) -> None:
    """Write lossless segments as a GIF that repeats for ever.

    Args:
        segments: The segments in order.
        rate: Frames per second; as :func:`farm.model.format.gif_delay_ticks` allows.
        out: The file to write.
        alpha: Whether the frames have alpha; pixels are then transparent where it is below a half.
        check: Called between frames; raises to stop.

    Raises:
        MediaError: a segment is damaged.
    """
    ticks = gif_delay_ticks(rate)
    with out.open("wb") as file:
        for number, path in enumerate(segments):
            parts = _Gif(_animation(path, ticks, alpha=alpha, check=check))
            if number == 0:
                file.write(parts.head + _LOOP_FOREVER)
            for block in parts.blocks():
                file.write(block if number == 0 else parts.with_palette(block))
        file.write(_TRAILER)


def _animation(path: Path, ticks: int, *, alpha: bool, check: Callable[[], None]) -> bytes:
    """Return a segment as a GIF of its own."""
    buffer = io.BytesIO()
    # PyAV closes the container before the buffer is read, whatever happens.
    with av.open(buffer, "w", format="gif", options={"fflags": "+bitexact"}) as container:
        stream: Any = None
        for number, picture in enumerate(_dithered(path, alpha=alpha, check=check)):
            if stream is None:
                stream = container.add_stream("gif", rate=Fraction(GIF_TICKS, ticks))
                stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, "pal8"
                stream.time_base = stream.codec_context.time_base = Fraction(1, GIF_TICKS)
            picture.pts, picture.time_base = number * ticks, Fraction(1, GIF_TICKS)
            for packet in stream.encode(picture):
                packet.duration = ticks
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return buffer.getvalue()


def _dithered(path: Path, *, alpha: bool, check: Callable[[], None]) -> Iterator[av.VideoFrame]:
    """Yield a segment's frames in the colours of its palette."""
    palette = _palette(path, alpha=alpha, check=check)
    graph: Graph | None = None
    for number, picture in enumerate(_rgb_frames(path, alpha=alpha)):
        check()
        if graph is None:
            graph = Graph()
            source = _source(graph, picture)
            colours = _source(graph, palette)
            use = graph.add("paletteuse", f"dither={DITHER}:diff_mode=rectangle:alpha_threshold=128")
            sink = graph.add("buffersink")
            source.link_to(use, 0, 0)
            colours.link_to(use, 0, 1)
            use.link_to(sink)
            graph.configure()
            colours.push(palette)
            colours.push(None)
        picture.pts, picture.time_base = number, Fraction(1, GIF_TICKS)
        source.push(picture)
        yield from _pulled(sink)
    if graph is not None:
        source.push(None)
        yield from _pulled(sink)


def _palette(path: Path, *, alpha: bool, check: Callable[[], None]) -> av.VideoFrame:
    graph: Graph | None = None
    for number, picture in enumerate(_rgb_frames(path, alpha=alpha)):
        check()
        if graph is None:
            graph = Graph()
            source = _source(graph, picture)
            # One colour is kept for transparency: also opaque animations are transparent where nothing changed.
            make = graph.add("palettegen", "max_colors=256:reserve_transparent=1:stats_mode=full")
            sink = graph.add("buffersink")
            source.link_to(make)
            make.link_to(sink)
            graph.configure()
        picture.pts, picture.time_base = number, Fraction(1, GIF_TICKS)
        source.push(picture)
    if graph is None:
        raise MediaError(f"the lossless segment {path.name} has no frames")
    source.push(None)
    return next(_pulled(sink))


def _source(graph: Graph, picture: av.VideoFrame) -> Any:
    return graph.add_buffer(
        width=picture.width,
        height=picture.height,
        format=picture.format,
        time_base=Fraction(1, GIF_TICKS),
    )


def _pulled(sink: Any) -> Iterator[av.VideoFrame]:
    while True:
        try:
            yield sink.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return


def _rgb_frames(path: Path, *, alpha: bool) -> Iterator[av.VideoFrame]:
    for frame in composed_frames([path], alpha=alpha):
        yield av.VideoFrame.from_ndarray(_argb(frame), format="rgba")


def _argb(frame: Frame) -> np.ndarray[Any, np.dtype[np.uint8]]:
    if frame.a is not None:
        return rgba_from_frame(frame)
    rgb = rgb_from_frame(frame)
    return np.dstack((rgb, np.full(rgb.shape[:2], 255, np.uint8)))


class _Gif:
    """The blocks of a GIF (GIF89a specification, 17 to 27)."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        bits = data[10]
        if not bits & 0x80:
            raise MediaError("FFmpeg wrote a GIF without a global colour table")
        self._table_bits = bits & 7
        self._start = 13 + 3 * 2 ** (self._table_bits + 1)
        self._table = data[13 : self._start]

    @property
    def head(self) -> bytes:
        """Header, logical screen descriptor and global colour table."""
        return self._data[: self._start]

    def blocks(self) -> Iterator[bytes]:
        """Yield images and their control extensions, in order, without application extensions."""
        at, data = self._start, self._data
        while data[at] != _TRAILER[0]:
            begin, kind = at, data[at]
            if kind == _IMAGE:
                bits = data[at + 9]
                at += 10 + (3 * 2 ** ((bits & 7) + 1) if bits & 0x80 else 0) + 1
            else:
                assert kind == _EXTENSION
                at += 2
            while data[at]:
                at += 1 + data[at]
            at += 1
            if kind == _IMAGE or data[begin + 1] != _APPLICATION:
                yield data[begin:at]

    def with_palette(self, block: bytes) -> bytes:
        """Return a block with this GIF's colours as a table of its own, if it is an image without one."""
        if block[0] != _IMAGE or block[9] & 0x80:
            return block
        return block[:9] + bytes([0x80 | block[9] | self._table_bits]) + self._table + block[10:]
