"""Where the files of jobs go, and which files they may not overwrite."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from farm.draft.draft import Draft
from farm.errors import DocumentError, Problem
from farm.model.file_name import delivered_path
from farm.model.format import FACTS, suffix_formats
from farm.model.output_document import DEFAULT_OUTPUT

_OTHERS: Final = (
    "mkv avi m4v mpg mpeg mpe ts m2ts mts wmv flv f4v 3gp 3g2 ogv ogg mxf vob apng hevc h264 h265 264 265 av1 y4m qt "
    "asf divx rm rmvb aac opus flac m3u8 png jpg jpeg"
)
OTHER_SUFFIXES: Final = frozenset(f".{name}" for name in _OTHERS.split(" "))
"""Suffixes of formats that farm does not write, or not as a job's main file."""
OWN_SUFFIXES: Final = frozenset(facts.suffix for facts in FACTS.values())
"""Suffixes of the formats that farm writes."""


def names_file(out: Path) -> bool:
    """Return whether a name has the suffix of a file; an existing folder may have any."""
    return out.suffix.lower() in OWN_SUFFIXES | OTHER_SUFFIXES and not out.is_dir()


def outputs(paths: Sequence[Path], out: Path, *, option: str = "-o") -> list[Path]:
    """Return the path that each job's MP4 has or would have, from which the names of its files are derived.

    That is ``out`` itself for one job if it has the suffix of a format that farm writes, or files in that folder.
    ``option`` is the caller's name for ``out``.

    Raises:
        DocumentError: several jobs share one file name, two jobs would write the same file, the suffix is that of
            another format, or a report would overwrite a job document.
    """
    if out.suffix.lower() in OTHER_SUFFIXES and not out.is_dir():
        known = ", ".join(sorted(OWN_SUFFIXES))
        message = f"farm does not write {out.suffix}; it writes {known}; or name a folder"
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
    if names_file(out):
        if len(paths) > 1:
            raise DocumentError(
                [Problem(option, f"{len(paths)} jobs cannot go into one file; name a folder")],
                source=str(out),
            )
        return [out.with_suffix(".mp4")] if out.suffix.lower() != ".mp4" else [out]
    targets = [out / f"{path.stem}.mp4" for path in paths]
    seen: dict[Path, Path] = {}
    for path, target in zip(paths, targets, strict=True):
        if target in seen:
            message = f"{seen[target]} and {path} would both write {target.name}; rename one"
            raise DocumentError([Problem("", message)], source=str(path))
        seen[target] = path
    return targets


def check_suffix(drafted: Draft, out: Path, *, option: str = "-o") -> None:
    """Check that a file named for a job has the suffix of its format.

    A suffix never chooses the format: H.264, HEVC and AV1 have the same, and a document means the same wherever its
    files go.

    Raises:
        DocumentError: it has another, or the job names its outputs.
    """
    if not names_file(out):
        return
    names = [one.name for one in drafted.outputs]
    if names != [DEFAULT_OUTPUT]:
        message = (
            f"the job names its outputs ({', '.join(names)}); name a folder instead of the file {out.name}"
        )
        raise DocumentError([Problem(option, message)], source=str(out))
    facts, suffix = drafted.output.facts, out.suffix.lower()
    if facts.suffix != suffix:
        formats = " or ".join(f"`format: {one}`" for one in suffix_formats()[suffix])
        message = (
            f"{out.name} is not {facts.name}, which the job makes; name {out.with_suffix(facts.suffix).name}, or write "
            f"{formats} in its `output`"
        )
        raise DocumentError([Problem(option, message)], source=str(out))


def spare_media(drafts: Mapping[Path, Draft], media: Collection[Path], *, option: str = "-o") -> None:
    """Check that no file of the jobs would overwrite their media: ``watch.jpg`` beside ``watch.yaml``.

    Args:
        drafts: The jobs by the path of their MP4, as :func:`outputs` returns it.
        media: The media.
        option: The caller's name for where files go.

    Raises:
        DocumentError: a file would overwrite a medium.
    """
    for target, drafted in drafts.items():
        for file in _files(target, drafted):
            if file.resolve() in media:
                message = (
                    f"{file} would be overwritten, but the job uses it; name another folder, or another name"
                )
                raise DocumentError([Problem(option, message)], source=str(target))


def _files(target: Path, drafted: Draft) -> list[Path]:
    """Return the files of a job that are not in folders of their own."""
    files = [target.with_suffix(".jpg"), target.with_suffix(".json")]
    for one in drafted.outputs:
        files.append(delivered_path(target, f"{one.name}{one.output.facts.suffix}"))
        if one.output.poster is not None:
            files.append(delivered_path(target, f"{one.name}.poster.{one.output.poster.format}"))
    return files
