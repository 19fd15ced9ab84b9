"""Tracks: the items of a track document, one after the other, as clips, transitions and sounds."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from farm.draft.group_room import with_room
from farm.draft.masks import mask_of
from farm.draft.material import check_material
from farm.draft.motion import default_motions, loops_of, motion_of
from farm.draft.parallax import Camera, camera_of, seen_by
from farm.draft.placement import placement_of
from farm.draft.sight import check_seen
from farm.draft.sounds import PendingSound, video_sound
from farm.draft.sources import source_of, speed_of
from farm.draft.stage import Stage
from farm.draft.transitions import transition_of
from farm.model.clip_document import AdjustmentClip, GroupClip, Item, TrackDocument, VideoClip, VisualClip
from farm.model.item_document import AudioClip, GapItem, TransitionItem
from farm.model.placement import Blend
from farm.model.source import VideoSource
from farm.model.timebase import parse_seconds, to_frame
from farm.model.timeline import Clip, GroupSource, Source, Track, Transition

MAX_DURATION_S: Final = 3600
"""Longer videos, and clips, are refused."""
MAX_GROUP_DEPTH: Final = 8
"""Maximum nesting depth of groups."""


@dataclass(frozen=True, slots=True)
class TrackSite:
    """Where on the timeline a track lies, and where its sounds go."""

    stage: Stage
    """Canvas, rate, media and elements; collects problems and warnings."""
    sounds: list[PendingSound]
    """Collects the timeline's sounds."""
    start_s: Fraction = Fraction(0)
    """When the track begins."""
    until_s: Fraction | None = None
    """When the enclosing groups end; None outside groups."""
    depth: int = 0
    """Number of enclosing groups."""
    camera: Camera | None = None
    """The camera of the group that the track is in."""

    def inside(self, start_s: Fraction, seconds: Fraction) -> TrackSite:
        """Return the site of the tracks of a group that starts at ``start_s`` on this track and lasts ``seconds``."""
        start = self.start_s + start_s
        until = start + seconds if self.until_s is None else min(self.until_s, start + seconds)
        return TrackSite(self.stage, self.sounds, start, until, self.depth + 1)


def track_of(site: TrackSite, document: TrackDocument, path: str) -> Track:
    """Return the track that a document describes, without its sounds; problems are recorded on the stage."""
    kinds = {isinstance(item, AudioClip) for item in document.clips if not isinstance(item, GapItem)}
    if len(kinds) > 1:
        site.stage.problem(f"{path}.clips", "sounds and pictures need separate tracks; move the audio clips")
        return Track(())
    row = _Row(site)
    for index, item in enumerate(document.clips):
        if site.stage.full:
            break
        row.add(item, f"{path}.clips[{index}]")
    row.end()
    effects = site.stage.elements(document.effects, f"{path}.effects")
    if effects and any(isinstance(item, AdjustmentClip) for item in document.clips):
        site.stage.problem(
            f"{path}.effects",
            "a track with adjustment clips takes no effects of its own; give them to another track",
        )
    return Track(tuple(row.clips), tuple(row.transitions), effects, document.name, path)


class _Row:
    """The items of a track so far."""

    def __init__(self, site: TrackSite) -> None:
        self.clips: list[Clip] = []
        self.transitions: list[Transition] = []
        self._site = site
        self._stage = site.stage
        self._end_s = Fraction(0)
        self._waiting: tuple[TransitionItem, str] | None = None
        """A transition waiting for the clip that follows it, and its document path."""

    def add(self, item: Item, path: str) -> None:
        """Add an item after those before it, or where it says."""
        match item:
            case TransitionItem():
                self._add_transition(item, path)
            case GapItem():
                self._add_gap(item, path)
            case AudioClip():
                self._add_sound(item, path)
            case _:
                self._add_clip(item, path)

    def end(self) -> None:
        """Finish the track."""
        if self._waiting is not None:
            self._stage.problem(self._waiting[1], "there is no clip after this transition")

    def _add_transition(self, item: TransitionItem, path: str) -> None:
        if self._waiting is not None:
            self._stage.problem(path, "a transition cannot follow a transition")
        elif not self.clips:
            self._stage.problem(path, "there is no clip before this transition")
        else:
            self._waiting = item, path

    def _add_gap(self, item: GapItem, path: str) -> None:
        seconds = parse_seconds(item.duration, self._stage.rate)
        if seconds <= 0:
            self._stage.problem(f"{path}.duration", "a gap must be longer than 0")
        if self._waiting is not None:
            self._stage.problem(self._waiting[1], "a gap follows this transition; it must be a clip")
            self._waiting = None
        self._end_s += max(Fraction(0), seconds)

    def _add_sound(self, item: AudioClip, path: str) -> None:
        start = self._start_of(item, path)
        if start is None:
            return
        site = self._site
        sound = PendingSound(item, path, start + site.start_s, site.until_s)
        site.sounds.append(sound)
        self._end_s = start + (sound.own_length(self._stage) or Fraction(0))

    def _add_clip(self, item: VisualClip, path: str) -> None:
        start = self._start_of(item, path)
        if start is None:
            return
        waiting = self._waiting
        clip = clip_of(self._site, item, path, start)
        self._waiting = None
        if clip is None:
            return
        if waiting is not None:
            transition = transition_of(self._stage, *waiting, self.clips[-1], clip, self.transitions)
            self.transitions.extend([transition] if transition else [])
        self.clips.append(clip)
        self._end_s = start + _length(self._stage, item, path)[0]

    def _start_of(self, item: AudioClip | VisualClip, path: str) -> Fraction | None:
        """Return when a clip begins on the track, in seconds; None if it cannot begin there."""
        rate = self._stage.rate
        start = self._end_s if item.at is None else parse_seconds(item.at, rate)
        if start < 0:
            self._stage.problem(f"{path}.at", "a clip cannot start before 0")
            return None
        if to_frame(start, rate) < to_frame(self._end_s, rate):
            ends = f"{float(self._end_s):g} s"
            self._stage.problem(
                f"{path}.at", f"the clip before it ends at {ends}; put overlapping clips on another track"
            )
            return None
        return start


