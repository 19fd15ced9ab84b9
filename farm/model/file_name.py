"""Names of a job's files, as they are delivered."""

from __future__ import annotations

from pathlib import Path

from farm.model.output_document import DEFAULT_OUTPUT


def delivered_path(target: Path, name: str) -> Path:
    """Return the path of a job's file.

    The output's name follows that of the job: ``square.gif`` becomes ``watch.square.gif``, and ``video.gif``, of the
    only output, ``watch.gif``.

    Args:
        target: The path that an MP4 named after the job has.
        name: The file's name, which begins with its output's.
    """
    stem = target.with_suffix("").name
    first, _, rest = name.partition(".")
    within = rest if first == DEFAULT_OUTPUT else f"{first}.{rest}"
    folder, _, inside = within.partition("/")
    return target.with_name(f"{stem}.{folder}") / inside
