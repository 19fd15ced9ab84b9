"""The sound of a picture: mixed once, encoded in each coding wanted, then found in the store."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from farm.media.sound_file import DEFAULTS, SoundTarget
from farm.model.format import SoundCoding
from farm.plan.key import digest
from farm.plan.segment import Picture
from farm.store.store import Store
from farm.worker.conditions import Conditions
from farm.worker.localise import Localiser

SOUND_SUFFIX: Final = ".m4a"
AAC: Final = DEFAULTS[SoundCoding.AAC]


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """An encoded sound track; without files if the video has no sound."""

    paths: Mapping[SoundTarget, Path] = field(default_factory=dict)
    """Its files in the store, by coding."""
    loudness_lufs: float | None = None
    """Its integrated loudness; None if it has none or is silent."""
    warnings: tuple[str, ...] = ()
    """What could not be played exactly as requested."""
    cpu_s: float = 0.0
    """CPU seconds of mixing and encoding it; 0 if it was stored already."""


def sound_track(
    picture: Picture,
    targets: Collection[SoundTarget],
    blobs: Store,
    media: Localiser,
    conditions: Conditions,
    *,
    use_cache: bool,
) -> SoundTrack:
    """Return the sound track of a picture in some codings, from the store where it is there.

    Args:
        picture: The picture.
        targets: The codings; none if no file needs its sound.
        blobs: The store.
        media: Localises the sounds.
        conditions: Known damage in media.
        use_cache: Whether stored tracks may be used.

    Raises:
        MediaError: a sound is nowhere in the farm, or cannot be decoded.
        MachineError: it cannot be obtained or stored on this machine.
    """
    from farm.media.master import master

    if not picture.sound_key or not targets:
        return SoundTrack()
    names = {one: (sound_key_of(picture, one), one.suffix) for one in sorted(targets, key=str)}
    facts = blobs.find(picture.sound_key, ".json") if use_cache else None
    stored = {one: path for one, name in names.items() if use_cache and (path := blobs.find(*name))}
    if facts is not None and len(stored) == len(names):
        known = json.loads(facts.read_text())
        return SoundTrack(stored, known["loudness_lufs"], tuple(known["warnings"]))
    started = time.process_time()
    names.setdefault(AAC, (picture.sound_key, SOUND_SUFFIX))
    temps = {one: blobs.open_temp() for one in names}
    try:
        timeline = picture.timeline
        also = [(one, temp) for one, temp in temps.items() if one != AAC]
        made = master(media.sound(timeline.sound), timeline.duration_s, temps[AAC], also)
        paths = {one: blobs.put_file(*names[one], temp) for one, temp in temps.items()}
    finally:
        for temp in temps.values():
            temp.unlink(missing_ok=True)
    warnings = [*made.warnings, *conditions.met(made.damaged, picture.timeline)]
    known = {"loudness_lufs": made.loudness_lufs, "warnings": warnings}
    blobs.put_bytes(picture.sound_key, ".json", json.dumps(known).encode())
    return SoundTrack(paths, made.loudness_lufs, tuple(warnings), time.process_time() - started)


def sound_key_of(picture: Picture, target: SoundTarget) -> str:
    """Return the key of a picture's sound track in a coding."""
    if target == AAC:
        return picture.sound_key
    return digest(["sound", picture.sound_key, target])
