"""Compiling: turns a timeline document and bound media into a timeline in frames."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from farm.draft.caption_clips import caption_clips
from farm.draft.clips import Stage, motion_of, placement_of, source_of
from farm.draft.sounds import PendingSound, sound_of, video_sound
from farm.model.clip_document import (
    AudioClip,
    GapItem,
    GroupClip,
    Item,
    TextClip,
    TrackDocument,
    TransitionItem,
    VideoClip,
    VisualClip,
)
from farm.model.color import parse_color
from farm.model.timebase import parse_seconds, to_frame, to_seconds
from farm.model.timeline import (
    Clip,
    GroupSource,
    Sound,
    Source,
    Timeline,
    Track,
    Transition,
    VideoSource,
)
from farm.model.timeline_document import CaptionsDocument, TimelineDocument
from farm.plugins.resolve import resolve

MAX_DURATION_S: Final = 3600
"""Longer videos are refused."""
_FELT_S: Final = Fraction(1, 2)
"""Sound that outlasts its picture by less than this is just the tail of a recording and gets no warning."""
MAX_GROUP_DEPTH: Final = 8
"""Maximum nesting depth of groups."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where on the timeline a track lies."""

    start_s: Fraction = Fraction(0)
    """When it begins."""
    until_s: Fraction | None = None
    """When the enclosing groups end; None outside groups."""
    depth: int = 0
    """Number of enclosing groups."""

    def inside(self, start_s: Fraction, seconds: Fraction) -> _Place:
        """Return the place of the tracks of a group that starts at ``start_s`` on this track and lasts ``seconds``."""
        start = self.start_s + start_s
        until = start + seconds if self.until_s is None else min(self.until_s, start + seconds)
        return _Place(start, until, self.depth + 1)


@dataclass(slots=True)
class _Cursor:
    """Where the next item of a track begins."""

    seconds: Fraction
    """Exact time on the track."""
    waiting: tuple[TransitionItem, str] | None = None
    """A transition waiting for the clip that follows it, and its document path."""


def compile_timeline(document: TimelineDocument, stage: Stage, srt: dict[str, str]) -> Timeline | None:
    """Return the timeline; None if there are problems, listed in ``stage.problems``.

    Args:
        document: The timeline document.
        stage: Canvas, rate, media and elements; collects problems and warnings.
        srt: Paths of caption files by reference.
    """
    sounds: list[PendingSound] = []
    tracks = [
        _track(stage, track, f"timeline.tracks[{index}]", sounds, _Place())
        for index, track in enumerate(document.tracks)
    ]
    tracks = [track for track in tracks if track.clips]
    end = max((clip.stop for track in tracks for clip in track.clips), default=0)
    duration = end
    if document.duration is not None:
        duration = to_frame(parse_seconds(document.duration, stage.rate), stage.rate)
        if duration < 1:
            stage.problem("timeline.duration", "a video lasts at least one frame")
    elif not end and not stage.problems:
        stage.problem("timeline.tracks", "no visible clip and no `duration`: how long is the video?")
    if to_seconds(duration, stage.rate) > MAX_DURATION_S:
        stage.problem("timeline.duration", f"a video lasts at most {MAX_DURATION_S // 60} minutes")
    if document.captions is not None:
        captions = _captions(stage, document.captions, srt, duration)
        tracks += [captions] if captions.clips else []
    clips = [
        clip for pending in sounds if (clip := sound_of(stage, pending, to_seconds(duration, stage.rate)))
    ]
    if stage.problems:
        return None
    return Timeline(
        stage.width,
        stage.height,
        stage.rate,
        duration,
        tuple(tracks),
        parse_color(document.background),
        Sound(tuple(clips), document.sound.loudness, document.sound.duck_db),
    )


def _track(
    stage: Stage, document: TrackDocument, path: str, sounds: list[PendingSound], place: _Place
) -> Track:
    cursor = _Cursor(Fraction(0))
    clips: list[Clip] = []
    transitions: list[Transition] = []
    kinds = {isinstance(item, AudioClip) for item in document.clips if not isinstance(item, GapItem)}
    if len(kinds) > 1:
        stage.problem(f"{path}.clips", "sounds and pictures need separate tracks; move the audio clips")
        return Track(())
    for index, item in enumerate(document.clips):
        if stage.full:
            break
        _item(stage, item, f"{path}.clips[{index}]", cursor, clips, transitions, sounds, place)
    if cursor.waiting is not None:
        stage.problem(cursor.waiting[1], "there is no clip after this transition")
    return Track(
        tuple(clips),
        tuple(transitions),
        stage.elements(document.effects, f"{path}.effects"),
        document.name,
        path,
    )


