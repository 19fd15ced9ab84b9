"""The runs and animations of a text clip, its spoken words, and letters filled with a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from farm.draft.added_fonts import with_added_fonts
from farm.draft.italics import in_italics, run_in_italics
from farm.draft.looks import families_of, paint_of, text_look_of, text_style_of
from farm.draft.stage import Stage
from farm.model.clip_document import CounterClip, TextClip
from farm.model.color import WHITE
from farm.model.document import ElementDocument, TimeValue
from farm.model.element_ref import ElementRef
from farm.model.look import TextLook
from farm.model.placement import Box, Fit, Placement
from farm.model.rich_text import Phase, RichText, Span, Speech, SpokenWord, TextAnimation, TextUnit
from farm.model.source import ImageSource, TextSource, VideoSource
from farm.model.text_document import MAX_TEXT, SpanDocument, TextAnimationDocument
from farm.model.timebase import parse_seconds
from farm.model.timeline import Channel, Clip, GroupSource, Mask, Track
from farm.plugins.resolve import resolve
from farm.render.animator import Animator, TextHighlight, TextLoop, TextMotion
from farm.render.families import FAMILIES

_DURATION_S: Final = 0.45
_PERIOD_S: Final = 1.5
_STAGGER_S: Final = {TextUnit.CHAR: 0.04, TextUnit.WORD: 0.1, TextUnit.LINE: 0.18}
_ROOM: Final = 0.4
"""Share of its clip that an entrance or exit takes at most, unless its document says how long."""


def text_look(stage: Stage, clip: TextClip | CounterClip, text: str, path: str) -> TextLook:
    """Return the look of a clip's text in pixels, with the added fonts that it needs."""
    added = frozenset(one.family for one in stage.fonts)
    style = text_style_of(stage.registry, clip.style, clip.look, path, stage.problems, added)
    plain = text_look_of(style, stage.short, path, stage.problems, added)
    return with_added_fonts(in_italics(plain, added | FAMILIES.keys()), text, stage.fonts)


def rich_text_of(stage: Stage, clip: TextClip, look: TextLook, frames: int, path: str) -> RichText | None:
    """Return what a text of a number of frames has beyond its words and its look; None if it has nothing.

    What is invalid is recorded.
    """
    if len(clip.plain) > MAX_TEXT:
        stage.problem(f"{path}.text", f"has {len(clip.plain):,} characters; at most {MAX_TEXT:,} are allowed")
    spans = _spans(stage, clip.text, look, f"{path}.text") if not isinstance(clip.text, str) else ()
    animations = tuple(
        found
        for index, one in enumerate(clip.animate)
        if (found := _animation(stage, one, frames, f"{path}.animate[{index}]")) is not None
    )
    speech = _speech(stage, clip, path)
    rich = RichText(spans, animations, speech)
    return rich if rich != RichText() else None


def _spans(stage: Stage, values: Sequence[SpanDocument], look: TextLook, path: str) -> tuple[Span, ...]:
    added = frozenset(one.family for one in stage.fonts)
    spans = []
    for index, value in enumerate(values):
        where = f"{path}[{index}]"
        families = None
        if value.families is not None:
            families = families_of(value.families, where, stage.problems, added)
        drawn = run_in_italics(Span(value.text, families, italic=value.italic), look, added | FAMILIES.keys())
        own = with_added_fonts(
            TextLook(drawn.families or look.families, 40.0, 10.0, value.weight or look.weight),
            value.text,
            stage.fonts,
        )
        try:
            color = paint_of(value.color) if value.color is not None else None
        except ValueError as error:
            stage.problem(f"{where}.color", str(error))
            continue
        spans.append(
            Span(
                value.text,
                drawn.families,
                own.fonts,
                value.weight,
                color,
                value.size,
                drawn.italic,
                value.underline,
                value.strike,
                value.letter_spacing_em,
                value.shift_em,
            )
        )
    return tuple(spans)


