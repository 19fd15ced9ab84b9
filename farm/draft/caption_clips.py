"""The captions of a document as text clips: read from a file or from cues, settled so that none overlap."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from farm.draft.bind import name_in
from farm.draft.captions import Cue, read_captions
from farm.draft.cues import MAX_CAPTION, settle
from farm.draft.looks import text_look_of, text_style_of
from farm.draft.stage import Stage
from farm.errors import MediaError
from farm.model.clip_document import TextClip
from farm.model.timebase import parse_seconds, to_seconds
from farm.model.timeline_document import CaptionsDocument


def caption_clips(
    stage: Stage, document: CaptionsDocument, srt: dict[str, str], duration: int
) -> Iterator[tuple[TextClip, Fraction, str]]:
    """Yield (clip, start, document path) of every caption shown in a video of ``duration`` frames.

    Invalid captions are recorded on the stage as problems, adjusted ones as warnings.
    """
    path = "timeline.captions"
    known = len(stage.problems)
    cues = list(_cues(stage, document, srt))
    added = frozenset(one.family for one in stage.fonts)
    style = text_style_of(stage.registry, document.style, document.look, path, stage.problems, added)
    text_look_of(style, stage.short, path, stage.problems, added)
    if len(stage.problems) > known:
        return  # otherwise every cue would report it again
    settled = settle(cues, to_seconds(duration, stage.rate), 1 / stage.rate)
    where = f"{path}.cues" if document.src is None else f"{path}.src"
    stage.warnings += [f"{where}: {warning}" for warning in settled.warnings]
    for cue in settled.cues:
        item = TextClip(
            kind="text",
            text=cue.words,
            duration=float(cue.end_s - cue.start_s),
            style=document.style,
            look=document.look,
            box=document.box or ["6%", "72%", "88%", "16%"],
        )
        yield item, cue.start_s, where


def _cues(stage: Stage, document: CaptionsDocument, srt: dict[str, str]) -> Iterator[Cue]:
    """Yield the cues as written; record invalid ones as problems."""
    path = "timeline.captions"
    cues: list[tuple[Cue, str]] = []
    if document.src is not None:
        file = srt.get(str(document.src))
        if file is None:
            return  # reported when it was bound
        reference = str(document.src).strip()
        # The hash of a stored blob means nothing to users.
        hashed = "the file" if reference.startswith("sha256:") else Path(reference).name
        name = name_in(reference) or hashed
        try:
            read, encoding = read_captions(Path(file), name)
        except MediaError as error:
            stage.problem(f"{path}.src", str(error))
            return
        if encoding:
            stage.warnings.append(f"{path}.src: {name} is not UTF-8 and was read as {encoding}")
        cues = [(cue, f"{path}.src") for cue in read]
    for index, item in enumerate(document.cues or ()):
        start, end = parse_seconds(item.start, stage.rate), parse_seconds(item.end, stage.rate)
        cue = Cue(start, end, item.text, f"cues[{index}]")
        if end <= start or start < 0:
            stage.problem(
                f"{path}.cues[{index}]",
                f"the caption `{item.text[:20]}` begins at {float(start):g} s and ends at {float(end):g} s; "
                "it must last longer than 0",
            )
        cues.append((cue, f"{path}.cues[{index}]"))
    for cue, where in cues:
        if len(cue.words) > MAX_CAPTION:
            stage.problem(
                where,
                f"the caption `{cue.words[:20]}` ({cue.place}) has {len(cue.words)} characters; "
                f"at most {MAX_CAPTION} can be read",
            )
        yield cue