def _item(
    stage: Stage,
    item: Item,
    path: str,
    cursor: _Cursor,
    clips: list[Clip],
    transitions: list[Transition],
    sounds: list[PendingSound],
    place: _Place,
) -> None:
    rate = stage.rate
    if isinstance(item, TransitionItem):
        if cursor.waiting is not None:
            stage.problem(path, "a transition cannot follow a transition")
        elif not clips:
            stage.problem(path, "there is no clip before this transition")
        else:
            cursor.waiting = (item, path)
        return
    if isinstance(item, GapItem):
        seconds = parse_seconds(item.duration, rate)
        if seconds <= 0:
            stage.problem(f"{path}.duration", "a gap must be longer than 0")
        if cursor.waiting is not None:
            stage.problem(cursor.waiting[1], "a gap follows this transition; it must be a clip")
            cursor.waiting = None
        cursor.seconds += max(Fraction(0), seconds)
        return
    start = cursor.seconds if item.at is None else parse_seconds(item.at, rate)
    if start < 0:
        stage.problem(f"{path}.at", "a clip cannot start before 0")
        return
    if to_frame(start, rate) < to_frame(cursor.seconds, rate):
        ends = f"{float(cursor.seconds):g} s"
        stage.problem(
            f"{path}.at", f"the clip before it ends at {ends}; put overlapping clips on another track"
        )
        return
    if isinstance(item, AudioClip):
        sounds.append(PendingSound(item, path, start + place.start_s, place.until_s))
        length = sounds[-1].own_length(stage)
        cursor.seconds = start + (length or Fraction(0))
        return
    clip = _clip(stage, item, path, start, sounds, place)
    if clip is None:
        cursor.waiting = None
        return
    if cursor.waiting is not None:
        transition = _transition(stage, *cursor.waiting, clips[-1], clip, transitions)
        transitions.extend([transition] if transition else [])
        cursor.waiting = None
    clips.append(clip)
    cursor.seconds = start + _length(stage, item, path)[0]


def _length(stage: Stage, item: VisualClip, path: str) -> tuple[Fraction, bool]:
    """Return a clip's length in seconds, and whether it is valid."""
    if item.duration is not None:
        seconds = parse_seconds(item.duration, stage.rate)
    else:
        assert isinstance(item, VideoClip)
        asset = stage.assets.get(str(item.src))
        begin = parse_seconds(item.in_, stage.rate)
        stop = (
            parse_seconds(item.out, stage.rate)
            if item.out is not None
            else asset.duration_s
            if asset
            else begin + 1
        )
        seconds = (stop - begin) / Fraction(repr(item.speed))
    if seconds <= 0 and item.duration is None:
        return Fraction(1), False  # reported at `in` and `out`
    if seconds <= 0:
        stage.problem(f"{path}.duration", f"a clip must be longer than 0, not {float(seconds):g} s")
        return Fraction(1), False
    if seconds > MAX_DURATION_S:
        stage.problem(f"{path}.duration", f"a clip lasts at most {MAX_DURATION_S // 60} minutes")
        return Fraction(1), False
    return seconds, True


def _clip(
    stage: Stage,
    item: VisualClip,
    path: str,
    start: Fraction,
    sounds: list[PendingSound],
    place: _Place,
) -> Clip | None:
    seconds, right = _length(stage, item, path)
    first, stop = to_frame(start, stage.rate), to_frame(start + seconds, stage.rate)
    if right and stop <= first:
        stage.problem(
            f"{path}.duration",
            f"shorter than one frame ({float(1 / stage.rate):.4f} s); it would not be visible",
        )
    placement = placement_of(stage, item, path)
    source: Source
    if isinstance(item, GroupClip):
        if place.depth >= MAX_GROUP_DEPTH:
            stage.problem(path, f"groups can be nested at most {MAX_GROUP_DEPTH} deep")
            return None
        inner = [
            _track(stage, track, f"{path}.tracks[{index}]", sounds, place.inside(start, seconds))
            for index, track in enumerate(item.tracks)
        ]
        source = GroupSource(tuple(track for track in inner if track.clips))
    else:
        found = source_of(stage, item, placement, path)
        if found is None:
            return None
        source = found
    if isinstance(item, VideoClip) and isinstance(source, VideoSource):
        _check_material(stage, item, source, seconds, path)
        if item.sound:
            sounds.append(video_sound(item, path, start + place.start_s, seconds, place.until_s))
    enter, leave = "none", "none"
    if isinstance(item, TextClip) and (style := stage.registry.text_styles.get(item.style)):
        enter, leave = style.value.enter, style.value.exit
    frames = max(1, stop - first)
    return Clip(
        source,
        first,
        frames,
        placement,
        stage.elements(item.effects, f"{path}.effects"),
        motion_of(stage, item.enter, enter, frames, f"{path}.enter"),
        motion_of(stage, item.exit, leave, frames, f"{path}.exit"),
        item.name,
        path,
    )


