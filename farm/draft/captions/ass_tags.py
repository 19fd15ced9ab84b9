"""Override tags of ASS, in braces within the text: ``{\\an8\\c&H00FFFF&\\k25}``. SRT files contain some of them too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

from farm.draft.captions.ass_style import (
    ALIGNMENTS,
    OLD_ALIGNMENTS,
    AssColor,
    AssStyle,
    Script,
    number,
    parse_color_value,
)
from farm.draft.captions.build import CaptionBuilder
from farm.draft.captions.caption import Down, Karaoke, Place, RunStyle
from farm.draft.captions.told import Told
from farm.model.look import Align

_TAG_NAMES: Final = """
xbord ybord xshad yshad iclip alpha blur bord shad fade move clip fscx fscy frx fry frz fax fay fad fsp pos org pbo
fn fs fe fr an be kf ko kt 1c 2c 3c 4c 1a 2a 3a 4a a b c i k K p q r s t u
"""
_NAMES: Final = sorted(_TAG_NAMES.split(), key=lambda name: (-len(name), name))
_LOST: Final = {
    **dict.fromkeys(("frx", "fry", "frz", "fr", "org"), "rotation (\\fr) is not shown"),
    **dict.fromkeys(("fax", "fay"), "slanting (\\fax, \\fay) is not shown"),
    **dict.fromkeys(("clip", "iclip"), "clipping (\\clip) is not shown"),
    **dict.fromkeys(("blur", "be"), "blurred edges (\\blur, \\be) are drawn sharp"),
    "t": "animated overrides (\\t) are not shown",
}
_CENTISECOND: Final = Fraction(1, 100)


def tags_in(block: str) -> Iterator[tuple[str, str]]:
    """Yield (name, argument) of the tags in a block without its braces; what is not a tag is a comment.

    A backslash within parentheses, as in ``\\t(\\fs20)``, belongs to the argument.
    """
    at = block.find("\\")
    while at >= 0:
        depth, end = 0, at + 1
        while end < len(block) and (depth > 0 or block[end] != "\\"):
            depth += {"(": 1, ")": -1}.get(block[end], 0)
            depth = max(0, depth)
            end += 1
        tag = block[at + 1 : end].strip()
        name = next((one for one in _NAMES if tag.startswith(one)), "")
        yield name, tag[len(name) :].strip()
        at = end if end < len(block) else -1


@dataclass(slots=True)
class Overrides:
    """The state of an event while its text is read."""

    script: Script
    """Size of the script's picture."""
    base: AssStyle
    """The event's own style, to which ``\\r`` returns."""
    styles: Mapping[str, AssStyle]
    """All styles of the script."""
    told: Told
    """Collects what is not shown."""
    source: str
    """Where the event was written."""
    start_s: Fraction
    """When the event begins."""
    end_s: Fraction
    """When it ends."""
    style: AssStyle = field(init=False)
    """The style at this point of the text."""
    drawing: bool = False
    """Whether what follows is a drawing instead of text."""
    wraps: bool = True
    """Whether ``\\n`` is a space; false below ``\\q2``."""
    alignment: int | None = None
    """Alignment of the event, as on a numeric keypad; that of its style if None."""
    position: tuple[float, float] | None = None
    """Where it was put, in the script's pixels."""
    move: tuple[float, float, float, float] | None = None
    """From where to where it moves."""
    moving_ms: tuple[float, float] | None = None
    """When it moves, from its start."""
    fade_s: tuple[Fraction, Fraction] = (Fraction(0), Fraction(0))
    """How long it fades in and out."""
    karaoke: Karaoke | None = None
    """The manner of its karaoke."""
    dressed: AssStyle = field(init=False)
    """Outline and shadow of the whole event: those of the style, or of overrides before its first character."""
    _sung_s: Fraction = field(init=False)

    def __post_init__(self) -> None:
        self.style = self.dressed = self.base
        self._sung_s = self.start_s

    def apply(self, block: str, builder: CaptionBuilder) -> None:
        """Apply a block of tags to what is added to ``builder`` afterwards."""
        for name, argument in tags_in(block):
            self._apply(name, argument, block, builder)
        builder.style = self.run_style()
        if builder.is_blank:
            self.dressed = self.style

    def run_style(self) -> RunStyle:
        """Return the style at this point as that of a run."""
        style = self.style
        return RunStyle(
            weight=style.weight,
            italic=style.italic,
            underline=style.underline,
            strike=style.strike,
            color=style.primary.hex() if style.primary is not None else None,
            family=style.family or None,
            size=style.size / self.base.size if self.base.size else 1.0,
            letter_spacing_em=style.spacing / style.em if style.spacing and style.em else None,
        )

    def _apply(self, name: str, argument: str, block: str, builder: CaptionBuilder) -> None:
        style, base = self.style, self.base
        if lost := _LOST.get(name):
            if number(argument) != 0 or "(" in argument:
                self._tell(lost, block)
            return
        match name:
            case "b":
                value = int(number(argument) or 0) if argument else None
                weight = {0: 400, 1: 700}.get(value, value) if value is not None else base.weight
                self.style = replace(style, weight=max(100, min(900, weight or 400)))
            case "i" | "u" | "s":
                self.style = _emphasised(style, base, name, argument)
            case "c" | "1c" | "2c" | "3c" | "4c" | "1a" | "2a" | "3a" | "4a" | "alpha":
                self._paint(name, argument, block, builder)
            case "fs":
                self._resize(argument)
            case "fn":
                self.style = replace(style, family=argument or base.family)
            case "fsp":
                self.style = replace(style, spacing=number(argument) or 0.0)
            case "fscx" | "fscy":
                if number(argument) not in (None, 100):
                    self._tell("separate width and height of letters (\\fscx, \\fscy) are not shown", block)
            case "bord" | "shad" | "xbord" | "ybord" | "xshad" | "yshad":
                self._edge(name, argument, block, builder)
            case "an" | "a":
                known = ALIGNMENTS if name == "an" else OLD_ALIGNMENTS
                if (value := known.get(argument)) and self.alignment is None:
                    self.alignment = value
            case "pos" | "move":
                self._put(name, argument, block)
            case "fad" | "fade":
                self._fade(name, argument, block)
            case "k" | "K" | "kf" | "ko" | "kt":
                self._sing(name, argument, builder)
            case "p":
                self.drawing = bool(number(argument))
            case "q":
                self.wraps = argument != "2"
            case "r":
                self.style = self.styles.get(argument, base) if argument else base
                if argument and argument not in self.styles:
                    self._tell("unknown styles (\\r) are the event's own", block)
            case "fe" | "pbo":
                pass  # the encoding of an old font; the baseline of a drawing
            case _:
                self._tell("unknown tags are ignored", block)

    def _paint(self, name: str, argument: str, block: str, builder: CaptionBuilder) -> None:
        layer = {"c": "1", "alpha": "*"}.get(name, name[0])
        if layer in "34*" and layer != "*" and not builder.is_blank:
            self._tell("outlines and shadows that change within a caption are not shown", block)
            return
        value = parse_color_value(argument) if argument else None
        if argument and value is None:
            self._tell("colours that are none are ignored", block)
            return
        for one in "1234" if layer == "*" else layer:
            self.style = _painted(self.style, self.base, one, value, only_alpha=name.endswith("a"))

    def _resize(self, argument: str) -> None:
        value = number(argument)
        if value is None or (value <= 0 and argument[:1] not in "+-"):
            size = self.base.size
        elif argument[:1] in "+-":
            size = self.style.size * (1 + value / 10)
        else:
            size = value
        self.style = replace(self.style, size=max(0.1, size))

    def _edge(self, name: str, argument: str, block: str, builder: CaptionBuilder) -> None:
        if not builder.is_blank:
            self._tell("outlines and shadows that change within a caption are not shown", block)
            return
        value = number(argument)
        if name.endswith("bord"):
            self.style = replace(self.style, outline=self.base.outline if value is None else max(0.0, value))
        else:
            self.style = replace(self.style, shadow=self.base.shadow if value is None else max(0.0, value))

    def _put(self, name: str, argument: str, block: str) -> None:
        values = [number(part) for part in argument.strip("() ").split(",")]
        known = [value for value in values if value is not None]
        if len(known) != len(values) or len(values) not in ((2,) if name == "pos" else (4, 6)):
            self._tell("positions that are none are ignored", block)
        elif self.position is not None:
            pass  # the first one counts
        elif name == "pos":
            self.position = known[0], known[1]
        else:
            self.position, self.move = (known[0], known[1]), (known[0], known[1], known[2], known[3])
            if len(known) == 6 and (known[4] or known[5]):
                self.moving_ms = min(known[4:]), max(known[4:])

    def _fade(self, name: str, argument: str, block: str) -> None:
        values = [number(part) for part in argument.strip("() ").split(",")]
        known = [Fraction(value) / 1000 for value in values if value is not None]
        if name == "fad" and len(known) == len(values) == 2:
            self.fade_s = max(Fraction(0), known[0]), max(Fraction(0), known[1])
        elif name == "fade" and len(known) == len(values) == 7:
            duration = self.end_s - self.start_s
            plain = values[0] == values[2] == 255 and values[1] == 0 and known[3] == 0
            if plain and abs(known[6] - duration) <= Fraction(1, 10):
                self.fade_s = known[4], max(Fraction(0), known[6] - known[5])
            else:
                self._tell("fades other than in from and out to nothing (\\fade) are not shown", block)
        else:
            self._tell("fades that are none are ignored", block)

    def _sing(self, name: str, argument: str, builder: CaptionBuilder) -> None:
        value = number(argument)
        length_s = Fraction(repr(value)) * _CENTISECOND if value is not None else Fraction(0)
        if name == "kt":
            self._sung_s = self.start_s + length_s
            return
        builder.mark(self._sung_s, self._sung_s + length_s)
        self._sung_s += length_s
        if self.karaoke is None:
            manner = {"k": "switch", "ko": "outline"}.get(name, "sweep")
            before = self.style.secondary.hex() if self.style.secondary is not None else None
            self.karaoke = Karaoke(manner, before)  # type: ignore[arg-type]

    def _tell(self, what: str, block: str) -> None:
        self.told.add(what, self.source, "{" + block + "}")

    def place(self, margins: tuple[float, float, float] | None) -> Place | None:
        """Return the event's place; None if it is at the bottom in the middle and nothing moves it.

        Args:
            margins: Left, right and vertical margin in the script's pixels; None for those of its style.
        """
        width, height = self.script.width, self.script.height
        alignment = self.alignment or self.base.alignment
        left, right, edge = margins or self.base.margins
        across, down = _SIDES[alignment]
        place = Place(
            across,
            down,
            left=max(0.0, left / width),
            right=max(0.0, right / width),
            edge=max(0.0, edge / height),
        )
        if self.position is None:
            return place
        x, y = self.position[0] / width, self.position[1] / height
        place = Place(across, down, x, y)
        if self.move is not None:
            moving = self.moving_ms
            return replace(
                place,
                to=(self.move[2] / width, self.move[3] / height),
                moving_s=(Fraction(moving[0]) / 1000, Fraction(moving[1]) / 1000) if moving else None,
            )
        return place


