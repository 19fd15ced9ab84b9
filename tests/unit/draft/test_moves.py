"""Paths, cameras and Ken Burns moves end up where geometry says."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from farm.draft.bind import Binder
from farm.draft.draft import draft
from farm.model.placement import Placement
from farm.model.timeline import Clip, GroupSource
from farm.plugins.registry import load_registry
from farm.render.content import content_of
from tests.golden.shop import build_library

Drafter = Callable[..., Clip]
COLOR = {"kind": "color", "color": "red", "duration": 1}
IMAGE = {"kind": "image", "src": "photo.jpg", "duration": 1}
EVEN = [{"at": 0, "value": 0, "ease": "linear"}, {"at": "30f", "value": 1}]


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Drafter:
    folder = tmp_path_factory.mktemp("shop")
    build_library(folder)
    registry = load_registry()

    def made(clip: dict[str, Any]) -> Clip:
        job = {"output": {"size": "100x200", "fps": 30}, "timeline": {"tracks": [{"clips": [clip]}]}}
        binder = Binder(folder, fetch=_no_fetch, blob=lambda _: None, library={})
        return (
            draft(json.dumps(job), source="job.json", binder=binder, registry=registry)
            .timeline.tracks[0]
            .clips[0]
        )

    return made


def _no_fetch(url: str) -> Path:
    raise AssertionError(url)


def place(placed: Placement, frame: float) -> tuple[float, float, float]:
    return placed.x.at(frame), placed.y.at(frame), placed.rotation_deg.at(frame)


def test_a_straight_path_is_followed_evenly(drafted: Drafter) -> None:
    placed = drafted({**COLOR, "path": {"points": [[0, 0], [60, 80]], "along": EVEN, "turn": True}}).placement
    for frame in range(31):
        x, y, angle = place(placed, frame)
        assert (x, y) == pytest.approx((2 * frame, 8 / 3 * frame), abs=0.01)
        assert angle == pytest.approx(math.degrees(math.atan2(80, 60)), abs=0.01)


def test_a_path_is_followed_at_an_even_pace_whatever_its_parts(drafted: Drafter) -> None:
    path = {"points": [[0, 0], [10, 0], [10, 90]], "smooth": False, "along": EVEN}
    placed = drafted({**COLOR, "path": path}).placement
    assert place(placed, 3)[:2] == pytest.approx((10, 0), abs=0.05)
    assert place(placed, 18)[:2] == pytest.approx((10, 50), abs=0.05)


def test_an_arc_is_a_circle_and_turning_does_not_jump(drafted: Drafter) -> None:
    # Three quarters and a quarter of a circle of radius 40, clockwise.
    path = {"d": "M 40 0 A 40 40 0 1 1 0 -40 A 40 40 0 0 1 40 0", "along": EVEN, "turn": True}
    placed = drafted({**COLOR, "path": path}).placement
    angles = []
    for frame in range(31):
        x, y, angle = place(placed, frame)
        assert math.hypot(x, y) == pytest.approx(40, abs=0.1)
        assert math.degrees(math.atan2(y, x)) % 360 == pytest.approx(12 * frame % 360, abs=0.7) or frame in (
            0,
            30,
        )
        angles.append(angle)
    assert np.diff(angles) == pytest.approx([12] * 30, abs=0.7)


def test_a_smooth_path_goes_through_its_points(drafted: Drafter) -> None:
    points = [[0, 0], [30, 50], [60, -20], [90, 40]]
    placed = drafted({**COLOR, "duration": 10, "path": {"points": points, "along": [
        {"at": 0, "value": 0, "ease": "linear"}, {"at": 10, "value": 1}]}}).placement  # fmt: skip
    trace = np.array([place(placed, frame)[:2] for frame in range(301)])
    for point in points:
        assert np.hypot(*(trace - point).T).min() <= 0.6
    assert np.hypot(*np.diff(trace, axis=0).T).max() <= 1.3 * np.hypot(*np.diff(trace, axis=0).T).mean()


def test_a_path_adds_to_where_a_clip_moves_already(drafted: Drafter) -> None:
    keys = [{"at": 0, "value": 0, "ease": "linear"}, {"at": "30f", "value": 30}]
    placed = drafted(
        {**COLOR, "x": keys, "rotation": 7, "path": {"points": [[0, 0], [60, 0]], "along": EVEN}}
    ).placement
    assert place(placed, 10) == pytest.approx((30, 0, 7), abs=0.01)


@pytest.mark.parametrize("depth", [0, 0.5, 1, 3])
def test_a_camera_moves_clips_by_their_depth(drafted: Drafter, depth: float) -> None:
    camera = {"x": [{"at": 0, "value": 0, "ease": "linear"}, {"at": 1, "value": 30}], "y": -6, "zoom": 1.5}
    inner = {**COLOR, "box": [10, 20, 20, 20], "depth": depth, "at": 0.2, "duration": 0.8}
    group = drafted({"kind": "group", "duration": 1, "tracks": [{"clips": [inner]}], "camera": camera})
    assert isinstance(group.source, GroupSource)
    clip = group.source.tracks[0].clips[0]
    for frame in (0, 9, 20):
        placed = clip.placement
        zoom = 1 + 0.5 * depth
        assert placed.scale.at(frame) == pytest.approx(zoom)
        # Where its middle is: shifted, then enlarged about the canvas's middle; the group's clock counts.
        x, y = 20 + depth * (frame + 6), 30 - 6 * depth
        due = 50 + (x - 50) * zoom, 100 + (y - 100) * zoom
        assert (20 + placed.x.at(frame), 30 + placed.y.at(frame)) == pytest.approx(due, abs=0.01)


KINDS = ["in", "out", "left", "right", "up", "down", "in-left", "in-right", "in-up", "in-down", "out-left",
         "out-right", "drift", "punch"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("amount", [0.02, 0.12, 1.5])
@pytest.mark.parametrize("focus", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("ease", ["in-out-sine", "out-elastic"])
def test_ken_burns_always_covers_the_box(
    drafted: Drafter, kind: str, amount: float, focus: float, ease: str
) -> None:
    move = {"kind": kind, "amount": amount, "ease": ease}
    clip = drafted({**IMAGE, "ken_burns": move, "focus_x": focus, "focus_y": focus})
    asset = clip.source.asset  # type: ignore[union-attr]
    top = clip.placement.zoom.bounds(0, clip.duration)[1]
    for frame in range(clip.duration):
        content = content_of(asset, clip.placement, top, frame)
        assert content.x <= 0.01
        assert content.y <= 0.01
        assert content.x + content.width * content.sx >= 100 - 0.01
        assert content.y + content.height * content.sy >= 200 - 0.01


@pytest.mark.parametrize(
    ("kind", "dx", "dy"),
    [("left", 1, 0), ("right", -1, 0), ("up", 0, 1), ("down", 0, -1), ("in-right", -1, 0)],
)
def test_ken_burns_moves_the_camera_to_its_side(drafted: Drafter, kind: str, dx: int, dy: int) -> None:
    clip = drafted({**IMAGE, "ken_burns": {"kind": kind, "amount": 0.1}})
    asset = clip.source.asset  # type: ignore[union-attr]
    top = clip.placement.zoom.bounds(0, clip.duration)[1]
    first, last = (content_of(asset, clip.placement, top, frame) for frame in (0, clip.duration - 1))

    def middle(content: Any) -> tuple[float, float]:
        # Where the picture's middle is, as a share of its shown size.
        width, height = content.width * content.sx, content.height * content.sy
        return (content.x + width / 2 - 50) / width, (content.y + height / 2 - 100) / height

    moved = np.array(middle(last)) - middle(first)
    # The camera goes left where the picture goes right.
    assert np.sign(np.round(moved, 4)).tolist() == [dx, dy]
