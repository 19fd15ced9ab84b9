"""What nobody could see or read as it is written is reported where it is written: an error, or a warning."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from farm.draft.bind import Binder
from farm.draft.draft import Draft, draft
from farm.errors import DocumentError
from farm.model.job_document import TimelineJob
from farm.model.schema import json_schema
from farm.plugins.registry import load_registry
from tests.golden.shop import build_library
from tests.unit.draft.wrong_fields import COLOR, COUNTER, QR, VIDEO, Clip

Drafter = Callable[..., Draft]


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Drafter:
    folder = tmp_path_factory.mktemp("shop")
    build_library(folder)
    registry = load_registry()

    def made(*clips: Clip) -> Draft:
        job = {"output": {"size": "200x200"}, "timeline": {"tracks": [{"clips": [clip]} for clip in clips]}}
        binder = Binder(folder, fetch=_no_fetch, blob=lambda _: None, library={})
        return draft(json.dumps(job), source="job.json", binder=binder, registry=registry)

    return made


def _no_fetch(url: str) -> Path:
    raise AssertionError(url)


def problem(drafted: Drafter, clip: Clip) -> tuple[str, str]:
    """Return the only problem of a clip: its path below the clip, and its message."""
    with pytest.raises(DocumentError) as caught:
        drafted(clip)
    (one,) = caught.value.problems
    return one.path.removeprefix("timeline.tracks[0].clips[0]").removeprefix("."), one.message


WIDE: list[dict[str, Any]] = [
    {"value": 5, "text": "only {} left in stock today, hurry up please"},
    {"value": [{"at": 0, "value": 0}, {"at": 1, "value": 1e12}], "thousands": ",", "decimals": 6},
    {"value": [{"at": 0, "value": 9}, {"at": 1, "value": -1e9}], "thousands": ",", "decimals": 6},
    {"value": [{"at": 0, "value": 0}, {"at": 0.5, "value": 1e12}], "roll": True, "text": "¥ {} in all"},
]


@pytest.mark.parametrize("fields", WIDE, ids=["text", "number", "sign", "roll"])
def test_a_counter_that_does_not_fit_is_reported(drafted: Drafter, fields: dict[str, Any]) -> None:
    (warning,) = drafted({**COUNTER, **fields, "look": {"size": 60, "min_size": 40}}).warnings
    assert warning.startswith("timeline.tracks[0].clips[0]: text `")
    assert "does not fit its box of 176x200 pixels at its smallest size; it overflows" in warning
    fitting = {**COUNTER, **fields, "look": {"size": 60, "min_size": 2}, "box": [0, 0, "400%", 200]}
    assert not drafted(fitting).warnings


def keys(*values: Any) -> list[dict[str, Any]]:
    return [{"at": at / 2, "value": value} for at, value in enumerate(values)]


FOLDED: list[Any] = [
    [[0, 0], [150, 150], [150, 0], [0, 150]],
    [[0, 0], [150, 0], [40, 40], [0, 150]],
    [[0, 0], [150, 0], [0, 150], [150, 150]],
]
FLAT: list[Any] = [
    [[5, 5]] * 4,
    [[0, 0], [50, 0], [150, 0], [0, 150]],
    [[0, 0], [150, 0], [150, 0.2], [0, 0.2]],
]


@pytest.mark.parametrize("corners", FOLDED)
def test_folded_corners_are_refused(drafted: Drafter, corners: Any) -> None:
    path, message = problem(drafted, {**COLOR, "pin": corners})
    assert path == "pin"
    assert "its sides cross or turn inwards" in message
    assert "give top left, top right, bottom right and bottom left, in this order" in message


@pytest.mark.parametrize("corners", FLAT)
def test_flat_corners_are_refused(drafted: Drafter, corners: Any) -> None:
    path, message = problem(drafted, {**COLOR, "pin": corners})
    assert path == "pin"
    assert "three of its corners lie on a line" in message
    assert "move them apart" in message


def test_corners_that_fold_at_a_keyframe_are_refused_at_its_time(drafted: Drafter) -> None:
    corners = [[0, 0], [keys(150, 150, 20), keys(0, 0, 150)], [150, 150], [0, 150]]
    path, message = problem(drafted, {**COLOR, "pin": corners})
    assert path == "pin"
    assert message.startswith("at 1 s its sides cross")


def test_a_sheet_that_unfolds_from_a_line_is_only_mentioned(drafted: Drafter) -> None:
    corners = [[0, 50], [100, 50], [100, keys(50, 150)], [0, keys(50, 150)]]
    (warning,) = drafted({**COLOR, "pin": corners}).warnings
    assert "pin: at 0 s three of its corners lie on a line" in warning


def test_a_card_is_turned_over_in_order_or_folds_on_the_way(drafted: Drafter) -> None:
    def turned(above: str, below: str) -> list[Any]:
        def to(first: int, last: int, ease: str) -> list[dict[str, Any]]:
            return [{"at": 0, "value": first, "ease": ease}, {"at": 1, "value": last}]

        return [
            [to(0, 100, above), 0],
            [to(100, 0, above), 0],
            [to(100, 0, below), 100],
            [to(0, 100, below), 100],
        ]

    assert not drafted({**COLOR, "pin": turned("linear", "linear")}).warnings
    (warning,) = drafted({**COLOR, "pin": turned("in-expo", "out-expo")}).warnings
    assert "pin: from 0." in warning
    assert "the corners pass through a folded quadrilateral" in warning


HIDDEN: list[dict[str, Any]] = [
    {"enter": {"kind": "fade", "duration": 5}, "exit": {"kind": "fade", "duration": 9, "delay": 3}},
    {"enter": {"kind": "rise", "delay": 2}},
    {"exit": {"kind": "wipe", "delay": 1, "duration": 0.2}},
    {"enter": {"kind": "pop", "delay": 0.6}, "exit": {"kind": "pop", "delay": 0.5}},
]


@pytest.mark.parametrize("fields", HIDDEN)
def test_an_entrance_and_an_exit_that_leave_no_moment_are_refused(
    drafted: Drafter, fields: dict[str, Any]
) -> None:
    path, message = problem(drafted, {**COLOR, **fields})
    assert path == ""
    assert message.startswith("is never seen: its ")
    assert "it lasts 1 s; shorten these" in message


@pytest.mark.parametrize(
    "fields",
    [
        {"enter": "fade", "exit": "fade"},
        {"enter": {"kind": "fade", "duration": 1}, "exit": {"kind": "fade", "duration": 1}},
        {"enter": "flicker"},
        {"opacity": keys(0, 0, 0.1)},
    ],
)
def test_what_is_seen_at_some_moment_is_in_order(drafted: Drafter, fields: dict[str, Any]) -> None:
    assert not drafted({**COLOR, **fields}).warnings


@pytest.mark.parametrize("fields", [{"opacity": 0}, {"opacity": keys(0, 0)}, {"scale": 0}, {"scale_x": 0}])
def test_what_is_never_seen_as_it_is_placed_is_mentioned(drafted: Drafter, fields: dict[str, Any]) -> None:
    (warning,) = drafted({**COLOR, **fields}).warnings
    assert "never seen" in warning


@pytest.mark.parametrize(
    "fields",
    [
        {"start": 0.8, "stop": 0.2},
        {"start": 0.5, "stop": 0.5},
        {"stop": 0},
        {"start": 0.5, "stop": keys(0, 0.5)},
    ],
)
def test_a_stroke_that_ends_before_it_begins_is_refused(drafted: Drafter, fields: dict[str, Any]) -> None:
    path, message = problem(drafted, {"kind": "shape", "stroke": "red", "duration": 1, **fields})
    assert path == "stop"
    assert "is never beyond `start`" in message


def test_an_end_of_the_material_that_the_duration_overrides_is_refused(drafted: Drafter) -> None:
    clip = {**VIDEO, "in": 0.2, "out": 0.5, "duration": 1}
    path, message = problem(drafted, clip)
    assert path == "out"
    assert "its `duration` plays 1 s from `in`, up to 1.2 s, beyond `out`; leave out `duration`" in message
    for more in ({"repeat": True}, {"duration": 0.3}, {"duration": 0.1}, {"speed": 0.25}, {"speed": 0}):
        drafted({**clip, **more})


@pytest.mark.parametrize(
    ("colors", "message"),
    [
        (
            {"color": "#888888"},
            "has a contrast of 3.5 : 1; some readers will not find it: make its `color` darker",
        ),
        ({"color": "white", "background": "black"}, "is light on dark"),
        ({"background": "#ffffff80"}, "the background of the QR code is translucent"),
    ],
)
def test_a_code_that_readers_may_miss_is_mentioned(
    drafted: Drafter, colors: dict[str, str], message: str
) -> None:
    (warning,) = drafted({**QR, "box": [0, 0, 200, 200], **colors}).warnings
    assert message in warning


def test_a_transition_names_what_an_element_is(drafted: Drafter) -> None:
    with pytest.raises(DocumentError) as caught:
        drafted({**COLOR, "effects": ["basics.title"]})
    assert "`basics.title` is a text style, and no effect; a text takes it as its `style`" in str(
        caught.value
    )


def test_numbers_that_change_state_their_limits() -> None:
    definitions = json_schema(TimelineJob)["$defs"]
    silent = [
        f"{name}.{field}"
        for name, definition in definitions.items()
        for field, place in definition.get("properties", {}).items()
        if str(place).count("#/$defs/Animated")
        and not re.search(r"\d.*to .*\d|up to \d", place["description"])
    ]
    assert silent == []


def test_lists_and_texts_state_how_long_they_may_be() -> None:
    definitions = json_schema(TimelineJob)["$defs"]
    for name, fields in LONGEST.items():
        for field, limit in fields.items():
            place = definitions[name]["properties"][field]
            most = [
                one[key]
                for one in (place, *place.get("anyOf", ()))
                for key in ("maxItems", "maxLength")
                if key in one
            ]
            assert most[0] == limit
            assert all(f"{one:,}" in place["description"] for one in most)


LONGEST = {
    "TimelineDocument": {"tracks": 50},
    "GroupClip": {"tracks": 50, "effects": 20},
    "TrackDocument": {"clips": 2000, "effects": 20},
    "QrClip": {"text": 2000},
    "TextClip": {"text": 2000},
    "CounterClip": {"text": 200, "thousands": 2, "point": 2},
    "PathDocument": {"points": 100},
    "CaptionsDocument": {"cues": 5000},
    "GradientDocument": {"colors": 8},
}
