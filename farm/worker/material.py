"""Material: the segments and sounds that a job's files are made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from farm.media.sound_file import DEFAULTS, SoundTarget
from farm.model.budget import Budget, budget_of
from farm.model.format import SoundCoding
from farm.plan.segment import Output, Picture, Plan
from farm.worker.sound_track import SoundTrack, sound_key_of


@dataclass(frozen=True, slots=True)
class Material:
    """What files are made from."""

    plan: Plan
    """The job's plan."""
    segments: Mapping[tuple[int, int], Sequence[Path]]
    """The files of the segments, in order, by (picture, coding)."""
    sounds: Sequence[SoundTrack]
    """The sound of each picture."""

    def sound(self, output: Output, target: SoundTarget | None = None) -> Path | None:
        """Return the file of an output's sound, in its own coding unless another is named; None if it is silent."""
        facts = output.facts
        track = self.sounds[output.picture]
        if facts.sound is None or not track.paths:
            return None
        return track.paths[target or target_of(output)]


def target_of(output: Output) -> SoundTarget:
    """Return how an output's sound is coded; of one with a picture, unless its size is limited."""
    assert output.facts.sound is not None
    default = DEFAULTS[output.facts.sound]
    if output.facts.picture or output.bits_a_s is None:
        return default
    return SoundTarget(default.coding, output.bits_a_s)


def budget_for(output: Output, picture: Picture) -> Budget:
    """Return the bit rates of an output of limited size."""
    assert output.limit_bytes is not None
    assert output.whole is not None
    timeline = picture.timeline
    width_px, height_px = output.whole.size_px or (timeline.width_px, timeline.height_px)
    return budget_of(
        output.limit_bytes,
        duration_s=timeline.duration_s,
        pixels_a_s=width_px * height_px * timeline.rate,
        sounds=bool(timeline.sound.clips),
    )


def targets_of(plan: Plan, picture: int) -> set[SoundTarget]:
    """Return all codings in which a picture's sound is wanted."""
    found: set[SoundTarget] = set()
    for output in plan.outputs:
        if output.picture != picture or output.facts.sound is None or not plan.pictures[picture].sound_key:
            continue
        found.add(target_of(output))
        if output.limit_bytes is not None:
            # From which its sound is encoded again if it has to be smaller.
            found.add(DEFAULTS[SoundCoding.PCM])
    return found


def sound_files(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield the (key, suffix) in the store of a plan's sounds in all codings, and of what is known about them."""
    for number, picture in enumerate(plan.pictures):
        targets = targets_of(plan, number)
        for target in {*targets, DEFAULTS[SoundCoding.AAC]} if targets else ():
            yield sound_key_of(picture, target), target.suffix
        if targets:
            yield picture.sound_key, ".json"
