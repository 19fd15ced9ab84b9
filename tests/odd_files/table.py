"""The table of odd files: every group of cases, and how it is written for docs/media.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tests.odd_files import clip_pixels, clip_tracks, clips, drawings, pictures, refusals, sounds, words
from tests.odd_files.case import Case, Refused, Right

GROUPS: Final[dict[str, tuple[Case, ...]]] = {
    "Pictures": (*pictures.CASES, *refusals.CASES),
    "Drawings": drawings.CASES,
    "Clips": (*clips.CASES, *clip_pixels.CASES, *clip_tracks.CASES),
    "Sounds": sounds.CASES,
    "Subtitles": words.SUBTITLES,
    "Scripts": words.SCRIPTS,
    "Names": words.NAMES,
}


def kind_of(case: Case, path: Path) -> tuple[str, dict[str, Any]]:
    """Return the kind of clip that uses a file, and its other fields."""
    if case.kind:
        name, _, rest = case.kind.partition(" ")
        return name, dict(_field(part) for part in rest.split())
    if path.suffix in (".srt", ".vtt", ".ass"):
        return "captions", {}
    if path.suffix in (
        ".wav",
        ".mp3",
        ".m4a",
        ".flac",
        ".aac",
        ".ogg",
        ".opus",
        ".aiff",
        ".wv",
        ".caf",
        ".ac3",
    ):
        return "audio", {}
    if path.suffix in (
        ".mp4",
        ".mov",
        ".mkv",
        ".webm",
        ".avi",
        ".flv",
        ".wmv",
        ".ts",
        ".mpg",
        ".3gp",
        ".m2v",
    ):
        return "video", {}
    return "image", {}


def _field(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    return name, {"true": True, "false": False}.get(value, float(value) if value[:1].isdigit() else value)


def rows() -> list[str]:
    """Return the table as lines of Markdown."""
    lines: list[str] = []
    for group, cases in GROUPS.items():
        lines += [f"## {group}", "", "| file | what becomes of it |", "| --- | --- |"]
        lines += [f"| {case.what} | {_verdict(case.result)} |" for case in cases]
        lines.append("")
    return lines


def _verdict(result: Right | Refused) -> str:
    match result:
        case Right(how=how, warns=""):
            return f"right: {how}"
        case Right(how=how, warns=warns):
            return f"right: {how}; warning: *{warns}*"
        case Refused(sentence=sentence):
            return f"refused: *{sentence.replace('FOLDER', '/shop')}*"
