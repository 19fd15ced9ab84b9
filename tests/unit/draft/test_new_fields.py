"""Every field of motion, masks, shapes and codes: a wrong value gives one clear problem at its place; no traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from farm.draft.bind import Binder
from farm.draft.draft import Draft, draft
from farm.errors import DocumentError, Problem
from farm.plugins.registry import Registry, load_registry
from farm.settings import Settings
from farm.worker.render import render_stills
from farm.worker.worker import Worker
from tests.golden.shop import build_library
from tests.unit.draft.odd_fields import ODD
from tests.unit.draft.wrong_fields import COLOR, FOUR, IMAGE, MASK, PROGRESS, SHAPE, WRONG, Clip

Drafter = Callable[..., Draft]
WIDTH, HEIGHT = 100, 200


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Worker:
    return Worker(Settings(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Drafter:
    folder = tmp_path_factory.mktemp("shop")
    build_library(folder)

    def made(*clips: Clip, **output: Any) -> Draft:
        size = {"size": f"{WIDTH}x{HEIGHT}", **output}
        job = {"output": size, "timeline": {"tracks": [{"clips": [clip]} for clip in clips]}}
        binder = Binder(folder, fetch=_no_fetch, blob=lambda _: None, library={})
        return draft(json.dumps(job), source="job.json", binder=binder, registry=registry)

    return made


def _no_fetch(url: str) -> Path:
    raise AssertionError(url)


def problems_of(drafted: Drafter, *clips: Clip) -> list[Problem]:
    with pytest.raises(DocumentError) as caught:
        drafted(*clips)
    return caught.value.problems


@pytest.mark.parametrize(
    ("clip", "field", "value", "path", "message"),
    [case for case in WRONG if case[4]],
    ids=[f"{clip['kind']}.{path}-{message[:20]}" for clip, _, _, path, message in WRONG if message],
)
def test_a_wrong_field_gives_one_problem_at_its_place(
    drafted: Drafter, clip: Clip, field: str, value: Any, path: str, message: str
) -> None:
    (problem,) = problems_of(drafted, {**clip, field: value})
    assert problem.path == f"timeline.tracks[0].clips[0].{path}"
    assert message in problem.message


def test_the_table_names_every_field_that_clips_have_in_common_with_motion() -> None:
    from farm.model.clip_document import VisualDocument

    old = {"name", "at", "kind", "box", "x", "y", "scale", "rotation", "anchor", "opacity", "effects"}
    tested = {field for _, field, *_ in WRONG}
    assert set(VisualDocument.model_fields) - old <= tested


def check(refusal: DocumentError) -> None:
    assert refusal.problems
    assert all(problem.message and problem.path.startswith("timeline") for problem in refusal.problems)


@pytest.mark.parametrize(
    ("clip", "field", "value"),
    [(clip, field, value) for clip, field, values in ODD for value in values],
    ids=[f"{clip['kind']}.{field}-{n}" for clip, field, values in ODD for n, _ in enumerate(values)],
)
def test_an_odd_value_is_refused_or_drawn(
    drafted: Drafter, worker: Worker, clip: Clip, field: str, value: Any
) -> None:
    try:
        made = drafted(COLOR, {**clip, field: value})
    except DocumentError as refusal:
        check(refusal)
        return
    last = made.timeline.duration - 1
    frames = render_stills(
        made.timeline, [0, last // 3, last], worker.registry, worker.stills, worker.drawings
    )
    assert all(frame.shape == (HEIGHT, WIDTH, 3) for frame in frames)


@pytest.mark.parametrize("field", ["crop", "zoom", "ken_burns", "border", "shadow", "mask"])
def test_a_sound_as_a_picture_is_one_problem(drafted: Drafter, field: str) -> None:
    values = {"crop": [1, 1, 1, 1], "zoom": 2, "ken_burns": "left", "border": {}, "shadow": {}, "mask": MASK}
    (problem,) = problems_of(drafted, {**IMAGE, "src": "tone.wav", field: values[field]})
    assert problem.path.endswith("src")
    assert "is a sound, not a picture" in problem.message


def test_percentages_are_of_the_right_whole(drafted: Drafter) -> None:
    clips = [
        {
            **COLOR,
            "box": ["10%", "10%", "50%", "50%"],
            "x": "10%",
            "y": "10%",
            "enter": {"kind": "rise", "distance": "10%"},
            "loops": {"kind": "float", "distance": "10%"},
            "mask": {**MASK, "feather": "10%"},
        },
        {**COLOR, "pin": [["10%", "10%"], *FOUR[1:]]},
        {**COLOR, "path": {"points": [[0, 0], ["10%", "10%"]], "along": 1}},
        {
            **IMAGE,
            "crop": ["10%", "10%", "20%", "20%"],
            "box": [0, 0, 40, 60],
            "radius": "10%",
            "border": {"width": "10%"},
            "shadow": {"dx": "10%", "dy": "10%", "blur": "10%"},
        },
        {
            **SHAPE,
            "box": [0, 0, 40, 60],
            "radius": "10%",
            "stroke": "red",
            "stroke_width": "10%",
            "dash": ["10%", "5%"],
            "dash_offset": "10%",
        },
        {**SHAPE, "form": "torn", "roughness": "10%"},
        {**PROGRESS, "box": [0, 0, 40, 60], "radius": "10%"},
    ]
    made = drafted(*clips).timeline
    moved, pinned, along, picture, shape, torn, progress = (track.clips[0] for track in made.tracks)
    # The width is 100 pixels, the height 200, and so the shorter side 100.
    assert moved.placement.box.x, moved.placement.box.y == (10, 20)
    assert (moved.placement.box.width, moved.placement.box.height) == (50, 100)
    assert (moved.placement.x.at(0), moved.placement.y.at(0)) == (10, 20)
    assert moved.enter is not None
    assert moved.enter.distance_px == 20
    assert moved.loops[0].reach_px == 10
    assert moved.mask is not None
    assert moved.mask.feather_px.at(0) == 10
    assert pinned.placement.pin is not None
    assert [curve.at(0) for curve in pinned.placement.pin.corners[:2]] == [10, 20]
    assert (along.placement.x.at(0), along.placement.y.at(0)) == (10, 20)
    crop = picture.placement.crop
    assert (crop.left, crop.top, crop.right, crop.bottom) == pytest.approx((0.1, 0.1, 0.2, 0.2))
    assert picture.placement.radius_px == 4
    assert picture.placement.border is not None
    assert picture.placement.border.width_px == 10
    shadow = picture.placement.shadow
    assert shadow is not None
    assert (shadow.dx_px, shadow.dy_px, shadow.blur_px) == (10, 10, 10)
    look = shape.source.look  # type: ignore[union-attr]
    assert (look.radius_px, look.stroke.width_px, look.dash_px, look.dash_offset_px) == (4, 10, (10, 5), 10)  # type: ignore[union-attr]
    assert torn.source.look.roughness_px == 10  # type: ignore[union-attr]
    assert progress.source.tracks[0].clips[0].source.look.radius_px == 4  # type: ignore[union-attr]


def test_a_pinned_clip_is_placed_by_its_pin_alone(drafted: Drafter) -> None:
    for field, value in (("x", 5), ("rotation", 5), ("skew_x", 5), ("path", {"points": [[0, 0], [5, 5]]})):
        (problem,) = problems_of(drafted, {**COLOR, "pin": FOUR, field: value})
        assert problem.path.endswith(f".{field}")
        assert "placed by `pin` alone" in problem.message


def test_masks_and_groups_are_nested_only_so_deep(drafted: Drafter) -> None:
    mask = MASK
    for _ in range(5):
        mask = {"clip": {**COLOR, "mask": mask}}
    (problem,) = problems_of(drafted, {**COLOR, "mask": mask})
    assert "masks can be nested at most 4 deep" in problem.message


def test_ken_burns_moves_the_focus_itself(drafted: Drafter) -> None:
    keys = [{"at": 0, "value": 0}, {"at": 1, "value": 1}]
    for field in ("focus_x", "focus_y", "zoom"):
        value: Any = [{"at": 0, "value": 1}, {"at": 1, "value": 2}] if field == "zoom" else keys
        (problem,) = problems_of(drafted, {**IMAGE, "ken_burns": "left", field: value})
        assert problem.path.endswith("ken_burns")
        assert f"`{field}`" in problem.message or "`focus" in problem.message


def test_all_of_a_shadow_that_is_out_of_range_is_reported_at_once(drafted: Drafter) -> None:
    far = {"dx": "300%", "dy": "-300%", "blur": "60%"}
    found = problems_of(drafted, {**IMAGE, "shadow": far})
    assert [one.path.rsplit(".", 1)[1] for one in found] == ["dx", "dy", "blur"]
