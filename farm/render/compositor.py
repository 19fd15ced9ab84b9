"""The compositor: a timeline and a frame number give a frame. Pure, whatever order frames are requested in."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from farm.model.color import to_yuv
from farm.model.element_ref import ElementRef
from farm.model.source import AdjustmentSource
from farm.model.timeline import Clip, Timeline, Track, Transition
from farm.render.clip_painter import ClipPainter
from farm.render.coverage import Rows, fill_rows
from farm.render.delivery import DeviceMedia
from farm.render.device import Cpu, Device
from farm.render.drawn import Drawings
from farm.render.element_calls import ElementCalls, ElementPace, Elements
from farm.render.frame import Frame, Moment
from farm.render.picture import MediaSource
from farm.render.place import with_alpha
from farm.render.straight import Layer
from farm.render.visibility import Casts, clamped


class Compositor:
    """Composes a timeline's frames; keeps decoded pictures and rasters between them."""

    def __init__(
        self,
        timeline: Timeline,
        media: MediaSource,
        elements: Elements,
        device: Device | None = None,
        drawings: Drawings | None = None,
    ) -> None:
        self._timeline = timeline
        self._device = device or Cpu()
        self._media = DeviceMedia(media, self._device)
        self._casts = Casts()
        self._calls = ElementCalls(elements, media, self._media, self._device, timeline.rate)
        self._clips = ClipPainter(
            self, self._calls, self._media, self._device, drawings or Drawings(), timeline.rate
        )
        background = background_of(timeline)
        self._ground = tuple(int(plane[0, 0]) for plane in background.planes())
        self._canvas = self._device.take(background)
        self._last: Hashable = None

    @property
    def paces(self) -> Mapping[str, ElementPace]:
        """Time spent in each element so far, by its name."""
        return self._calls.paces

    def frame(self, number: int) -> Frame:
        """Return frame ``number`` of the timeline on the device; valid until the next call.

        It is opaque unless the timeline's background is not. A frame identical to the previous one is not composed
        again.
        """
        duration = self._timeline.duration
        signature = tuple(self.signature(track, number, duration) for track in self._timeline.tracks)
        if signature == self._last:
            return self._canvas
        canvas = self._canvas
        if not fill_rows(self.rows_covered(self._timeline.tracks, number, duration, canvas), canvas.height):
            for plane, value in zip(canvas.planes(), self._ground, strict=True):
                plane.fill(value)
        for track in self._timeline.tracks:
            self.draw_track(canvas, track, number, duration)
        self._last = signature
        return canvas

    def signature(self, track: Track, number: int, duration: int) -> Hashable:
        """Return a value that is equal for frames in which a track looks alike."""
        parts: list[Hashable] = []
        cast = self._casts.at(track, clamped(number, duration))
        if cast.passing is not None or self._calls.change(track.effects):
            parts.append(number)
        parts.extend(self._clips.signature(clip, number - clip.start) for clip in cast.clips)
        return tuple(parts)

    def draw_track(self, dst: Frame, track: Track, number: int, duration: int) -> None:
        """Draw a track over a canvas."""
        seen = clamped(number, duration)
        cast = self._casts.at(track, seen)
        passing, clips = cast.passing, cast.clips
        if not clips:
            return
        if passing is None and not track.effects:
            for clip in clips:
                self._clips.draw(dst, clip, number - clip.start)
            return
        layer = self._passage(passing, clips, number, dst) if passing else self._layer(dst, clips, number)
        layer = self.with_effects(layer, track.effects, number, duration, track.name, track.path)
        # While one clip passes into the other, both are blended as that one which is shown without the transition.
        current = next((clip for clip in clips if clip.start <= seen < clip.stop), clips[0])
        self._clips.lay(dst, layer, current.blend)

    def with_effects(
        self, layer: Frame, refs: tuple[ElementRef, ...], number: int, duration: int, name: str, path: str
    ) -> Frame:
        """Return a premultiplied layer with effects applied; ``name`` and ``path`` say whose they are."""
        if not refs:
            return layer
        moment = Moment(number, duration, self._timeline.rate)
        result = Layer(layer)
        for ref in refs:
            result = self._calls.affect(ref, result, moment, name, path)
        return result.premultiplied()

    def rows_covered(
        self, tracks: tuple[Track, ...], number: int, duration: int, dst: Frame
    ) -> tuple[Rows, ...]:
        """Return the rows of a canvas that tracks cover with opaque pixels from side to side at a frame.

        Adjustments read more than the pixels that they change: below one, all of the canvas counts.
        """
        seen = clamped(number, duration)
        rows: list[Rows] = []
        for track in tracks:
            cast = self._casts.at(track, seen)
            if cast.passing is not None or track.effects:
                continue
            for clip in cast.clips:
                if isinstance(clip.source, AdjustmentSource):
                    return tuple(rows) if fill_rows(rows, dst.height) else ()
                rows.extend(self._clips.rows_covered(clip, number - clip.start, dst))
        return tuple(rows)

    def _layer(self, dst: Frame, clips: Sequence[Clip], number: int) -> Frame:
        """Return ``clips`` alone on a canvas, opaque where they cover it."""
        rows = [one for clip in clips for one in self._clips.rows_covered(clip, number - clip.start, dst)]
        opaque = fill_rows(rows, dst.height)
        layer = dst.room() if opaque else dst.blank(alpha=True)
        for clip in clips:
            self._clips.draw(layer, clip, number - clip.start, alone=True)
        return layer

    def _passage(self, passing: Transition, clips: Sequence[Clip], number: int, dst: Frame) -> Frame:
        outgoing = [clip for clip in clips if clip.stop == passing.at]
        incoming = [clip for clip in clips if clip.start == passing.at]
        old, new = self._layer(dst, outgoing, number), self._layer(dst, incoming, number)
        if old.opaque != new.opaque:
            old, new = with_alpha(old), with_alpha(new)
        return self._calls.pass_over(passing, old, new, number)


def background_of(timeline: Timeline) -> Frame:
    """Return a timeline's empty canvas, premultiplied; opaque if its background is."""
    color = timeline.background
    yuv = to_yuv(color)
    if color.a == 255:
        return Frame.solid(timeline.width_px, timeline.height_px, yuv)
    frame = Frame.empty(timeline.width_px, timeline.height_px, alpha=True)
    parts = tuple((part * color.a + 127) // 255 for part in yuv)
    for plane, value in zip(frame.planes(), (*parts, color.a, color.a), strict=True):
        plane.fill(value)
    return frame
