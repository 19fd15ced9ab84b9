"""Painting clips: their pictures posed, moved, masked, exposed and blended onto a canvas."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Final, Protocol

from farm.model.element_ref import ElementRef
from farm.model.placement import Blend, Box, Placement
from farm.model.source import AdjustmentSource, ImageSource, VideoSource
from farm.model.timeline import Clip, GroupSource, Mask, Track
from farm.render.blending import blend
from farm.render.blur import blurred_frame
from farm.render.coverage import Rows, fill_rows, rows_covered
from farm.render.delivery import DeviceMedia
from farm.render.device import Device
from farm.render.drawn import Drawings, DrawnPicture, LivelyPicture
from farm.render.element_calls import ElementCalls
from farm.render.exposure import Corners, exposed, samples_for, shutter, times
from farm.render.extent import area_of, fills, moved_rect, revealed, uncovered, within
from farm.render.frame import Frame
from farm.render.matte import Matte, matte_of, matted, mix_through
from farm.render.mirror import mirrored
from farm.render.picture import AssetPicture, ClipPicture, Shown
from farm.render.pinning import pinned_corners, place_pinned
from farm.render.place import ClipRect, Mapping, Move, corners_of, place, with_alpha
from farm.render.stance import Stance, Stances
from farm.render.visibility import mixes

GROUPS_KEPT: Final = 8
"""Pictures of groups that are kept: a card whose contents rest is only moved."""


class Tracks(Protocol):
    """What clips need of the compositor that paints them: groups hold tracks, and effects have a time."""

    def signature(self, track: Track, number: int, duration: int) -> Hashable:
        """Return a value that is equal for frames in which a track looks alike."""

    def draw_track(self, dst: Frame, track: Track, number: int, duration: int) -> None:
        """Draw a track over a canvas."""

    def rows_covered(
        self, tracks: tuple[Track, ...], number: int, duration: int, dst: Frame
    ) -> tuple[Rows, ...]:
        """Return the rows of a canvas that tracks cover with opaque pixels from side to side at a frame."""

    def with_effects(
        self, layer: Frame, refs: tuple[ElementRef, ...], number: int, duration: int, name: str, path: str
    ) -> Frame:
        """Return a premultiplied layer with effects applied."""


class ClipPainter:
    """Paints the clips of one timeline; keeps their pictures and masks between frames."""

    def __init__(
        self,
        tracks: Tracks,
        calls: ElementCalls,
        media: DeviceMedia,
        device: Device,
        drawings: Drawings,
        rate: Fraction,
    ) -> None:
        self._tracks = tracks
        self._calls = calls
        self._media = media
        self._device = device
        self._drawings = drawings
        self._rate = rate
        self._stances = Stances()
        self._pictures: dict[int, ClipPicture] = {}
        self._mattes: dict[int, tuple[Hashable, Frame]] = {}
        self._groups: dict[int, tuple[Hashable, Shown]] = {}

    def signature(self, clip: Clip, local: int) -> Hashable:
        """Return a value that is equal for frames in which a clip looks alike."""
        stance = self._stances.at(clip, local)
        parts: list[Hashable] = [id(clip), stance.pose, stance.values]
        if self._calls.change(clip.effects) or self._blurs(clip, local):
            parts.append(local)
        if clip.mask is not None:
            parts += [self.signature(clip.mask.clip, local), clip.mask.feather_px.at(local)]
        source = clip.source
        if isinstance(source, GroupSource):
            inner = (self._tracks.signature(track, local, clip.duration) for track in source.tracks)
            parts.append(tuple(inner))
        elif not isinstance(source, AdjustmentSource):
            parts.append(self._picture(clip).at(local).key)
        return tuple(parts)

    def rows_covered(self, clip: Clip, local: int, dst: Frame) -> tuple[Rows, ...]:
        """Return the rows of a canvas that a clip covers with opaque pixels from side to side at a frame."""
        placement, stance = clip.placement, self._stances.at(clip, local)
        layered = clip.effects or clip.mask is not None or clip.blend is not Blend.NORMAL
        if layered or placement.pin is not None or self._blurs(clip, local):
            return ()
        if not stance.pose.covers or stance.own_opacity < 1:
            return ()
        move = stance.move
        if isinstance(clip.source, GroupSource):
            if move != Move() or placement.flip_x or placement.flip_y or clip.source.room is not None:
                return ()
            return self._tracks.rows_covered(clip.source.tracks, local, clip.duration, dst)
        if isinstance(clip.source, AdjustmentSource):
            return ()
        return rows_covered(self._picture(clip).at(local), dst, *_anchor(placement), move)

    def draw(self, dst: Frame, clip: Clip, local: int, *, alone: bool = False) -> None:
        """Draw a clip over a canvas.

        Args:
            dst: The canvas.
            clip: The clip.
            local: Counts frames from the clip's start, and may lie outside it.
            alone: Whether the canvas is a clear one of its own, to be blended as the clip says by :meth:`lay`.
        """
        stance = self._stances.at(clip, local)
        pose, opacity = stance.pose, stance.opacity
        if opacity <= 0 or pose.hides:
            return
        if isinstance(clip.source, AdjustmentSource):
            self._adjust(dst, clip, local, opacity)
            return
        blurs, mode = self._blurs(clip, local), Blend.NORMAL if alone else clip.blend
        if not blurs and clip.mask is None and mode is Blend.NORMAL and pose.blur_px <= 0:
            self._draw_moved(dst, clip, local, stance)
            return
        layer = self._exposure(dst, clip, local) if blurs else dst.blank(alpha=True)
        if not blurs:
            self._draw_moved(layer, clip, local, stance)
        if pose.blur_px > 0.3:
            layer = self._device.run("blur", lambda one: blurred_frame(one, pose.blur_px), layer)
        if clip.mask is not None and not clip.mask.follows:
            layer = self._masked(layer, clip.mask, local)
        self.lay(dst, layer, mode)

    def lay(self, dst: Frame, layer: Frame, mode: Blend) -> None:
        """Lay a premultiplied layer of a canvas's size over it."""
        if mode is Blend.NORMAL:
            place(dst, layer, Mapping(0, 0), 1.0, _all(dst))
        else:
            self._blend(dst, with_alpha(layer), mode)

    def _blend(self, dst: Frame, layer: Frame, mode: Blend) -> None:
        def work(canvas: Frame, above: Frame) -> Frame:
            blend(canvas, above, mode)
            return canvas

        _overwrite(dst, self._device.run(f"blend {mode}", work, dst, layer))

    def _adjust(self, dst: Frame, clip: Clip, local: int, opacity: float) -> None:
        """Apply a clip's effects to what is below it, in its box and through its mask."""
        affected = self._tracks.with_effects(
            dst.copy(), clip.effects, local, clip.duration, clip.name, clip.path
        )
        if affected.opaque != dst.opaque:
            # An effect cut a hole into an opaque canvas: what is behind is black.
            ground = dst.blank(alpha=False)
            for plane, value in zip(ground.planes(), (16, 128, 128), strict=True):
                plane.fill(value)
            place(ground, affected, Mapping(0, 0), 1.0, _all(dst))
            affected = ground
        shape = self._device.take(area_of(clip.placement.box, dst.width, dst.height))
        if clip.mask is not None:
            shape = self._masked(shape, clip.mask, local)

        def work(canvas: Frame, changed: Frame, where: Frame) -> Frame:
            assert where.a is not None
            assert where.a2 is not None
            mix_through(canvas, changed, Matte(where.a, where.a2), opacity)
            return canvas

        _overwrite(dst, self._device.run("adjustment", work, dst, affected, shape))

    def _exposure(self, dst: Frame, clip: Clip, local: int) -> Frame:
        """Return a clip on a clear canvas as it is exposed while its shutter is open."""
        opened, closed = shutter(local, clip.shutter_deg)
        corners = (self._corners(clip, moment) for moment in (opened, local, closed))
        moments = times(local, clip.shutter_deg, samples_for(*corners))
        shown = self._shown(dst, clip, local)

        def layers() -> Iterator[Frame]:
            for moment in moments:
                layer = dst.blank(alpha=True)
                self._put(layer, clip, shown, self._stances.at(clip, moment), moment)
                yield self._device.give(layer)

        return self._device.take(exposed(layers(), len(moments)))

    def _is_still(self, clip: Clip, local: int) -> bool:
        """Whether nothing of a clip moves while a frame is exposed."""
        ends = times(local, clip.shutter_deg, 2)
        if clip.placement.pin is not None:
            return all(curve.at(ends[0]) == curve.at(ends[1]) for curve in clip.placement.pin.corners)
        first, last = (self._stances.at(clip, moment).move for moment in ends)
        return first == last

    def _blurs(self, clip: Clip, local: int) -> bool:
        """Whether a clip moves while a frame is exposed, with its shutter open."""
        if clip.shutter_deg <= 0:
            return False
        opened, closed = shutter(local, clip.shutter_deg)
        # What swings may be at the same place as the shutter opens and closes, but not in between.
        moments = opened, (opened + local) / 2, (local + closed) / 2, closed
        if clip.placement.pin is not None:
            curves = clip.placement.pin.corners
            return any(curve.at(one) != curve.at(local) for curve in curves for one in moments)
        rest = self._stances.at(clip, local).move
        return any(self._stances.at(clip, one).move != rest for one in moments)

    def _corners(self, clip: Clip, moment: float) -> tuple[tuple[float, float], ...]:
        placement = clip.placement
        box = placement.box
        if placement.pin is not None:
            return pinned_corners(placement.pin, self._stances.at(clip, moment).pose, moment)
        move = self._stances.at(clip, moment).move
        mapping = Mapping(box.x, box.y).moved(*_anchor(placement), move)
        return corners_of(mapping, round(box.width), round(box.height))

    def _draw_moved(self, dst: Frame, clip: Clip, local: int, stance: Stance) -> None:
        """Draw a clip's picture where it is at a frame."""
        if isinstance(clip.source, GroupSource) and _lies_flat(clip, clip.source, stance):
            for track in clip.source.tracks:
                self._tracks.draw_track(dst, track, local, clip.duration)
        elif not stance.pose.hides:
            self._put(dst, clip, self._shown(dst, clip, local), stance, local)

    def _shown(self, dst: Frame, clip: Clip, local: int) -> Shown:
        """Return a clip's picture at a frame, with its effects and what follows it applied."""
        if isinstance(clip.source, GroupSource):
            shown = self._group(dst, clip, clip.source, local)
        else:
            shown = self._picture(clip).at(local)
        follows = clip.mask is not None and clip.mask.follows
        return self._affected(dst, clip, shown, local) if clip.effects or follows else shown

    def _put(self, dst: Frame, clip: Clip, shown: Shown, stance: Stance, moment: float) -> None:
        """Draw a clip's picture where it is at a moment, which may lie between two frames."""
        placement, pose, move, opacity = clip.placement, stance.pose, stance.move, stance.opacity
        if opacity <= 0 or pose.hides:
            return
        if shown.turned_deg:
            move = replace(move, rotation_deg=move.rotation_deg - shown.turned_deg)
        if move.flat:
            return
        ax, ay = _anchor(placement)
        mapping = shown.mapping.moved(ax, ay, move)
        if pose.reveals and (placement.pin is not None or not mapping.upright):
            shown = replace(shown, frame=uncovered(shown.frame, pose))
            pose = replace(pose, left=0.0, top=0.0, right=0.0, bottom=0.0)
        if placement.pin is not None:
            if isinstance(clip.source, GroupSource):
                shown = within(shown, placement.box)
            self._pin(dst, shown, placement.box, pinned_corners(placement.pin, pose, moment), opacity)
            return
        clip_rect = _all(dst)
        if shown.box is not None:
            clip_rect = moved_rect(shown.box, ax, ay, move)
        if pose.reveals:
            clip_rect = revealed(clip_rect, mapping, shown.frame, pose)
        place(dst, shown.frame, mapping, opacity, clip_rect, shown.solid)

    def _pin(self, dst: Frame, shown: Shown, box: Box, corners: Corners, opacity: float) -> None:
        def work(canvas: Frame, picture: Frame) -> Frame:
            place_pinned(canvas, replace(shown, frame=picture), box, corners, opacity)
            return canvas

        _overwrite(dst, self._device.run("pin", work, dst, shown.frame))

    def _group(self, dst: Frame, clip: Clip, source: GroupSource, local: int) -> Shown:
        """Return a group's picture on a canvas of its own."""
        tracks, placement, room = source.tracks, clip.placement, source.room
        looks = tuple(self._tracks.signature(track, local, clip.duration) for track in tracks)
        known = self._groups.get(id(clip))
        if known is not None and known[0] == (looks, dst.width, dst.height):
            return known[1]
        if room is not None:
            canvas = dst.blank(alpha=True, width=room.width, height=room.height)
        else:
            opaque = fill_rows(self._tracks.rows_covered(tracks, local, clip.duration, dst), dst.height)
            canvas = dst.room() if opaque else dst.blank(alpha=True)
        for track in tracks:
            self._tracks.draw_track(canvas, track, local, clip.duration)
        # Mirrored within the group's box, wherever on the canvas that lies.
        box = placement.box
        x = round(2 * box.x + box.width) - dst.width if placement.flip_x else 0
        y = round(2 * box.y + box.height) - dst.height if placement.flip_y else 0
        if room is not None:
            x, y = room.x, room.y
        shown = Shown(self._flipped(canvas, placement), Mapping(x, y), looks)
        self._groups[id(clip)] = (looks, dst.width, dst.height), shown
        if len(self._groups) > GROUPS_KEPT:
            del self._groups[next(iter(self._groups))]
        return shown

    def _flipped(self, canvas: Frame, placement: Placement) -> Frame:
        across, down = placement.flip_x, placement.flip_y
        if not (across or down):
            return canvas
        return self._device.run("flip", lambda one: mirrored(one, across=across, down=down), canvas)

    def _affected(self, dst: Frame, clip: Clip, shown: Shown, local: int) -> Shown:
        """Return the clip's picture, on a separate canvas, with the clip's effects and its own mask applied."""
        canvas = dst.room() if fills(shown, dst) else dst.blank(alpha=True)
        place(canvas, shown.frame, shown.mapping, 1.0, shown.box or _all(dst))
        affected = self._tracks.with_effects(canvas, clip.effects, local, clip.duration, clip.name, clip.path)
        if clip.mask is not None and clip.mask.follows:
            affected = self._masked(affected, clip.mask, local)
        return Shown(affected, Mapping(0, 0), local)

    def _masked(self, layer: Frame, mask: Mask, local: int) -> Frame:
        """Return a layer of the canvas's size, visible only through a mask."""
        where = self._matte(layer, mask, local)

        def work(one: Frame, through: Frame) -> Frame:
            assert through.a is not None
            assert through.a2 is not None
            return matted(one, Matte(through.a, through.a2))

        return self._device.run("mask", work, with_alpha(layer), where)

    def _matte(self, like: Frame, mask: Mask, local: int) -> Frame:
        """Return a frame whose alpha is a mask's opacity at a frame."""
        feather = mask.feather_px.at(local)
        key = self.signature(mask.clip, local), feather, like.width, like.height
        known = self._mattes.get(id(mask))
        if known is not None and known[0] == key:
            return known[1]
        picture = like.blank(alpha=True)
        self.draw(picture, mask.clip, local)

        def work(one: Frame) -> Frame:
            matte = matte_of(one, mask.channel, invert=mask.invert, feather_px=feather)
            return Frame(one.y, one.u, one.v, matte.a, matte.a2)

        made = self._device.run("mask", work, picture)
        self._mattes[id(mask)] = key, made
        return made

    def _picture(self, clip: Clip) -> ClipPicture:
        picture = self._pictures.get(id(clip))
        if picture is None:
            picture = self._pictures[id(clip)] = self._made_picture(clip)
        return picture

    def _made_picture(self, clip: Clip) -> ClipPicture:
        source = clip.source
        assert not isinstance(source, GroupSource | AdjustmentSource)
        if isinstance(source, ImageSource | VideoSource):
            return AssetPicture(clip, source, self._media, self._rate, self._device, self._drawings)

        elements = self._calls.drawn_by(clip)
        if source.advances:
            return LivelyPicture(clip, source, elements, self._device)
        drawn = self._drawings.of(clip, source, elements).shown
        return DrawnPicture(replace(drawn, frame=self._device.take(drawn.frame)))


def _anchor(placement: Placement) -> tuple[float, float]:
    box = placement.box
    return box.x + placement.anchor_x * box.width, box.y + placement.anchor_y * box.height


def _lies_flat(clip: Clip, source: GroupSource, stance: Stance) -> bool:
    """Whether a group may be drawn directly onto a canvas, because it looks the same as its picture on it."""
    placement, pose = clip.placement, stance.pose
    still = pose.covers and pose.rests and stance.move == Move() and stance.own_opacity >= 1
    still = still and placement.pin is None and all(curve.is_constant for curve in placement.motion_curves)
    plain = not clip.effects and clip.mask is None and not (placement.flip_x or placement.flip_y)
    plain = plain and source.room is None
    return still and plain and not mixes(source)


def _all(frame: Frame) -> ClipRect:
    return 0, 0, frame.width, frame.height


def _overwrite(dst: Frame, result: Frame) -> None:
    """Copy a result into a canvas, unless it is the canvas, changed in place."""
    if result is dst:
        return
    for out, plane in zip(dst.planes(), result.planes(), strict=True):
        out[0 : out.shape[0], 0 : out.shape[1]] = plane
