"""The sound track of a video: mixed and encoded once, then found in the store."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farm.store.store import Store
from farm.worker.conditions import Conditions
from farm.worker.localise import Localiser
from farm.worker.task import AssembleTask

SOUND_SUFFIX: Final = ".m4a"


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """An encoded sound track; without a file if the video has no sound."""

    path: Path | None = None
    """Its file in the store."""
    loudness_lufs: float | None = None
    """Its integrated loudness; None if it has none or is silent."""
    warnings: tuple[str, ...] = ()
    """What could not be played exactly as requested."""
    cpu_s: float = 0.0
    """CPU seconds of mixing and encoding it; 0 if it was stored already."""


def sound_track(task: AssembleTask, blobs: Store, media: Localiser, conditions: Conditions) -> SoundTrack:
    """Return the sound track of a job's video, from the store if it is there.

    Args:
        task: The job, with its plan.
        blobs: The store.
        media: Localises the sounds.
        conditions: Known damage in media.

    Raises:
        MediaError: a sound is nowhere in the farm, or cannot be decoded.
        MachineError: it cannot be obtained or stored on this machine.
    """
    from farm.media.master import master

    plan = task.plan
    if not plan.sound_key:
        return SoundTrack()
    facts = blobs.find(plan.sound_key, ".json") if task.use_cache else None
    stored = blobs.find(plan.sound_key, SOUND_SUFFIX) if task.use_cache else None
    if facts is not None and stored is not None:
        known = json.loads(facts.read_text())
        return SoundTrack(stored, known["loudness_lufs"], tuple(known["warnings"]))
    started = time.process_time()
    temp = blobs.open_temp()
    try:
        made = master(media.sound(plan.timeline.sound), plan.timeline.duration_s, temp)
        path = blobs.put_file(plan.sound_key, SOUND_SUFFIX, temp)
    finally:
        temp.unlink(missing_ok=True)
    warnings = [*made.warnings, *conditions.met(made.damaged, plan.timeline)]
    known = {"loudness_lufs": made.loudness_lufs, "warnings": warnings}
    blobs.put_bytes(plan.sound_key, ".json", json.dumps(known).encode())
    return SoundTrack(path, made.loudness_lufs, tuple(warnings), time.process_time() - started)
