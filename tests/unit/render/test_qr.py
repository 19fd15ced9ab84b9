"""QR codes are read again: from composed frames, and from the encoded and decoded video."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Literal

import av
import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray

from farm.media.encode import SegmentEncoder
from farm.model.color import Color
from farm.model.look import CodeLook
from farm.model.placement import Box, Fit, Placement
from farm.model.source import CodeSource
from farm.model.timeline import Clip
from farm.render.convert import rgb_from_frame
from farm.render.qr import modules_of
from tests.unit.render.board import Board

TEXTS = {
    "latin": "https://example.com/watch?id=SK-2045&ref=qr",
    "chinese": "限时优惠：全场八折，扫码领取 https://example.com/优惠",
    "emoji": "Sale 🎁 ½ price",
    "digits": "69012345678901234567",
    "long": "https://example.com/" + "a" * 120,
}
Correction = Literal["L", "M", "Q", "H"]
corrections = pytest.mark.parametrize("correction", ["L", "M", "Q", "H"])
texts = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)


def code(
    text: str, correction: Correction, size: int, color: str = "#000000", ground: str = "#ffffff"
) -> Clip:
    """Return a clip of a code in the middle of a square canvas."""
    dark, light = (Color(*bytes.fromhex(one[1:])) for one in (color, ground))
    look = CodeLook(text, dark, light, correction)
    return Clip(CodeSource(look), 0, 30, Placement(Box(0, 0, size, size), Fit.CONTAIN))


def read(rgb: NDArray[np.uint8]) -> list[str]:
    return [one.text for one in zxingcpp.read_barcodes(rgb)]


def side_of(text: str, correction: Correction, module_px: int) -> int:
    count = len(modules_of(CodeLook(text, Color(0, 0, 0), Color(255, 255, 255), correction))) + 8
    return 2 * -(-count * module_px // 2)


@texts
@corrections
@pytest.mark.parametrize("module_px", [2, 5])
def test_a_code_is_read_from_a_frame(text: str, correction: Correction, module_px: int) -> None:
    side = side_of(text, correction, module_px)
    board = Board(side, side)
    assert read(rgb_from_frame(board.frame(code(text, correction, side)))) == [text]


@texts
@corrections
def test_a_code_is_read_from_the_encoded_video(text: str, correction: Correction) -> None:
    side = side_of(text, correction, 4)
    board = Board(side, side)
    encoder = SegmentEncoder(side, side, Fraction(30), encoder="libx264", preset="ultrafast", crf=28)
    compositor = board.compositor(code(text, correction, side))
    for number in range(3):
        encoder.add(compositor.frame(number))
    with av.open(io.BytesIO(encoder.finish())) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(frames) == 3
    for rgb in frames:
        assert read(np.ascontiguousarray(rgb)) == [text]


@pytest.mark.parametrize(("color", "ground"), [("#102a6b", "#fff4e0"), ("#8a0000", "#ffffff")])
def test_a_coloured_code_is_read(color: str, ground: str) -> None:
    side = side_of(TEXTS["latin"], "M", 4)
    board = Board(side, side)
    frame = board.frame(code(TEXTS["latin"], "M", side, color, ground))
    assert read(rgb_from_frame(frame)) == [TEXTS["latin"]]


def test_modules_are_whole_pixels_and_the_code_lies_in_the_middle_of_its_box() -> None:
    board = Board(200, 240)
    clip = Clip(
        CodeSource(CodeLook("hello", Color(0, 0, 0), Color(255, 255, 255), "M")), 0, 30,
        Placement(Box(10, 20, 180, 200), Fit.CONTAIN),
    )  # fmt: skip
    frame = board.frame(clip)
    assert set(np.unique(frame.y[33:207, 13:187])) <= {16, 235}
    rows, columns = np.nonzero(frame.y == 235)
    # 29 modules, of 6 pixels each.
    assert (columns.min(), columns.max()) == (13, 13 + 173)
    assert (rows.min(), rows.max()) == (33, 33 + 173)


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="too long for a QR code with correction H"):
        modules_of(CodeLook("x" * 2000, Color(0, 0, 0), Color(255, 255, 255), "H"))
