"""Groups that move bring what lies outside the canvas into view."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import farm

SIZE = (96, 128)
Plain = dict[str, Any]


def still(*clips: Plain, at_s: float = 0.5) -> NDArray[np.uint8]:
    tracks = [{"clips": [clip]} for clip in clips]
    job = {"output": {"size": list(SIZE), "fps": 30}, "timeline": {"background": "#204060", "tracks": tracks}}
    return farm.still(job, at_s=at_s).rgb


def group(*clips: Plain, **fields: Any) -> Plain:
    return {"kind": "group", "duration": 1, "tracks": [{"clips": [clip]} for clip in clips], **fields}


def bar(y: int, color: Any = "red", **fields: Any) -> Plain:
    fill = {"colors": [color, "blue"]}
    return {"kind": "shape", "fill": fill, "box": [8, y, 40, 240], "duration": 1, "enter": "none", **fields}


STAR = {"kind": "shape", "form": "star", "fill": "white", "box": [10, -60, 60, 60], "duration": 1}


@pytest.mark.parametrize(
    ("inner", "edges"),
    [
        (lambda y: bar(y - 100), 6),  # two levels of chroma
        (lambda y: {**bar(y - 100), "mask": {"clip": {**STAR, "box": [10, y - 60, 60, 60]}}}, 6),
        (lambda y: group(bar(y - 100), {**STAR, "box": [10, y - 60, 60, 60]}, opacity=0.5), 6),
        # The canvas's edge determines the squares in which a pinned picture's pixels are means of as many samples.
        (lambda y: {**STAR, "pin": [[5, y - 90], [60, y - 80], [70, y], [10, y + 10]]}, 32),
    ],
    ids=["shape", "mask", "group", "pin"],
)
def test_a_group_that_is_moved_shows_what_its_clips_would_show_there(inner: Any, edges: int) -> None:
    moved = still(group(inner(0), y=80))
    there = still(group(inner(80)))
    difference = np.abs(moved.astype(int) - there)
    assert difference.max() <= edges
    assert (difference > 6).mean() < 0.002
    assert not np.array_equal(moved, still(group(inner(0))))


def test_a_strip_is_pulled_through() -> None:
    strip = [{"kind": "color", "color": color, "box": [0, 128 * row, 96, 128], "duration": 1}
             for row, color in enumerate(["#ff0000", "#00ff00", "#0000ff", "#ffffff"])]  # fmt: skip
    pulled = group(*strip, y=[{"at": 0, "value": 0, "ease": "linear"}, {"at": 0.9, "value": -384}])
    for at_s, color in ((0.0, (255, 0, 0)), (0.3, (0, 255, 0)), (0.6, (0, 0, 255)), (0.95, (255, 255, 255))):
        shown = still(pulled, at_s=at_s)
        assert np.abs(shown.reshape(-1, 3).astype(int) - color).max() <= 6, at_s


def test_a_turned_group_has_no_edges_where_its_clips_go_on() -> None:
    ground = {"kind": "color", "color": "white", "box": ["-60%", "-60%", "220%", "220%"], "duration": 1}
    shown = still(group(ground, rotation=30, scale=0.8))
    assert shown.min() >= 252


def test_groups_in_groups_keep_their_place() -> None:
    inside = group(bar(-100), y=40)
    shown = still(group(inside, y=40))
    assert np.abs(shown.astype(int) - still(bar(-20))).max() <= 2


def test_what_comes_in_with_the_group_is_not_cut() -> None:
    """The group slides up from below: its clip reaches over the canvas's upper edge."""
    entering = group(bar(-60), enter={"kind": "slide-up", "duration": 0.8, "ease": "linear"})
    flat = {**bar(-60), "enter": {"kind": "slide-up", "duration": 0.8, "ease": "linear"}}
    uncut, cut = still(entering, at_s=0.4), still(flat, at_s=0.4)
    # The group comes from further away than the clip alone, but its bar is whole.
    rows = np.any(uncut[:, 20] != uncut[0, 90], axis=-1)
    assert 0 < int(np.argmax(rows)) < 40
    assert np.any(cut != uncut)


def test_an_effect_in_a_group_sees_the_canvas_as_before() -> None:
    """Effects depend on the canvas's size: such groups are cut at its edges."""
    dotted = {**bar(-100), "effects": ["basics.vignette"]}
    shown = still(group(dotted, y=80))
    assert shown[10, 20].tolist() == shown[0, 90].tolist()


@pytest.mark.parametrize(
    "inner",
    [
        {"kind": "shape", "box": [110, 30, 40, 30], "fill": "red", "radius": 8},
        {"kind": "text", "text": "Sale", "box": [106, 20, 50, 40], "enter": "none", "look": {"size": 20}},
    ],
    ids=["shape", "text"],
)
def test_shadows_of_what_comes_into_view_are_whole(inner: Plain) -> None:
    cast = {"color": "#000000", "dx": 16, "dy": 16, "blur": 2}
    if inner["kind"] == "text":
        inner = {
            **inner,
            "look": {**inner["look"], "shadow": {"color": "#000000", "dx_em": 0.8, "dy_em": 0.8}},
        }
    else:
        inner = {**inner, "shadow": cast}
    box = inner["box"]
    moved = still(group({**inner, "duration": 1}, x=-90))
    there = still(group({**inner, "duration": 1, "box": [box[0] - 90, *box[1:]]}))
    assert np.abs(moved.astype(int) - there).max() <= 6


def test_text_that_does_not_fit_is_shown_whole() -> None:
    words = {
        "kind": "text",
        "text": "one two three four",
        "enter": "none",
        "duration": 1,
        "box": [20, 20, 56, 20],
    }
    look = {"size": 20, "min_size": 20, "line_height": 1.2}
    top, bottom = (still({**words, "look": {**look, "valign": valign}}) for valign in ("top", "bottom"))
    lines = [int((shown.astype(int) - (32, 64, 96)).any(axis=2)[:, 20:76].sum()) for shown in (top, bottom)]
    assert lines[0] >= lines[1]
