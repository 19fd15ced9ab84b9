"""The compositor: a timeline and a frame number give a frame. Pure, whatever order frames are requested in."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace

from farm.model.color import to_yuv
from farm.model.curve import Curve
from farm.model.timeline import (
    AssetSource,
    Clip,
    ElementRef,
    GroupSource,
    StickerSource,
    Timeline,
    Track,
    Transition,
)
from farm.render import kernels
from farm.render.delivery import DeviceMedia
from farm.render.device import Cpu, Device
from farm.render.drawn import Drawings, DrawnPicture
from farm.render.element_calls import ElementCalls, ElementPace, Elements
from farm.render.frame import Frame, Moment
from farm.render.motion import pose_of
from farm.render.picture import AssetPicture, ClipPicture, MediaSource, Shown
from farm.render.place import ClipRect, place, with_alpha
from farm.render.place import Mapping as Placed


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
        self._calls = ElementCalls(elements, media, self._media, self._device, timeline.rate)
        self._drawings = drawings or Drawings()
        self._pictures: dict[int, ClipPicture] = {}
        background = Frame.solid(timeline.width_px, timeline.height_px, to_yuv(timeline.background))
        self._canvas = self._device.take(background)
        self._last: Hashable = None

    @property
    def paces(self) -> Mapping[str, ElementPace]:
        """Time spent in each element so far, by its name."""
        return self._calls.paces

    def frame(self, number: int) -> Frame:
        """Return frame ``number`` of the timeline, opaque, on the device; valid until the next call.

        A frame identical to the previous one is not composed again.
        """
        duration = self._timeline.duration
        signature = tuple(self._signature(track, number, duration) for track in self._timeline.tracks)
        if signature == self._last:
            return self._canvas
        canvas = self._canvas
        background = to_yuv(self._timeline.background)
        if not any(self._covers(track, number, duration) for track in self._timeline.tracks[:1]):
            for plane, value in zip(canvas.planes(), background, strict=True):
                plane.fill(value)
        for track in self._timeline.tracks:
            self._draw_track(canvas, track, number, duration)
        self._last = signature
        return canvas

    def _signature(self, track: Track, number: int, duration: int) -> Hashable:
        parts: list[Hashable] = []
        seen = _clamped(number, duration)
        passing = transition_at(track, seen)
        if passing is not None or track.effects:
            parts.append(number)
        for clip in visible(track, seen):
            local = number - clip.start
            if clip.effects:
                parts.append(number)
            pose = pose_of(clip, local)
            parts.append((id(clip), pose, *(curve.at(local) for curve in _curves(clip))))
            if isinstance(clip.source, GroupSource):
                parts.append(
                    tuple(self._signature(inner, local, clip.duration) for inner in clip.source.tracks)
                )
            else:
                parts.append(self._picture(clip).at(local).key)
        return tuple(parts)

    def _draw_track(self, dst: Frame, track: Track, number: int, duration: int) -> None:
        seen = _clamped(number, duration)
        passing = transition_at(track, seen)
        clips = list(visible(track, seen))
        if not clips:
            return
        if passing is None and not track.effects:
            for clip in clips:
                self._draw_clip(dst, clip, number - clip.start)
            return
        layer = self._passage(passing, clips, number, dst) if passing else self._layer(dst, clips, number)
        layer = self._with_effects(layer, track.effects, number, duration, track.name, track.path)
        place(dst, layer, Placed(0, 0), 1.0, _all(dst))

    def _layer(self, dst: Frame, clips: list[Clip], number: int) -> Frame:
        """Return ``clips`` alone on a canvas, opaque where they cover it."""
        opaque = any(self._clip_covers(clip, number - clip.start, dst) for clip in clips)
        layer = dst.blank(alpha=not opaque)
        for clip in clips:
            self._draw_clip(layer, clip, number - clip.start)
        return layer

    def _passage(self, passing: Transition, clips: list[Clip], number: int, dst: Frame) -> Frame:
        outgoing = [clip for clip in clips if clip.stop == passing.at]
        incoming = [clip for clip in clips if clip.start == passing.at]
        old, new = self._layer(dst, outgoing, number), self._layer(dst, incoming, number)
        if old.opaque != new.opaque:
            old, new = with_alpha(old), with_alpha(new)
        return self._calls.pass_over(passing, old, new, number)

    def _with_effects(
        self, layer: Frame, refs: tuple[ElementRef, ...], number: int, duration: int, name: str, path: str
    ) -> Frame:
        if not refs:
            return layer
        moment = Moment(number, duration, self._timeline.rate)
        straight = _straight(layer)
        for ref in refs:
            straight = self._calls.affect(ref, straight, moment, name, path)
        return _premultiplied(straight)

    def _draw_clip(self, dst: Frame, clip: Clip, local: int) -> None:
        pose = pose_of(clip, local)
        placement = clip.placement
        opacity = placement.opacity.at(local) * pose.opacity
        if opacity <= 0 or pose.shown <= 0:
            return
        clip_rect = _all(dst)
        if isinstance(clip.source, GroupSource):
            shown = self._group(dst, clip, local, opacity)
            if shown is None:
                return
        else:
            shown = self._picture(clip).at(local)
        if clip.effects:
            shown = self._affected(dst, clip, shown, local)
        box = placement.box
        ax, ay = box.x + placement.anchor_x * box.width, box.y + placement.anchor_y * box.height
        scale = placement.scale.at(local) * pose.scale
        dx, dy = placement.x.at(local) + pose.dx, placement.y.at(local) + pose.dy
        mapping = shown.mapping.moved(ax, ay, scale, dx, dy, placement.rotation_deg.at(local))
        if shown.box is not None:
            clip_rect = _moved_rect(shown.box, ax, ay, scale, dx, dy)
        if pose.shown < 1:
            left = mapping.x
            edge = left + shown.frame.width * mapping.sx * pose.shown
            clip_rect = (clip_rect[0], clip_rect[1], min(clip_rect[2], 2 * round(edge / 2)), clip_rect[3])
        place(dst, shown.frame, mapping, opacity, clip_rect)

    def _group(self, dst: Frame, clip: Clip, local: int, opacity: float) -> Shown | None:
        """Draw a resting group directly onto ``dst`` and return None, or return it as a separate picture."""
        assert isinstance(clip.source, GroupSource)
        tracks = clip.source.tracks
        pose = pose_of(clip, local)
        resting = not clip.effects and opacity >= 1 and pose.shown >= 1
        resting = resting and all(curve.is_constant for curve in _curves(clip)) and _at_rest(clip, local)
        resting = resting and pose.dx == pose.dy == 0 and pose.scale == 1
        if resting:
            for track in tracks:
                self._draw_track(dst, track, local, clip.duration)
            return None
        opaque = any(self._covers(track, local, clip.duration) for track in tracks[:1])
        canvas = dst.blank(alpha=not opaque)
        for track in tracks:
            self._draw_track(canvas, track, local, clip.duration)
        return Shown(canvas, Placed(0, 0), local)

    def _affected(self, dst: Frame, clip: Clip, shown: Shown, local: int) -> Shown:
        """Return the clip's picture, on a separate canvas, with the clip's effects applied."""
        canvas = dst.blank(alpha=not _fills(shown, dst))
        place(canvas, shown.frame, shown.mapping, 1.0, shown.box or _all(dst))
        affected = self._with_effects(canvas, clip.effects, local, clip.duration, clip.name, clip.path)
        return Shown(affected, Placed(0, 0), local)

    def _picture(self, clip: Clip) -> ClipPicture:
        picture = self._pictures.get(id(clip))
        if picture is None:
            source = clip.source
            assert not isinstance(source, GroupSource)
            if isinstance(source, AssetSource):
                picture = AssetPicture(clip, source, self._media, self._timeline.rate, self._device)
            else:
                sticker = (
                    self._calls.sticker(source.element, clip) if isinstance(source, StickerSource) else None
                )
                drawn = self._drawings.of(clip, source, sticker).shown
                picture = DrawnPicture(replace(drawn, frame=self._device.take(drawn.frame)))
            self._pictures[id(clip)] = picture
        return picture

    def _covers(self, track: Track, number: int, duration: int) -> bool:
        """Whether the track covers every pixel of the canvas at a frame."""
        seen = _clamped(number, duration)
        if transition_at(track, seen) is not None or track.effects:
            return False
        return any(
            self._clip_covers(clip, number - clip.start, self._canvas) for clip in visible(track, seen)
        )

    def _clip_covers(self, clip: Clip, local: int, dst: Frame) -> bool:
        if clip.effects or pose_of(clip, local).opacity < 1 or pose_of(clip, local).shown < 1:
            return False
        if not _at_rest(clip, local) or clip.placement.opacity.at(local) < 1:
            return False
        if isinstance(clip.source, GroupSource):
            return any(self._covers(track, local, clip.duration) for track in clip.source.tracks[:1])
        return _fills(self._picture(clip).at(local), dst)


def visible(track: Track, number: int) -> Iterator[Clip]:
    """Yield the clips of a track that are visible at a frame: one, or two during a transition."""
    passing = transition_at(track, number)
    for clip in track.clips:
        inside = clip.start <= number < clip.stop
        if inside or (passing is not None and passing.at in (clip.start, clip.stop)):
            yield clip


def transition_at(track: Track, number: int) -> Transition | None:
    """Return the transition of a track that is in progress at a frame."""
    for transition in track.transitions:
        if transition.start <= number < transition.stop:
            return transition
    return None


def _clamped(number: int, duration: int) -> int:
    """Return the frame that decides which clips are visible: outside a group, those at its nearer end are held."""
    return min(max(number, 0), duration - 1)


def _curves(clip: Clip) -> tuple[Curve, ...]:
    p = clip.placement
    return p.x, p.y, p.scale, p.rotation_deg, p.opacity


def _at_rest(clip: Clip, local: int) -> bool:
    p = clip.placement
    turned = p.rotation_deg.at(local) != 0
    return not turned and p.x.at(local) == 0 and p.y.at(local) == 0 and p.scale.at(local) == 1


def _all(frame: Frame) -> ClipRect:
    return 0, 0, frame.width, frame.height


def _contains(outer: ClipRect, inner: ClipRect) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def _moved_rect(box: ClipRect, ax: float, ay: float, scale: float, dx: float, dy: float) -> ClipRect:
    left, top = ax + (box[0] - ax) * scale + dx, ay + (box[1] - ay) * scale + dy
    right, bottom = ax + (box[2] - ax) * scale + dx, ay + (box[3] - ay) * scale + dy
    even = tuple(2 * round(edge / 2) for edge in (left, top, right, bottom))
    return even[0], even[1], even[2], even[3]


def _straight(frame: Frame) -> Frame:
    if frame.a is None or frame.a2 is None:
        return frame
    out = frame.blank(alpha=False)
    for dst, src in zip(out.planes(), (frame.y, frame.u, frame.v), strict=True):
        kernels.divide(dst, src, frame.a if src.shape == frame.y.shape else frame.a2)
    return Frame(out.y, out.u, out.v, frame.a, frame.a2)


def _premultiplied(frame: Frame) -> Frame:
    if frame.a is None or frame.a2 is None:
        return frame
    out = frame.blank(alpha=False)
    for dst, src in zip(out.planes(), (frame.y, frame.u, frame.v), strict=True):
        kernels.multiply(dst, src, frame.a if src.shape == frame.y.shape else frame.a2)
    return Frame(out.y, out.u, out.v, frame.a, frame.a2)


def _fills(shown: Shown, dst: Frame) -> bool:
    """Whether what is shown covers every pixel of a canvas while it rests."""
    if not shown.frame.opaque or (shown.box is not None and not _contains(shown.box, _all(dst))):
        return False
    right = shown.mapping.x + shown.frame.width * shown.mapping.sx
    bottom = shown.mapping.y + shown.frame.height * shown.mapping.sy
    inside = shown.mapping.x <= 0.01 and shown.mapping.y <= 0.01
    return inside and right >= dst.width - 0.01 and bottom >= dst.height - 0.01
