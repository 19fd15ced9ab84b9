"""Whether a clip's media last as long as it is shown."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, Literal

from farm.draft.stage import Stage
from farm.model.clip_document import VideoClip
from farm.model.source import VideoSource
from farm.model.timebase import parse_seconds, to_frame, to_seconds
from farm.model.timeline import Clip

_FELT_S: Final = Fraction(1, 2)
"""Sound that outlasts its picture by less than this is just the tail of a recording and gets no warning."""


def check_material(stage: Stage, item: VideoClip, source: VideoSource, seconds: Fraction, path: str) -> None:
    """Record where a clip's excerpt lies outside its media, or ends before the clip does."""
    length = source.asset.duration_s
    tolerance = 2 / stage.rate
    if source.in_s < 0 or source.in_s >= length:
        stage.problem(f"{path}.in", f"the clip is {float(length):.2f} s long; allowed: 0 up to that")
        return
    if item.out is not None:
        _check_out(stage, item, source, seconds, path)
    beyond_s = source.asset.sound_until_s - length
    if item.sound and item.duration is None and item.out is None and beyond_s > _FELT_S:
        stage.warnings.append(
            f"{path}: the sound of `{item.name or source.asset.label}` goes on for {float(beyond_s):.2f} s after its "
            "picture and is cut there; give `duration` to hear it all"
        )
    if source.loop:
        return
    available = (source.until_s if source.until_s is not None else length) - source.in_s
    missing = _played_s(source, to_frame(seconds, stage.rate), stage.rate) - available
    if missing > tolerance and (item.out is None or source.reverse) and not _endless(source):
        name = item.name or str(item.src)
        held = "first" if source.reverse else "last"
        stage.warnings.append(
            f"{path}: `{name}` ends {float(missing):.2f} s too early; its {held} frame is held"
        )


def _check_out(stage: Stage, item: VideoClip, source: VideoSource, seconds: Fraction, path: str) -> None:
    """Record where a clip's `out` is not in its media, or has no effect because `duration` plays on."""
    assert item.out is not None
    out, tolerance = parse_seconds(item.out, stage.rate), 2 / stage.rate
    length = source.asset.duration_s
    if out <= source.in_s:
        stage.problem(f"{path}.out", "must be after `in`")
    elif out > length + tolerance:
        stage.problem(f"{path}.out", f"the clip is only {float(length):.2f} s long")
    elif item.duration is not None and not source.reverse and not source.loop:
        played_s = _played_s(source, to_frame(seconds, stage.rate), stage.rate)
        if source.in_s + played_s > out + tolerance:
            stage.problem(
                f"{path}.out",
                f"does not end the clip: its `duration` plays {float(played_s):.3g} s from `in`, up to "
                f"{float(source.in_s + played_s):.3g} s, beyond `out`; leave out `duration` or `out`, play the part "
                "again with `repeat: true`, or slow it down with `speed`",
            )


def _played_s(source: VideoSource, frames: int, rate: Fraction) -> Fraction:
    """Return how many seconds of material a number of frames plays."""
    if source.ramp is None:
        return frames / rate * source.speed
    played = sum(max(0.0, source.ramp.at(frame + 0.5)) for frame in range(frames))
    return Fraction(played).limit_denominator(1_000_000) / rate


def _endless(source: VideoSource) -> bool:
    """Whether the source is an animated picture that loops indefinitely."""
    return source.asset.animated and source.asset.plays == 0


def check_handle(
    stage: Stage, clip: Clip, frames: int, side: Literal["after its end", "before its start"], path: str
) -> None:
    """Record where a clip lacks material for the frames that a transition shows beyond its cut."""
    if not isinstance(clip.source, VideoSource) or frames <= 1 or _endless(clip.source):
        return
    source = clip.source
    if source.until_s is not None or source.ramp is not None or source.speed == 0:
        return  # repeated or held there anyway
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
