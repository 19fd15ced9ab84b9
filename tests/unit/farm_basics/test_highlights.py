"""Spoken words are shown as such within a frame of their times, by every highlight."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from farm.model.element_ref import ElementRef
from farm.model.look import TextLook
from farm.model.rich_text import RichText, Speech, SpokenWord, TextUnit
from farm.render.animator import TextHighlight
from farm.render.rich_text import raster_rich
from farm.render.rich_words import rich_words
from farm.render.typeset import typeset
from farm_basics.highlights import HIGHLIGHTS

LOOK = TextLook(("Outfit", "Noto Sans SC"), 32.0, 12.0, 700)
WIDTH, HEIGHT = 360, 80
TEXT = "first 第二 third"
WORDS = SpokenWord("first", 10, 20), SpokenWord("第二", 22, 31), SpokenWord("third", 40, 50)
SPARE = 40


def drawn(kind: type[TextHighlight], frame: float) -> NDArray[np.int16]:
    rich = RichText(speech=Speech(ElementRef(kind.name), WORDS), frame=frame)
    raster = raster_rich(TEXT, LOOK, rich, WIDTH, HEIGHT, Fraction(30), lambda _: kind())  # type: ignore[arg-type, return-value]
    canvas = np.zeros((HEIGHT + 2 * SPARE, WIDTH + 2 * SPARE, 4), np.int16)
    top, left = raster.top_px + SPARE, raster.left_px + SPARE
    canvas[top : top + raster.rgba.shape[0], left : left + raster.rgba.shape[1]] = raster.rgba
    return canvas


def columns_of(word: int) -> slice:
    """Return the columns in the middle of a word."""
    setting = typeset(
        rich_words(TEXT, LOOK, ()),
        TextUnit.LINE,
        tuple(one.text for one in WORDS),
        float(WIDTH),
        float(HEIGHT),
    )
    unit = setting.parts.spoken[word].unit
    # Plates reach a little into the words beside theirs.
    inset = 0.2 * setting.size_px
    return slice(
        round(SPARE + setting.left + unit.left + inset), round(SPARE + setting.left + unit.right - inset)
    )


@pytest.mark.parametrize("kind", HIGHLIGHTS, ids=lambda kind: str(kind.name))
def test_a_word_changes_within_a_frame_of_its_time(kind: type[TextHighlight]) -> None:
    shown = [drawn(kind, frame) for frame in range(58)]
    for index, word in enumerate(WORDS):
        region = columns_of(index)
        changed = [
            frame
            for frame in range(1, len(shown))
            if np.abs(shown[frame][:, region] - shown[frame - 1][:, region]).max() > 12
        ]
        assert changed, f"{word.text} never changes"
        # A colour that runs through a word reaches its middle later than its beginning.
        assert word.start - 1 <= changed[0] <= word.start + 3, (word.text, changed)
        later = changed[-1]
        following = WORDS[index + 1].start if index + 1 < len(WORDS) else word.stop
        assert later <= max(following, word.stop) + 6


@pytest.mark.parametrize("kind", HIGHLIGHTS, ids=lambda kind: str(kind.name))
def test_words_stand_where_they_stand_without_highlight(kind: type[TextHighlight]) -> None:
    shown = drawn(kind, 0)
    if kind.name in ("basics.one_word", "basics.reveal_words"):
        assert shown.max() == 0
        return
    bare = raster_rich(TEXT, LOOK, RichText(), WIDTH, HEIGHT, Fraction(30), lambda _: kind())  # type: ignore[arg-type, return-value]
    rows, columns = np.nonzero(shown[..., 3] > 60)
    assert columns.min() - SPARE == pytest.approx(bare.left_px, abs=6)
    assert rows.min() - SPARE == pytest.approx(bare.top_px, abs=6)
