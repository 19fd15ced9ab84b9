"""The starter library: media that ship with farm and can be used by name."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

LONGEST_S = 300.0
"""The longest video that farm makes."""
TRACKS = {
    "calm": "music/calm.opus",
    "happy": "music/happy.opus",
    "energetic": "music/energetic.opus",
}
"""Music by the name that documents may use instead of a path."""


def starter_folder() -> Path:
    """Return the folder of the starter jobs and media."""
    return Path(str(files("farm_catalog"))) / "starter"


def track_beats(name: str) -> list[float]:
    """Return the times of the beats of a starter track, in seconds, looped for five minutes.

    They were detected in advance by ``intake.sound``.
    """
    analysis = json.loads((starter_folder() / "music" / "beats.json").read_text(encoding="utf-8"))[name]
    rounds = int(LONGEST_S / analysis["duration_s"]) + 1
    return [
        round(beat + turn * analysis["duration_s"], 3)
        for turn in range(rounds)
        for beat in analysis["beats_s"]
    ]


@lru_cache(maxsize=1)
def starter_library() -> dict[str, Path]:
    """Return the starter media by name."""
    folder = starter_folder()
    return {name: folder / path for name, path in TRACKS.items()}
