"""Deinterlacing: interlaced frames become progressive, by FFmpeg's bwdif (motion adaptive, integer arithmetic)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from fractions import Fraction

import av
import av.error
import av.filter


class Deinterlacer:
    """Takes the frames of a clip in order and returns them deinterlaced, one for one.

    Each run of interlaced frames gets its own filter, which uses the frames before and after each one; progressive
    frames pass through unchanged.
    """

    def __init__(self) -> None:
        self._graph: av.filter.Graph | None = None
        self._form: tuple[int, int, str] = (0, 0, "")
        self._times: deque[Fraction] = deque()

    def add(self, at_s: Fraction, frame: av.VideoFrame) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        """Take the next frame and yield the frames that are ready, each with its time."""
        form = frame.width, frame.height, frame.format.name
        if self._graph is not None and (not frame.interlaced_frame or form != self._form):
            yield from self.rest()
        if not frame.interlaced_frame:
            yield at_s, frame
            return
        if self._graph is None:
            self._graph, self._form = _graph(frame), form
        self._times.append(at_s)
        self._graph.push(frame)
        yield from self._ready(self._graph)

    def rest(self) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        """Yield the remaining frames, at the end of the clip."""
        graph, self._graph = self._graph, None
        if graph is not None:
            graph.push(None)
            yield from self._ready(graph)
        self._times.clear()

    def _ready(self, graph: av.filter.Graph) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        while self._times:
            try:
                frame = graph.vpull()
            except (BlockingIOError, av.error.EOFError):
                return
            assert isinstance(frame, av.VideoFrame)
            yield self._times.popleft(), frame


def _graph(frame: av.VideoFrame) -> av.filter.Graph:
    graph = av.filter.Graph()
    graph.threads = 1
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
    )
    weave = graph.add("bwdif", "mode=send_frame:deint=interlaced")
    sink = graph.add("buffersink")
    source.link_to(weave)
    weave.link_to(sink)
    graph.configure()
    return graph
