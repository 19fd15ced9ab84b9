"""Where the files of jobs go, and which files they may not overwrite."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from farm.errors import DocumentError, Problem

OTHER_VIDEOS: Final = frozenset(
    [
        ".mov",
        ".webm",
        ".mkv",
        ".avi",
        ".gif",
        ".m4v",
        ".mpg",
        ".mpeg",
        ".mpe",
        ".ts",
        ".m2ts",
        ".mts",
        ".wmv",
        ".flv",
        ".f4v",
        ".3gp",
        ".3g2",
        ".ogv",
        ".ogg",
        ".mxf",
        ".vob",
        ".apng",
        ".webp",
        ".hevc",
        ".h264",
        ".h265",
        ".264",
        ".265",
        ".av1",
        ".y4m",
        ".qt",
        ".asf",
        ".divx",
        ".rm",
        ".rmvb",
        ".mp3",
        ".m4a",
        ".wav",
    ]
)
"""Suffixes of file formats that farm does not write."""


def names_other_video(out: Path) -> bool:
    """Return whether a name has the suffix of a format that farm does not write; an existing folder may have any."""
    return out.suffix.lower() in OTHER_VIDEOS and not out.is_dir()


def outputs(paths: Sequence[Path], out: Path, *, option: str = "-o") -> list[Path]:
    """Return the MP4 path of each job: ``out`` itself for one job if it ends in ``.mp4``, or files in that folder.

    ``option`` is the caller's name for ``out``.

    Raises:
        DocumentError: several jobs share one file name, two jobs would write the same file, the suffix is that of
            another format, or a report would overwrite a job document.
    """
    if names_other_video(out):
        message = f"farm writes .mp4, not {out.suffix}; name {out.with_suffix('.mp4')}, or a folder"
        raise DocumentError([Problem(option, message)], source=str(out))
    targets = _targets(paths, out, option)
    documents = {path.resolve(): path for path in paths}
    for target in targets:
        report = target.with_suffix(".json")
        if document := documents.get(report.resolve()):
            message = f"the report {report} would overwrite the job document {document}; name another folder"
            raise DocumentError([Problem(option, message)], source=str(out))
    return targets


def _targets(paths: Sequence[Path], out: Path, option: str) -> list[Path]:
    if out.suffix.lower() == ".mp4":
        if len(paths) > 1:
            raise DocumentError(
                [Problem(option, f"{len(paths)} jobs cannot go into one file; name a folder")],
                source=str(out),
            )
        return [out]
    targets = [out / f"{path.stem}.mp4" for path in paths]
    seen: dict[Path, Path] = {}
    for path, target in zip(paths, targets, strict=True):
        if target in seen:
            message = f"{seen[target]} and {path} would both write {target.name}; rename one"
            raise DocumentError([Problem("", message)], source=str(path))
        seen[target] = path
    return targets


def spare_media(targets: Sequence[Path], media: Collection[Path], *, option: str = "-o") -> None:
    """Check that no video, cover or report would overwrite media of the jobs: ``watch.jpg`` beside ``watch.yaml``.

    Raises:
        DocumentError: an output would overwrite such a file.
    """
    for target in targets:
        for file in (target, target.with_suffix(".jpg"), target.with_suffix(".json")):
            if file.resolve() in media:
                message = (
                    f"{file} would be overwritten, but the job uses it; name another folder, or another name"
                )
                raise DocumentError([Problem(option, message)], source=str(target))