def _check_material(stage: Stage, item: VideoClip, source: VideoSource, seconds: Fraction, path: str) -> None:
    length = source.asset.duration_s
    tolerance = 2 / stage.rate
    if source.in_s < 0 or source.in_s >= length:
        stage.problem(f"{path}.in", f"the clip is {float(length):.2f} s long; allowed: 0 up to that")
        return
    if item.out is not None:
        out = parse_seconds(item.out, stage.rate)
        if out <= source.in_s:
            stage.problem(f"{path}.out", "must be after `in`")
        elif out > length + tolerance:
            stage.problem(f"{path}.out", f"the clip is only {float(length):.2f} s long")
    beyond_s = source.asset.sound_until_s - length
    if item.sound and item.duration is None and item.out is None and beyond_s > _FELT_S:
        stage.warnings.append(
            f"{path}: the sound of `{item.name or source.asset.label}` goes on for {float(beyond_s):.2f} s after its "
            "picture and is cut there; give `duration` to hear it all"
        )
    missing = source.in_s + seconds * source.speed - length
    if missing > tolerance and item.out is None and not _endless(source):
        name = item.name or str(item.src)
        stage.warnings.append(
            f"{path}: `{name}` ends {float(missing):.2f} s too early; its last frame is held"
        )


def _endless(source: VideoSource) -> bool:
    """Whether the source is an animated picture that loops indefinitely."""
    return source.asset.animated and source.asset.plays == 0


def _transition(
    stage: Stage, item: TransitionItem, path: str, old: Clip, new: Clip, earlier: list[Transition]
) -> Transition | None:
    ref, problems = resolve(
        stage.registry.transitions, item.use.name, item.use.params, f"{path}.use", "transition", stage.assets
    )
    stage.problems.extend(problems)
    if old.stop != new.start:
        stage.problem(path, "the clips around a transition must touch; remove the gap between them")
        return None
    total = to_frame(parse_seconds(item.duration, stage.rate), stage.rate)
    if total < 1:
        stage.problem(f"{path}.duration", "a transition lasts at least one frame")
        return None
    before = total // 2
    if item.before is not None:
        before = to_frame(parse_seconds(item.before, stage.rate), stage.rate)
        if not 0 <= before <= total:
            stage.problem(f"{path}.before", "must be between 0 and `duration`")
            return None
    after = total - before
    if before > old.duration or after > new.duration:
        stage.problem(f"{path}.duration", "the transition is longer than a clip beside it; shorten it")
        return None
    if earlier and earlier[-1].stop > new.start - before:
        stage.problem(path, "begins before the transition before it ends; make the clip between them longer")
        return None
    for clip, extra, side in ((old, after, "after its end"), (new, before, "before its start")):
        _check_handle(stage, clip, extra, side, path)
    return Transition(new.start, before, after, ref, path) if ref else None


def _check_handle(stage: Stage, clip: Clip, frames: int, side: str, path: str) -> None:
    if not isinstance(clip.source, VideoSource) or frames <= 1 or _endless(clip.source):
        return
    source = clip.source
    reach = to_seconds(frames, stage.rate) * source.speed
    if side == "before its start":
        missing = reach - source.in_s
    else:
        missing = (
            source.in_s
            + to_seconds(clip.duration, stage.rate) * source.speed
            + reach
            - source.asset.duration_s
        )
    if missing > 2 / stage.rate:
        stage.warnings.append(
            f"{path}: the clip has {float(missing):.2f} s too little material {side}; a frame is held"
        )


def _captions(stage: Stage, document: CaptionsDocument, srt: dict[str, str], duration: int) -> Track:
    clips = []
    for item, start, path in caption_clips(stage, document, srt, duration):
        clip = _clip(stage, item, path, start, [], _Place())
        clips += [clip] if clip is not None else []
    return Track(tuple(clips), name="captions")