def _emphasised(style: AssStyle, base: AssStyle, name: str, argument: str) -> AssStyle:
    """Return a style with italic, underline or strike switched; as in the event's own without an argument."""
    on = bool(number(argument)) if argument else None
    match name:
        case "i":
            return replace(style, italic=base.italic if on is None else on)
        case "u":
            return replace(style, underline=base.underline if on is None else on)
        case _:
            return replace(style, strike=base.strike if on is None else on)


def _painted(style: AssStyle, base: AssStyle, layer: str, value: int | None, *, only_alpha: bool) -> AssStyle:
    """Return a style with another colour (or alpha) of fill, karaoke, outline or shadow; the event's own for None."""
    match layer:
        case "1":
            return replace(style, primary=_recolored(style.primary, base.primary, value, only_alpha))
        case "2":
            return replace(style, secondary=_recolored(style.secondary, base.secondary, value, only_alpha))
        case "3":
            color = _recolored(style.outline_color, base.outline_color, value, only_alpha)
            return replace(style, outline_color=color)
        case _:
            return replace(style, back=_recolored(style.back, base.back, value, only_alpha))


def _recolored(
    color: AssColor | None, base: AssColor | None, value: int | None, only_alpha: bool
) -> AssColor | None:
    if value is None:
        return base
    if only_alpha:
        return replace(color or AssColor(255, 255, 255), alpha=value & 0xFF)
    return AssColor(value & 0xFF, value >> 8 & 0xFF, value >> 16 & 0xFF, color.alpha if color else 0)


_ROWS: Final[tuple[Down, ...]] = ("bottom", "middle", "top")
_COLUMNS: Final[tuple[Align, ...]] = ("left", "center", "right")
_SIDES: Final = {
    3 * row + column + 1: (across, down)
    for row, down in enumerate(_ROWS)
    for column, across in enumerate(_COLUMNS)
}
BLOCK: Final = re.compile(r"\{([^{}]*)\}")
"""A block of tags, or a comment, in the text of an event."""