def clip_of(
    site: TrackSite, item: VisualClip, path: str, start: Fraction, mask_depth: int = 0
) -> Clip | None:
    """Return the clip that starts at ``start`` seconds on its track; None if it is invalid, which is then recorded."""
    stage = site.stage
    seconds, valid = _length(stage, item, path)
    first, stop = to_frame(start, stage.rate), to_frame(start + seconds, stage.rate)
    if valid and stop <= first:
        stage.problem(
            f"{path}.duration",
            f"shorter than one frame ({float(1 / stage.rate):.4f} s); it would not be visible",
        )
    frames = max(1, stop - first)
    placement = placement_of(stage, item, frames, path)
    source: Source | None
    if isinstance(item, GroupClip):
        source = _group(site, item, path, start, seconds)
    else:
        source = source_of(stage, item, placement.box, frames, path)

    def masking(inner: VisualClip, where: str, depth: int) -> Clip | None:
        # A mask's own sound is not heard.
        return clip_of(replace(site, sounds=[], camera=None), inner, where, Fraction(0), depth)

    mask = mask_of(stage, item.mask, seconds, f"{path}.mask", mask_depth, masking)
    if source is None:
        return None
    if isinstance(item, VideoClip) and isinstance(source, VideoSource):
        check_material(stage, item, source, seconds, path)
        if item.sound:
            site.sounds.append(video_sound(item, path, start + site.start_s, seconds, site.until_s))
    effects = stage.elements(item.effects, f"{path}.effects")
    if isinstance(item, AdjustmentClip):
        return Clip(source, first, frames, placement, effects, mask=mask, name=item.name, path=path)
    if site.camera is not None:
        placement = seen_by(site.camera, placement, item.depth, first, frames, stage)
    enter, leave = default_motions(stage, item)
    clip = Clip(
        source,
        first,
        frames,
        placement,
        effects,
        motion_of(stage, item.enter, enter, frames, placement.box, f"{path}.enter"),
        motion_of(stage, item.exit, leave, frames, placement.box, f"{path}.exit"),
        loops_of(stage, item.loops, f"{path}.loops"),
        Blend(item.blend),
        mask,
        item.shutter,
        item.name,
        path,
    )
    check_seen(stage, clip, path)
    if not isinstance(source, GroupSource):
        return clip
    return with_room(clip, stage.width, stage.height, nested=site.depth > 0)


def _group(
    site: TrackSite, item: GroupClip, path: str, start: Fraction, seconds: Fraction
) -> GroupSource | None:
    if site.depth >= MAX_GROUP_DEPTH:
        site.stage.problem(path, f"groups can be nested at most {MAX_GROUP_DEPTH} deep")
        return None
    camera = camera_of(site.stage, item.camera, f"{path}.camera") if item.camera is not None else None
    inside = replace(site.inside(start, seconds), camera=camera)
    inner = [track_of(inside, track, f"{path}.tracks[{index}]") for index, track in enumerate(item.tracks)]
    return GroupSource(tuple(track for track in inner if track.clips))


def _length(stage: Stage, item: VisualClip, path: str) -> tuple[Fraction, bool]:
    """Return a clip's length in seconds, and whether it is valid."""
    if item.duration is not None:
        seconds = parse_seconds(item.duration, stage.rate)
    else:
        assert isinstance(item, VideoClip)
        seconds = _material_length(stage, item, path)
    if seconds <= 0 and item.duration is None:
        return Fraction(1), False  # reported at `in` and `out`
    if seconds <= 0:
        stage.problem(f"{path}.duration", f"a clip must be longer than 0, not {float(seconds):g} s")
        return Fraction(1), False
    if seconds > MAX_DURATION_S:
        stage.problem(f"{path}.duration", f"a clip lasts at most {MAX_DURATION_S // 60} minutes")
        return Fraction(1), False
    return seconds, True


def _material_length(stage: Stage, item: VideoClip, path: str) -> Fraction:
    """Return how long a clip without a duration lasts: as long as its material does at its speed."""
    asset = stage.assets.get(str(item.src))
    begin = parse_seconds(item.in_, stage.rate)
    stop = begin + 1
    if item.out is not None:
        stop = parse_seconds(item.out, stage.rate)
    elif asset is not None:
        stop = asset.duration_s
    if item.repeat:
        stage.problem(f"{path}.duration", "is missing; a clip that repeats needs one")
        return Fraction(1)
    speed, ramp = speed_of(stage, item, path)
    if ramp is None:
        if speed == 0:
            stage.problem(f"{path}.duration", "is missing; a frame that is held (speed 0) needs one")
            return Fraction(1)
        return (stop - begin) / speed
    played, frames, limit = 0.0, 0, MAX_DURATION_S * math.ceil(stage.rate)
    while played < float((stop - begin) * stage.rate) and frames < limit:
        played += max(0.0, ramp.at(frames + 0.5))
        frames += 1
    if frames >= limit:
        stage.problem(f"{path}.duration", "is missing; at this speed the clip never ends")
        return Fraction(1)
    return Fraction(frames) / stage.rate
