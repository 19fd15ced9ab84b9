"""Converts audio clips in documents to sounds on the timeline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from farm.draft.sources import speed_of
from farm.draft.stage import Stage
from farm.model.asset import Asset
from farm.model.clip_document import VideoClip
from farm.model.curve import Curve
from farm.model.curve_document import curve_of
from farm.model.document import Unit
from farm.model.item_document import AudioClip
from farm.model.sound import SoundClip, SoundRole
from farm.model.timebase import parse_seconds


@dataclass(frozen=True, slots=True)
class PendingSound:
    """A sound whose length may still depend on the video's."""

    item: AudioClip | VideoClip
    """The clip document."""
    path: str
    """Its document path."""
    start_s: Fraction
    """When it begins on the timeline."""
    until_s: Fraction | None = None
    """When its enclosing group ends, and the sound with it; None outside groups."""
    length_s: Fraction | None = None
    """Its length, if already known."""

    def own_length(self, stage: Stage) -> Fraction | None:
        """Return the length given by the item itself: its duration, or the rest of its asset; None if neither."""
        if self.length_s is not None:
            return self.length_s
        if self.item.duration is not None:
            return parse_seconds(self.item.duration, stage.rate)
        asset = stage.assets.get(str(self.item.src))
        if asset is None or getattr(self.item, "loop", False):
            return None
        if not isinstance(self.item, AudioClip):
            return None  # a video clip's sound is as long as its picture
        return (asset.sound_until_s - parse_seconds(self.item.in_, stage.rate)) / Fraction(
            repr(self.item.speed)
        )


def video_sound(
    item: VideoClip, path: str, start_s: Fraction, length_s: Fraction, until_s: Fraction | None
) -> PendingSound:
    """Return a video clip's own sound."""
    return PendingSound(item, path, start_s, until_s, length_s)


def sound_of(stage: Stage, pending: PendingSound, video_s: Fraction) -> SoundClip | None:
    """Return the sound, trimmed to the video; None if it is invalid or not audible."""
    item, path = pending.item, pending.path
    asset = stage.assets.get(str(item.src))
    if asset is None:
        return None
    if not asset.has_sound:
        stage.problem(f"{path}.src", f"`{item.src}` has no sound")
        return None
    begin = parse_seconds(item.in_, stage.rate)
    if isinstance(item, AudioClip) and not 0 <= begin < asset.sound_until_s:
        stage.problem(
            f"{path}.in", f"the sound is {float(asset.sound_until_s):.2f} s long; allowed: 0 up to that"
        )
        return None
    end_s = video_s if pending.until_s is None else min(video_s, pending.until_s)
    rest = end_s - pending.start_s
    length = pending.own_length(stage)
    if length is not None and length <= 0:
        stage.problem(f"{path}.duration", "a sound must be longer than 0")
        return None
    if rest <= 0:
        held = "the video's" if pending.until_s is None or pending.until_s >= video_s else "its group's"
        stage.warnings.append(f"{path}: begins after {held} end and is inaudible")
        return None
    length = rest if length is None else min(length, rest)
    if isinstance(item, VideoClip):
        return _of_video(stage, item, asset, pending.start_s, length, begin, path)
    speed = Fraction(repr(item.speed))
    gain = curve_of(
        item.gain_db, rate=stage.rate, whole=1, path=f"{path}.gain_db", low=-96, high=24,
        problems=stage.problems, unit=Unit.NUMBER, per_second=True,
    )  # fmt: skip
    fades = _fades(stage, item, path, length)
    return SoundClip(
        asset, pending.start_s, length, begin, speed, item.loop, gain, *fades, SoundRole(item.role),
        keep_pitch=item.pitch == "keep",
    )  # fmt: skip


def _of_video(
    stage: Stage, item: VideoClip, asset: Asset, start: Fraction, length: Fraction, begin: Fraction, path: str
) -> SoundClip | None:
    """Return a video clip's own sound, which follows its speed; None where a frame is held."""
    speed, ramp = speed_of(stage, item, path)
    if ramp is None and speed == 0:
        stage.warnings.append(f"{path}: a held frame has no sound")
        return None
    if ramp is not None:
        keys = (replace(key, frame=key.frame / float(stage.rate)) for key in ramp.keys)
        ramp = Curve(tuple(keys))
    until = None
    if item.reverse or item.repeat:
        until = parse_seconds(item.out, stage.rate) if item.out is not None else asset.sound_until_s
        until = min(until, asset.sound_until_s)
        if until <= begin:
            return None
    return SoundClip(
        asset,
        start,
        length,
        begin,
        speed,
        item.repeat,
        Curve.constant(item.gain_db),
        role=SoundRole.CLIP,
        ramp=ramp,
        until_s=until,
        reverse=item.reverse,
        keep_pitch=item.pitch == "keep",
    )


def _fades(stage: Stage, item: AudioClip, path: str, length: Fraction) -> tuple[Fraction, Fraction]:
    fades = []
    for name in ("fade_in", "fade_out"):
        seconds = parse_seconds(getattr(item, name), stage.rate)
        if seconds < 0:
            stage.problem(f"{path}.{name}", "a fade cannot be negative")
        fades.append(max(Fraction(0), min(seconds, length)))
    return fades[0], fades[1]