def _animation(stage: Stage, value: TextAnimationDocument, frames: int, path: str) -> TextAnimation | None:
    resolved = _animator(stage, value.use, f"{path}.use")
    if resolved is None:
        return None
    ref, kind = resolved
    if issubclass(kind, TextHighlight):
        stage.problem(f"{path}.use", f"`{ref.name}` shows spoken words; a text takes it as its `highlight`")
        return None
    loops = issubclass(kind, TextLoop)
    unit = TextUnit(value.by)
    length = _frames(stage, value.duration, _PERIOD_S if loops else _DURATION_S)
    stagger = _frames(stage, value.stagger, _STAGGER_S[unit])
    delay = _frames(stage, value.delay, 0.0)
    if length <= 0 or stagger < 0 or delay < 0:
        stage.problem(path, "`duration` must be longer than 0, and `delay` and `stagger` not negative")
        return None
    if loops and value.when == "exit":
        stage.problem(f"{path}.when", f"`{ref.name}` is a loop, which plays all the time; leave `when` out")
        return None
    if delay + length > frames and (value.duration is not None or value.delay) and not loops:
        taken, whole = float((delay + length) / stage.rate), float(frames / stage.rate)
        stage.warnings.append(
            f"{path}: takes {taken:g} s for each {unit.value}, and the clip lasts {whole:g} s: it is cut off"
        )
    if loops:
        # A loop that is out of step from one unit to the next is a wave.
        return TextAnimation(ref, Phase.LOOP, unit, delay, length, stagger, None, value.order, value.seed)
    room = None
    if value.duration is None:
        length = min(length, _ROOM * frames)
    if value.stagger is None:
        room = max(length, _ROOM * frames)
    assert issubclass(kind, TextMotion)
    ease = value.ease or kind.ease
    phase = Phase(value.when)
    start = delay if phase is Phase.ENTER else frames - delay
    return TextAnimation(ref, phase, unit, start, length, stagger, room, value.order, value.seed, ease)


def _frames(stage: Stage, value: TimeValue | None, default_s: float) -> float:
    return float((parse_seconds(value, stage.rate) if value is not None else default_s) * stage.rate)


def _animator(stage: Stage, value: ElementDocument, path: str) -> tuple[ElementRef, type[Animator]] | None:
    ref, problems = resolve(
        stage.registry.animators, value.name, value.params, path, "animator", stage.assets, rate=stage.rate
    )
    stage.problems.extend(problems)
    return (ref, stage.registry.animators[value.name].value) if ref is not None else None


def _speech(stage: Stage, clip: TextClip, path: str) -> Speech | None:
    if clip.highlight is None:
        if clip.words is not None:
            stage.problem(
                f"{path}.highlight", "is missing: `words` say when words are spoken, it how that is shown"
            )
        return None
    resolved = _animator(stage, clip.highlight, f"{path}.highlight")
    if resolved is None:
        return None
    ref, kind = resolved
    if not issubclass(kind, TextHighlight):
        stage.problem(
            f"{path}.highlight", f"`{ref.name}` does not show spoken words; a text takes it in `animate`"
        )
        return None
    if not clip.words:
        stage.problem(f"{path}.words", "is missing: when the words of the text are spoken")
        return None
    return _timed(stage, clip, ref, path)


def _timed(stage: Stage, clip: TextClip, ref: ElementRef, path: str) -> Speech | None:
    known, rest = len(stage.problems), clip.plain
    words: list[SpokenWord] = []
    for index, one in enumerate(clip.words or ()):
        where = f"{path}.words[{index}]"
        start, stop = _frames(stage, one.start, 0.0), _frames(stage, one.end, 0.0)
        if stop <= start:
            stage.problem(where, f"`{one.text}` must end after it begins")
        elif words and start < words[-1].stop - 1e-9:
            stage.problem(where, f"`{one.text}` begins before the word before it ends")
        _, found, after = rest.partition(one.text.strip())
        if not found:
            stage.problem(
                f"{where}.text", f"`{one.text}` does not stand in the rest of the text, `{rest.strip()[:40]}`"
            )
            continue
        rest = after
        words.append(SpokenWord(one.text.strip(), start, stop))
    return Speech(ref, tuple(words)) if len(stage.problems) == known else None


def filled_text(
    stage: Stage, clip: TextClip, text: TextSource, box: Box, frames: int, path: str
) -> TextSource | GroupSource:
    """Return a text whose letters are filled with the clip's picture: what lies below them, and the picture masked."""
    asset: Any = stage.assets.get(str(clip.picture))
    if asset is None:
        return text  # reported when it was bound
    kinds = {"image": ImageSource, "video": VideoSource}
    if asset.kind.value not in kinds:
        stage.problem(f"{path}.picture", f"`{clip.picture}` is {asset.kind.called}, not a picture or a clip")
        return text
    source = VideoSource(asset) if asset.kind.value == "video" or asset.animated else ImageSource(asset)
    bare = replace(text.look, color=WHITE, stroke=None, shadow=None, plate=None, outlines=None, shadows=None)
    letters = replace(text, look=bare)
    at = Placement(box, Fit.COVER)
    picture = Clip(
        source, 0, frames, at, mask=Mask(Clip(letters, 0, frames, at, path=path), Channel.ALPHA), path=path
    )
    below = Clip(text, 0, frames, at, path=path)
    return GroupSource((Track((below,), path=path), Track((picture,), path=path)))
