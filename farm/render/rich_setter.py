"""Laying out text in runs, and measuring where each of its characters stands."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from farm.render.characters import continues
from farm.render.drawing import skia
from farm.render.rich_words import RichWords, Run
from farm.render.setting import ALIGN, CJK_MIDDLE_EM, SHARE, Block, Setter, is_cjk

_UNBOUNDED_PX: Final = 1e6
_MARK: Final = 4.0
"""Thickness of the lines by which characters are found, as a multiple of an underline's."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A character as readers see it, where it stands in a block."""

    start: int
    """Index of its first code point in the text."""
    stop: int
    """Index behind its last one."""
    run: int
    """Index of its run."""
    line: int
    """Its line, from 0."""
    left: float
    """Where its advance begins, from the block's left edge, in pixels."""
    right: float
    """Where it ends."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A block whose characters were found."""

    block: Block
    """The block."""
    clusters: tuple[Cluster, ...]
    """Its characters except line feeds, in the order of the text; those without room are left out."""
    baselines: tuple[float, ...]
    """Rows of its lines' baselines from the block's top."""
    dx: float
    """Where a paragraph of it is painted for its lines to begin at the block's left edge."""
    lift: float
    """The same downwards, for letters to stand in the middle of their lines."""


class RichSetter(Setter):
    """Lays out one text in runs at any size."""

    def __init__(self, rich: RichWords) -> None:
        super().__init__(rich.words)
        self.runs = rich.runs
        self.starts: list[int] = []
        at = 0
        for run in rich.runs:
            self.starts.append(at)
            at += len(run.text)
        self._mixed = len({run.span.size for run in rich.runs}) > 1

    def paragraph(self, size_px: float, paint: Any) -> Any:
        return self._built(size_px, ((run, run.text, paint, None) for run in self.runs))

    def part(self, size_px: float, start: int, stop: int, paint: Callable[[Run], Any]) -> Any:
        """Return the paragraph in which only the characters from ``start`` to ``stop`` are painted."""
        clear = skia.Paint(Color=0)

        def pieces() -> Iterator[tuple[Run, str, Any, int | None]]:
            for run, at in zip(self.runs, self.starts, strict=True):
                low, high = (min(len(run.text), max(0, one - at)) for one in (start, stop))
                for text, how in (
                    (run.text[:low], clear),
                    (run.text[low:high], None),
                    (run.text[high:], clear),
                ):
                    if text:
                        yield run, text, paint(run) if how is None else how, None

        return self._built(size_px, pieces())

    def _built(self, size_px: float, pieces: Iterator[tuple[Run, str, Any, int | None]]) -> Any:
        layout = skia.textlayout
        whole = layout.ParagraphStyle()
        if not self._mixed:
            size = size_px * (self.runs[0].span.size if self.runs else 1.0)
            strut = layout.StrutStyle()
            strut.setStrutEnabled(True)
            strut.setForceStrutHeight(True)
            strut.setFontFamilies(list(self.fonts.names[:1]))
            strut.setFontSize(size)
            strut.setHeight(self.look.line_height)
            strut.setHeightOverride(True)
            strut.setHalfLeading(True)
            whole.setStrutStyle(strut)
        whole.setTextAlign(ALIGN[self.look.align])
        whole.setTextStyle(self._style(self.runs[0], size_px, skia.Paint(AntiAlias=True), None))
        builder = layout.ParagraphBuilder.make(whole, self.fonts.collection, skia.Unicodes.ICU.Make())
        for run, text, paint, mark in pieces:
            builder.pushStyle(self._style(run, size_px, paint, mark))
            builder.addText(text)
        return builder.Build()

    def _style(self, run: Run, size_px: float, paint: Any, mark: int | None) -> Any:
        layout = skia.textlayout
        style = layout.TextStyle()
        size = size_px * run.span.size
        style.setFontFamilies(list(run.fonts.names))
        style.setFontSize(size)
        style.setLetterSpacing(run.spacing_em * size)
        style.setForegroundPaint(paint)
        style.setLocale(self.locale)
        if self._mixed:
            # Lines are as high as their largest run asks for, not as the largest of all lines.
            style.setHeight(self.look.line_height)
            style.setHeightOverride(True)
            style.setHalfLeading(True)
        if mark is not None:
            style.setDecoration(layout.TextDecoration.kUnderline)
            style.setDecorationMode(layout.TextDecorationMode.kThrough)
            style.setDecorationStyle(layout.TextDecorationStyle.kSolid)
            style.setDecorationThicknessMultiplier(_MARK)
            style.setDecorationColor(mark)
        return style

    def unwrapped(self, size_px: float) -> Block:
        """Return the block whose lines end at line feeds alone."""
        paragraph = self.paragraph(size_px, skia.Paint(AntiAlias=True))
        paragraph.layout(_UNBOUNDED_PX)
        width = paragraph.MaxIntrinsicWidth + 2.0
        paragraph.layout(width)
        lines = 1 + self.text.count("\n")
        return Block(size_px, width, paragraph.LongestLine, paragraph.Height, lines, fits=True)

    def measure(self, block: Block) -> Measured:
        """Find the characters of a block.

        Skia's binding does not tell where characters stand. Each gets a line of its own colour under it, whose ends
        are its advance, in two paintings so that neighbours do not meet; 2 ms for a title.
        """
        look, size = self.look, block.size_px
        indent = (block.width_px - block.longest_px) * SHARE[look.align]
        lead = look.letter_spacing_em * size * SHARE[look.align]
        middle_em = CJK_MIDDLE_EM if is_cjk(self.text) else self.fonts.cap_em / 2
        dx, lift = lead - indent, (middle_em - self.fonts.middle_em) * size
        split = list(self._split())
        found: dict[int, tuple[float, float, float]] = {}
        for turn in (0, 1):
            found |= self._marked(block, split, turn, dx)
        drop = self._emoji_drop_em() if any(_is_emoji(self.text[one[0] : one[1]]) for one in split) else 0.0
        for number, (left, right, top) in found.items() if drop else ():
            start, stop, run = split[number]
            if _is_emoji(self.text[start:stop]):
                found[number] = left, right, top - drop * size * self.runs[run].span.size
        ordered = [(one, found[number]) for number, one in enumerate(split) if number in found]
        clear = skia.Paint(Color=0)
        paragraph = self.paragraph(size, clear)
        paragraph.layout(max(1.0, block.width_px))
        first = paragraph.AlphabeticBaseline
        rows = self._rows(block, [top for _, _, top in found.values()])
        baselines = tuple(first + lift + (row - rows[0]) for row in rows)
        clusters = tuple(
            Cluster(start, stop, run, _nearest(rows, top), left, right)
            for (start, stop, run), (left, right, top) in ordered
        )
        return Measured(block, clusters, baselines, dx, lift)

    def _emoji_drop_em(self) -> float:
        """Return how much lower the mark of an emoji is than that of a letter, in font sizes."""
        run, size = self.runs[0], 64.0
        tops = []
        for marked in "x", "\U0001f600":
            pieces = [
                (run, text, skia.Paint(Color=0), 0xFF000001 if text == marked else None)
                for text in ("x", "\U0001f600")
            ]
            paragraph = self._built(size / run.span.size, iter(pieces))
            paragraph.layout(_UNBOUNDED_PX)
            width = paragraph.MaxIntrinsicWidth + 2.0
            paragraph.layout(width)
            block = Block(size, width, paragraph.LongestLine, paragraph.Height, 1, fits=True)
            ends = _painted(paragraph, block, 0.0, 2)
            tops.append(ends[0][2] if ends else 0.0)
        return (tops[1] - tops[0]) / size

    def _rows(self, block: Block, tops: list[float]) -> list[float]:
        """Return the rows of the marks of each line; those of emoji and other fonts lie up to 0.3 font sizes apart."""
        if not self._mixed:
            pitch = block.height_px / max(1, block.lines)
            usual = sorted(top % pitch for top in tops)[len(tops) // 2] if tops else 0.0
            top = min(tops, default=0.0)
            start = usual + pitch * round((top - usual) / pitch)
            return [start + pitch * line for line in range(max(1, block.lines))]
        smallest = min(run.span.size for run in self.runs) * block.size_px
        lines: list[list[float]] = []
        for top in sorted(tops):
            if lines and top - lines[-1][-1] < 0.5 * smallest * self.look.line_height:
                lines[-1].append(top)
            else:
                lines.append([top])
        return [line[len(line) // 2] for line in lines] or [0.0]

    def _split(self) -> Iterator[tuple[int, int, int]]:
        """Yield (first, behind last, run) of each character; one that is composed of several is one."""
        for number, (run, at) in enumerate(zip(self.runs, self.starts, strict=True)):
            start = 0
            for index in range(1, len(run.text) + 1):
                if index == len(run.text) or not continues(run.text, index):
                    if run.text[start:index] != "\n":
                        yield at + start, at + index, number
                    start = index

    def _marked(
        self, block: Block, split: list[tuple[int, int, int]], turn: int, dx: float
    ) -> dict[int, tuple[float, float, float]]:
        """Return (left, right, top) of the marks under every second character, by its number."""
        clear = skia.Paint(Color=0)

        def pieces() -> Iterator[tuple[Run, str, Any, int | None]]:
            at = 0
            for number, (start, stop, run) in enumerate(split):
                for line_feed in range(at, start):
                    yield self._run_at(line_feed), self.text[line_feed], clear, None
                # Numbers from 1: a clear pixel has none.
                mark = 0xFF000000 | (number + 1) if number % 2 == turn else None
                yield self.runs[run], self.text[start:stop], clear, mark
                at = stop

        paragraph = self._built(block.size_px, pieces())
        paragraph.layout(max(1.0, block.width_px))
        return _painted(paragraph, block, dx, len(split))

    def _run_at(self, index: int) -> Run:
        return next(run for run, at in zip(self.runs, self.starts, strict=True) if index < at + len(run.text))


def _painted(paragraph: Any, block: Block, dx: float, count: int) -> dict[int, tuple[float, float, float]]:
    """Return (left, right, top) of each mark of a paragraph, from the block's corner, by the number of its colour."""
    spare = int(block.size_px) + 2
    columns, rows = int(max(block.longest_px, 1)) + 2 * spare, int(block.height_px) + 2 * spare
    pixels = np.zeros((rows, columns, 4), np.uint8)
    info = skia.ImageInfo.Make(columns, rows, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, pixels, pixels.strides[0])
    canvas = surface.getCanvas()
    paragraph.paint(canvas, dx + spare, spare)
    del canvas, surface  # skia writes into `pixels` until then
    return _ends(pixels, count, spare)


def _is_emoji(text: str) -> bool:
    return any(
        "\U0001f000" <= char <= "\U0001faff" or char in "\ufe0f\u20e3" or unicodedata.category(char) == "So"
        for char in text
    )


def _ends(pixels: Any, count: int, spare: int) -> dict[int, tuple[float, float, float]]:
    """Return (left, right, top) of each mark in a painting, by the number of its colour."""
    words = pixels.view(np.uint32)[:, :, 0]
    ys, xs = np.nonzero(words >> 24 == 255)
    numbers = (words[ys, xs] & 0xFFFFFF).astype(np.int64) - 1
    left = np.full(count, pixels.shape[1])
    right, top = np.full(count, -1), np.full(count, pixels.shape[0])
    valid = (numbers >= 0) & (numbers < count)
    ys, xs, numbers = ys[valid], xs[valid], numbers[valid]
    np.minimum.at(left, numbers, xs)
    np.maximum.at(right, numbers, xs)
    np.minimum.at(top, numbers, ys)
    ends = {}
    for number in np.flatnonzero(right >= 0).tolist():
        row, first, last = int(top[number]), int(left[number]), int(right[number])
        middle = min(row + 1, pixels.shape[0] - 1)
        # Pixels at the ends are partly covered.
        before = int(pixels[middle, first - 1, 3]) / 255 if first else 0.0
        after = int(pixels[middle, last + 1, 3]) / 255 if last + 1 < pixels.shape[1] else 0.0
        above = int(pixels[row - 1, (first + last) // 2, 3]) / 255 if row else 0.0
        ends[number] = first - before - spare, last + 1 + after - spare, row - above - spare
    return ends


def _nearest(rows: list[float], top: float) -> int:
    return min(range(len(rows)), key=lambda index: abs(rows[index] - top))
