"""The starter library: media that ship with farm and may be called by name."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

TRACKS = {
    "calm": "music/calm.opus",
    "happy": "music/happy.opus",
    "energetic": "music/energetic.opus",
}
"""Music by the name that documents may use instead of a path."""


def starter_folder() -> Path:
    """Return the folder of the starter jobs and media."""
    return Path(str(files("farm_catalog"))) / "starter"


@lru_cache(maxsize=1)
def starter_library() -> dict[str, Path]:
    """Return the starter media by name."""
    folder = starter_folder()
    return {name: folder / path for name, path in TRACKS.items()}
