"""Path data is read as skia reads it, or refused where it is none."""

from __future__ import annotations

import io

import numpy as np
import pytest
import resvg_py
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from farm.model.path_data import parse_path
from farm.render.drawing import skia
from farm.render.outline import path_of

numbers = (
    st.integers(-99, 99).map(str)
    | st.floats(-99, 99).map(lambda v: f"{v:.2f}")
    | st.sampled_from([".5", "-.25", "1e1"])
)
separators = st.sampled_from([" ", ",", " , ", "  "])
COUNTS = {"L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "Z": 0}


@st.composite
def paths(draw: st.DrawFn) -> str:
    def pair(count: int) -> str:
        return draw(separators).join(draw(numbers) for _ in range(count))

    parts = [draw(st.sampled_from("Mm")) + pair(2)]
    for _ in range(draw(st.integers(1, 8))):
        command = draw(st.sampled_from("LHVCSQTZ"))
        shown = command if draw(st.booleans()) else command.lower()
        times = 1 if command == "Z" else draw(st.integers(1, 2))
        parts.append(shown + " ".join(pair(COUNTS[command]) for _ in range(times)))
    return draw(st.sampled_from(["", " ", "\n"])).join(parts)


@settings(max_examples=100, deadline=None)
@given(paths())
def test_a_path_is_that_of_resvg(text: str) -> None:
    # Two readers and two painters: lines of equal shape differ by their antialiasing at most.
    area = 'viewBox="-100 -100 200 200"'
    stroke = f'<path d="{text}" fill="none" stroke="#000" stroke-width="3"/>'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" {area}>{stroke}</svg>'
    png = bytes(resvg_py.svg_to_bytes(svg_string=drawing, width=200, height=200))
    with Image.open(io.BytesIO(png)) as image:
        theirs = np.asarray(image.convert("RGBA"))[..., 3].astype(int)
    ours = np.zeros((200, 200, 4), np.uint8)
    with skia.Surface(ours) as canvas:
        canvas.translate(100, 100)
        paint = skia.Paint(AntiAlias=True, StrokeWidth=3, Style=skia.Paint.kStroke_Style)
        canvas.drawPath(path_of(parse_path(text)), paint)
    far = np.abs(ours[..., 3].astype(int) - theirs) > 128
    assert far.mean() <= 0.001


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("M0 0L5 5", "M0,0 L5,5"),
        ("m1 1 2 2 3 3", "M1,1 L3,3 L6,6"),
        ("M1-1L.5.5", "M1,-1 L0.5,0.5"),
        ("M0 0h5v5H0V0z", "M0,0 L5,0 L5,5 L0,5 L0,0 Z"),
        ("M5 5zl1 1", "M5,5 Z L6,6"),
        ("M0 0Q5 5 10 0T20 0", "M0,0 Q5,5,10,0 Q15,-5,20,0"),
        ("M0 0C0 5 5 5 5 0s5-5 5 0", "M0,0 C0,5,5,5,5,0 C5,-5,10,-5,10,0"),
        ("M0 0T5 5", "M0,0 Q0,0,5,5"),
        ("M0 0a5 5 0 1110 0", "M0,0 A5,5,0,1,1,10,0"),
        ("M0 0a-5,5,30,0,1,-10,2", "M0,0 A5,5,30,0,1,-10,2"),
        ("  M 1e1 1E-1 L 2 2 ,", "M10,0.1 L2,2"),
    ],
)
def test_every_command_is_read(text: str, steps: str) -> None:
    found = " ".join(f"{one.kind}{','.join(f'{n:g}' for n in one.numbers)}" for one in parse_path(text))
    assert found == steps


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a start and at least one line"),
        ("M 0 0", "a start and at least one line"),
        ("L 5 5", "begins with M x y"),
        ("5 5", "follows no command"),
        ("M 0 0 X 5", "is not path data"),
        ("M 0 0 L 5", "a number is missing"),
        ("M 0 0 L 5 L 5 5", "a number is missing"),
        ("M 0 0 A 5 5 0 2 0 5 5", "a flag, 0 or 1, is missing"),
        ("M 0 0 L 5 5 Z 5", "follows no command"),
        ("M 0 0 L 2e6 5", "beyond 1,000,000"),
        ("M 0 0 L 1e400 5", "beyond 1,000,000"),
        ("M 0 0" + "L1 1" * 5001, "more than 5,000 steps"),
    ],
)
def test_what_is_no_path_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_path(text)


@given(st.text("MmLlHhVvCcSsQqTtAaZz0123456789.,-+eE \n", max_size=40))
def test_no_text_is_a_surprise(text: str) -> None:
    try:
        steps = parse_path(text)
    except ValueError:
        return
    assert steps[0].kind == "M"
