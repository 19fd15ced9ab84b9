"""The captions of a document as text clips: read, settled, in lines and parts, inside the safe area."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from farm.draft.bind import name_in
from farm.draft.captions.caption import Caption, is_wide
from farm.draft.captions.document import captions_of
from farm.draft.captions.dress import Wardrobe, dress_of, text_of
from farm.draft.captions.lines import in_lines, in_parts
from farm.draft.captions.places import Room, Spot, room_within, spot_of
from farm.draft.captions.read import read_captions
from farm.draft.captions.reading import Reading
from farm.draft.captions.settle import named, settle
from farm.draft.captions.told import Told
from farm.draft.captions.word_times import with_words, word_frames
from farm.draft.looks import text_look_of, text_style_of
from farm.draft.stage import Stage
from farm.errors import MediaError
from farm.model.caption_document import MAX_CAPTION
from farm.model.clip_document import TextClip
from farm.model.document import ElementDocument, length_px
from farm.model.item_document import Quad
from farm.model.look import TextLook
from farm.model.motion_document import MotionDocument
from farm.model.safe_area import safe_insets
from farm.model.text_document import WordDocument
from farm.model.timebase import to_frame, to_seconds
from farm.model.timeline_document import CaptionsDocument
from farm.plugins.resolve import resolve
from farm.render.animator import TextHighlight
from farm.render.families import FAMILIES

_PATH: Final = "timeline.captions"
_LETTER_EM: Final = 0.56
"""Mean width of a letter in the bundled fonts, in font sizes."""
_LEAST_LINE: Final = 8
"""Characters a line, however narrow the box is: text is set smaller then."""
_LONGEST_WORD: Final = 200
"""Characters by which a word is found in its caption."""
_ROUNDING: Final = 1e-6
"""Pixels by which a share of the canvas may miss a whole one."""
MAX_TRACKS: Final = 40
"""Captions that are shown at once at most."""


@dataclass(frozen=True, slots=True)
class CaptionClip:
    """A caption as a clip."""

    item: TextClip
    """What is shown."""
    first: int
    """Its first frame."""
    stop: int
    """The frame behind its last one."""
    path: str
    """Its document path."""
    layer: int
    """Clips of higher layers lie above others."""


def caption_clips(
    stage: Stage, document: CaptionsDocument, srt: Mapping[str, str], duration: int
) -> list[CaptionClip]:
    """Return the captions shown in a video of ``duration`` frames, in order of time.

    Invalid captions are recorded on the stage as problems, adjusted ones as warnings.
    """
    known = len(stage.problems)
    captions = _read(stage, document, srt)
    added = frozenset(one.family for one in stage.fonts)
    style = text_style_of(stage.registry, document.style, document.look, _PATH, stage.problems, added)
    text_look_of(style, stage.short, _PATH, stage.problems, added)
    safe = room_within(safe_insets(document.safe, stage.width, stage.height))
    usual = _box_room(stage, document.box) if document.box is not None else safe
    _check_highlight(stage, document)
    if len(stage.problems) > known:
        return []  # otherwise every caption would report it again
    where = f"{_PATH}.cues" if document.src is None else f"{_PATH}.src"
    if not document.positions:
        captions = [replace(one, place=None) for one in captions]
    settled = settle(captions, to_seconds(duration, stage.rate), 1 / stage.rate)
    told = Told()
    wardrobe = Wardrobe((*FAMILIES, *sorted(added)), told, document.styles)
    setter = _Setter(stage, document, safe, usual, told, where)
    clips = [clip for one in settled.captions for clip in setter.clips(wardrobe.dressed(one))]
    warnings = (*settled.warnings, *setter.warnings(), *told.sentences())
    stage.warnings += [f"{where}: {warning}" for warning in warnings]
    return clips


def in_tracks(clips: Iterable[CaptionClip]) -> list[list[CaptionClip]]:
    """Return clips in as few tracks as hold them without overlaps, those of lower layers below the others."""
    layers: dict[int, list[list[CaptionClip]]] = {}
    for clip in sorted(clips, key=lambda one: (one.layer, one.first)):
        tracks = layers.setdefault(clip.layer, [])
        free = next((track for track in tracks if track[-1].stop <= clip.first), None)
        if free is None:
            tracks.append([clip])
        else:
            free.append(clip)
    return [track for layer in sorted(layers) for track in layers[layer]]


def _read(stage: Stage, document: CaptionsDocument, srt: Mapping[str, str]) -> list[Caption]:
    """Return the captions as written; record invalid ones as problems."""
    if document.src is None:
        size = stage.width, stage.height
        return captions_of(document.cues or (), f"{_PATH}.cues", stage.rate, size, stage.problems)
    file = srt.get(str(document.src))
    if file is None:
        return []  # reported when it was bound
    reference = str(document.src).strip()
    # The hash of a stored blob means nothing to users.
    hashed = "the file" if reference.startswith("sha256:") else Path(reference).name
    path = f"{_PATH}.src"
    try:
        found = read_captions(Path(file), name_in(reference) or hashed)
    except MediaError as error:
        stage.problem(path, str(error))
        return []
    stage.warnings += [f"{path}: {sentence}" for sentence in found.told]
    for caption in found.captions:
        if len(caption.text) > MAX_CAPTION:
            stage.problem(
                path,
                f"the caption `{caption.text[:20]}` ({caption.source}) has {len(caption.text)} characters; "
                f"at most {MAX_CAPTION} can be read",
            )
    return list(found.captions)


def _check_highlight(stage: Stage, document: CaptionsDocument) -> None:
    """Record what is wrong with the highlight, once instead of for every caption."""
    if document.highlight is None:
        return
    path, name = f"{_PATH}.highlight", document.highlight.name
    animators = stage.registry.animators
    ref, problems = resolve(
        animators, name, document.highlight.params, path, "animator", stage.assets, rate=stage.rate
    )
    stage.problems.extend(problems)
    if ref is not None and not issubclass(animators[name].value, TextHighlight):
        stage.problem(path, f"`{name}` does not show spoken words; `farm elements animators` lists what does")


def _box_room(stage: Stage, box: Quad) -> Room:
    """Return the box of a document as shares of the canvas."""
    sides = (stage.width, stage.height) * 2
    x, y, width, height = (length_px(one, side) / side for one, side in zip(box, sides, strict=True))
    if width <= 0 or height <= 0:
        stage.problem(f"{_PATH}.box", "width and height must be more than 0")
    return Room(x, y, x + width, y + height, on_canvas=False)


@dataclass(slots=True)
class _Setter:
    """Sets captions in lines and places."""

    stage: Stage
    document: CaptionsDocument
    safe: Room
    usual: Room
    told: Told
    where: str
    _looks: dict[str, TextLook] = field(default_factory=dict)
    _long: list[Caption] = field(default_factory=list)
    _fast: list[Caption] = field(default_factory=list)
    _moved: list[Caption] = field(default_factory=list)
    _estimated: list[Caption] = field(default_factory=list)

    def clips(self, caption: Caption) -> Iterator[CaptionClip]:
        """Yield the clips of a caption."""
        dress = dress_of(caption)
        caption = replace(caption, runs=dress.runs)
        highlight = self._highlight(caption, dress.look)
        look = {**dress.look, **self.document.look}
        measured = self._look(look)
        put = caption.place is not None and (caption.place.x is not None or caption.place.y is not None)
        reading = self._reading(caption, measured)
        if highlight is not None:
            # What a script sings by syllables is shown by syllables; highlights of the document are for words.
            caption = with_words(caption, reading, syllables=self.document.highlight is None)
            if caption.estimated:
                self._estimated.append(caption)
        # Signs that a file puts somewhere are as long as their author wants.
        parts = [caption] if put else in_parts(caption, reading)
        if len(parts) > 1:
            self._long.append(caption)
        length_s = caption.end_s - caption.start_s
        if not put and reading.seconds(caption.text) > length_s:
            self._fast.append(caption)
        for part in parts:
            lined = part if put and self._fits(part, measured) else in_lines(part, reading)
            first, stop = to_frame(lined.start_s, self.stage.rate), to_frame(lined.end_s, self.stage.rate)
            if stop > first:
                item = self._clip(lined, look, measured, highlight, stop - first)
                yield CaptionClip(item, first, stop, self.where, lined.layer)

    def warnings(self) -> Iterator[str]:
        """Yield what was changed, one sentence a kind."""
        if self._long:
            one, limits = len(self._long) == 1, self.document.reading
            words = f" or {_counted(limits.words, 'word')}" if limits.words is not None else ""
            yield (
                f"{'a caption is' if one else f'{len(self._long)} captions are'} longer than "
                f"{_counted(limits.lines, 'line')}{words} and shown in parts: {named(self._long)}"
            )
        if self._fast:
            limit = self.document.reading
            fastest = max(self._fast, key=_rate)
            one = len(self._fast) == 1
            yield (
                f"{'a caption is' if one else f'{len(self._fast)} captions are'} too fast to read (more than "
                f"{limit.speed:g} characters a second, {limit.chinese_speed:g} Chinese ones), up to "
                f"{float(_rate(fastest)):.0f} a second: {named(self._fast)}"
            )
        if self._estimated:
            one = len(self._estimated) == 1
            yield (
                f"the times of words of {'a caption' if one else f'{len(self._estimated)} captions'} are estimated by "
                f"their length, since there are none for each: {named(self._estimated)}"
            )
        if self._moved:
            one = len(self._moved) == 1
            yield (
                f"{'a caption is' if one else f'{len(self._moved)} captions are'} moved into the safe area "
                f"(`safe: {self.document.safe}`): {named(self._moved)}"
            )

    def _look(self, look: Mapping[str, Any]) -> TextLook:
        key = json.dumps(look, sort_keys=True, default=str)
        if key not in self._looks:
            stage = self.stage
            added = frozenset(one.family for one in stage.fonts)
            style = text_style_of(stage.registry, self.document.style, look, _PATH, stage.problems, added)
            self._looks[key] = text_look_of(style, stage.short, _PATH, stage.problems, added)
        return self._looks[key]

    def _highlight(self, caption: Caption, look: dict[str, Any]) -> ElementDocument | None:
        """Return how spoken words are shown; karaoke of a file changes ``look`` to what it is before."""
        if self.document.highlight is not None:
            return self.document.highlight
        karaoke = caption.karaoke
        if karaoke is None or karaoke.before is None:
            return None
        sung = look.get("color", karaoke.before)
        look["color"] = karaoke.before
        if karaoke.manner == "outline":
            self.told.add("karaoke of outlines (\\ko) is shown as a change of colour", caption.source)
        name = "basics.karaoke" if karaoke.manner == "sweep" else "basics.fill_words"
        return ElementDocument.model_validate({"name": name, "color": sung})

    def _reading(self, caption: Caption, look: TextLook) -> Reading:
        """Return the limits of reading, with as many characters a line as the caption's box has room for."""
        limits, place, room = self.document.reading, caption.place, self._room(caption)
        width_px = room.width * self.stage.width
        if place is None or (place.x is None and place.width is None):
            spot = spot_of(place, room, 0.0, 0.0)
            width_px = spot.width * self.stage.width
        elif place.width is not None:
            width_px = min(width_px, place.width * self.stage.width)
        if look.plate is not None:
            width_px -= 2 * look.plate.pad_x_px
        letter_px = (_LETTER_EM + look.letter_spacing_em) * look.size_px
        return Reading(
            Fraction(repr(float(limits.speed))),
            Fraction(repr(float(limits.chinese_speed))),
            min(limits.line, max(_LEAST_LINE, int(width_px / letter_px))),
            min(limits.chinese_line, max(_LEAST_LINE // 2, int(width_px / look.size_px))),
            limits.lines,
            limits.words,
        )

    def _size(self, caption: Caption, look: TextLook) -> tuple[float, float]:
        """Return the estimated (width, height) of a caption's lines, as shares of the canvas."""
        lines = caption.text.split("\n")
        widest = max(sum(1.0 if is_wide(char) else _LETTER_EM for char in line) for line in lines)
        width, height = widest * look.size_px, len(lines) * look.line_height * look.size_px
        if look.plate is not None:
            width, height = width + 2 * look.plate.pad_x_px, height + 2 * look.plate.pad_y_px
        return width / self.stage.width, height / self.stage.height

    def _fits(self, caption: Caption, look: TextLook) -> bool:
        return self._size(caption, look)[0] <= self._room(caption).width

    def _room(self, caption: Caption) -> Room:
        """Return where a caption may be: in the document's box unless it has a place of its own."""
        place = caption.place
        own = place is not None and (place.x is not None or place.y is not None or place.down != "bottom")
        return self.safe if own else self.usual

    def _clip(
        self,
        caption: Caption,
        look: dict[str, Any],
        measured: TextLook,
        highlight: ElementDocument | None,
        frames: int,
    ) -> TextClip:
        width, height = self._size(caption, measured)
        row = self.document.reading.lines * measured.line_height * measured.size_px / self.stage.height
        spot = spot_of(caption.place, self._room(caption), width, height, row=row)
        moves, moved = self._moves(caption, spot, width, height)
        if spot.moved or moved:
            self._moved.append(caption)
        own: dict[str, Any] = {"align": spot.align, "valign": spot.valign} if caption.place else {}
        fields: dict[str, Any] = {}
        enter, leave = caption.fade_s
        if enter > 0:
            fields["enter"] = MotionDocument(kind="fade", duration=float(enter))
        if leave > 0:
            fields["exit"] = MotionDocument(kind="fade", duration=float(leave))
        words = word_frames(caption, self.stage.rate) if highlight is not None else []
        if words:
            fields["highlight"] = highlight
            fields["words"] = [
                WordDocument(text=one.text[:_LONGEST_WORD], start=f"{one.first}f", end=f"{one.stop}f")
                for one in words
            ]
        return TextClip(
            kind="text",
            text=text_of(caption.runs),
            duration=f"{frames}f",
            style=self.document.style,
            look={**look, **own} if caption.place else look,
            box=self._box(spot),
            **fields,
            **moves,
        )

    def _box(self, spot: Spot) -> list[float | str]:
        """Return the whole pixels within a spot."""
        stage = self.stage
        left, top = math.ceil(spot.x * stage.width - _ROUNDING), math.ceil(spot.y * stage.height - _ROUNDING)
        right = math.floor((spot.x + spot.width) * stage.width + _ROUNDING)
        bottom = math.floor((spot.y + spot.height) * stage.height + _ROUNDING)
        return [left, top, max(1, right - left), max(1, bottom - top)]

    def _moves(
        self, caption: Caption, spot: Spot, width: float, height: float
    ) -> tuple[dict[str, Any], bool]:
        """Return the keyframes of a caption that moves, and whether its end is moved into the safe area."""
        place = caption.place
        if place is None or place.to is None or place.x is None or place.y is None:
            return {}, False
        shift = place.to[0] - place.x, place.to[1] - place.y
        end = spot_of(place, self._room(caption), width, height, shift)
        begin_s, stop_s = place.moving_s or (Fraction(0), caption.end_s - caption.start_s)
        stop_s = max(stop_s, begin_s + 1 / self.stage.rate)

        def keyframes(distance: float) -> list[dict[str, Any]]:
            return [
                {"at": float(begin_s), "value": 0, "ease": "linear"},
                {"at": float(stop_s), "value": round(distance, 3)},
            ]

        def middle(one: Spot) -> tuple[float, float]:
            across = {"left": 0.0, "center": 0.5, "right": 1.0}[one.align]
            down = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[one.valign]
            return one.x + across * one.width, one.y + down * one.height

        (x, y), (to_x, to_y) = middle(spot), middle(end)
        return {
            "x": keyframes((to_x - x) * self.stage.width),
            "y": keyframes((to_y - y) * self.stage.height),
        }, end.moved


def _rate(caption: Caption) -> Fraction:
    return len(caption.text.replace("\n", "")) / (caption.end_s - caption.start_s)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
