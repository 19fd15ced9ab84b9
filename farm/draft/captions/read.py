"""Reading a caption file: its encoding, its format by its content, and what of it is not shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farm.draft.captions.ass import is_ass, read_ass
from farm.draft.captions.caption import Caption
from farm.draft.captions.encoding import decode_captions
from farm.draft.captions.rolling import unrolled
from farm.draft.captions.subrip import read_subrip
from farm.draft.captions.told import Told
from farm.draft.captions.webvtt import is_webvtt, read_webvtt
from farm.errors import MediaError

MAX_CUES: Final = 10_000
"""More cues than this are refused; an hour of speech has about 1,500."""
MAX_CHARACTERS: Final = 400_000
"""More text than this is refused; an hour of fast speech has 70,000 characters."""
_DIRECTIONS: Final = {
    **dict.fromkeys((0x202B, 0x2067), "\u200f"),
    **dict.fromkeys((0x202A, 0x2066), "\u200e"),
    **dict.fromkeys((0x202C, 0x202D, 0x202E, 0x2068, 0x2069), None),
    # A byte order mark within the text is where files were joined; it has no width in any case.
    0xFEFF: None,
}
"""Embeddings, which a line break would leave open, become marks of the same direction at their beginning."""
_LINES: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class CaptionFile:
    """What a caption file contains."""

    captions: tuple[Caption, ...]
    """Its cues with text, in file order."""
    told: tuple[str, ...]
    """What of it is not shown as written, one sentence a kind."""


def read_captions(path: Path, name: str) -> CaptionFile:
    """Read an SRT, WebVTT, ASS or SSA file; its content says which, not its name.

    Args:
        path: The file.
        name: Its name in messages.

    Raises:
        MediaError: the file is not readable; the message names the line.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MediaError(f"{name} cannot be read: {error.strerror}") from error
    decoded = decode_captions(data, name)
    told = Told()
    lines = _LINES.split(decoded.text.translate(_DIRECTIONS))
    if is_webvtt(lines):
        captions = read_webvtt(lines, name, told)
    elif is_ass(lines):
        captions = read_ass(lines, name, told)
    else:
        captions = read_subrip(lines, name, told)
    captions = [caption for caption in captions if caption.text]
    captions, repeated = unrolled(captions)
    if repeated:
        told.add(f"{repeated:,} captions repeat lines that are already shown; each line is shown once", name)
    if len(captions) > MAX_CUES:
        raise MediaError(f"{name} contains {len(captions):,} cues; at most {MAX_CUES:,} are read")
    if (count := sum(len(caption.text) for caption in captions)) > MAX_CHARACTERS:
        raise MediaError(f"{name} contains {count:,} characters of text; at most {MAX_CHARACTERS:,} are read")
    assumed = tuple(f"{name} {sentence}" for sentence in decoded.told)
    return CaptionFile(tuple(captions), assumed + told.sentences())
