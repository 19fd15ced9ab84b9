"""Problems of documents: bounded in number and length, and the work for them too."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import farm.model.problems as problems_module
from farm.errors import MAX_PROBLEMS, DocumentError, Problem, unknown_names
from farm.model.parse import check_job, parse_job


def refused(document: Any) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        parse_job(json.dumps(document))
    return caught.value


def test_an_error_names_a_hundred_problems_and_counts_the_rest() -> None:
    error = refused({"template": "x", "slots": {}} | {f"key{index}": 1 for index in range(990)})
    assert len(error.problems) == MAX_PROBLEMS
    assert error.more == 890
    assert "document: 990 problems" in str(error)
    assert str(error).endswith("and 890 more; fix these first")
    again = error.__reduce__()
    assert again[0](*again[1]).more == 890  # type: ignore[operator,misc]


@pytest.mark.parametrize(
    "document",
    [
        {"template": "x", "slots": {}} | {f"templat{index}": 1 for index in range(990)},
        {f"templat{index}": 1 for index in range(990)},
        {"timeline": {"tracks": [{"clips": [{"kind": "image"} | {f"sr{i}": 1 for i in range(990)}]}]}},
        {"timeline": {"tracks": [{"clips": [{"kind": f"imag{index}"} for index in range(1900)]}]}},
        {"timeline": {"tracks": [{"clips": [{"kind": "image", "fit": f"cove{i}"} for i in range(1900)]}]}},
    ],
)
def test_guesses_are_made_only_for_what_is_shown(document: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    guess = problems_module.did_you_mean
    for module in ("farm.model.problems", "farm.errors"):
        monkeypatch.setattr(
            f"{module}.did_you_mean", lambda word, allowed: asked.append(word) or guess(word, allowed)
        )
    error = refused(document)
    assert error.more > 800
    assert 0 < len(asked) <= 2 * MAX_PROBLEMS


def test_messages_are_shorter_than_what_was_sent() -> None:
    long = "x" * 100_000
    for document in (
        {"template": "x", "slots": {}, long: 1},
        {"timeline": {"tracks": [{"clips": [{"kind": long}]}]}},
        {"timeline": {"tracks": [{"clips": [{"kind": "image", "src": "a", "fit": long}]}]}},
        {"timeline": {"tracks": [], "background": long}},
    ):
        assert len(str(refused(document))) < 6000


def test_names_with_dots_and_brackets_are_reported() -> None:
    (problem,) = refused({"template": "x", "slots": {}, "a.b[0].c": 1}).problems
    assert problem.path == "a.b[0].c"
    assert problem.message.startswith("unknown name")


def test_a_place_is_reported_once() -> None:
    error = refused(
        {"timeline": {"tracks": [{"clips": [{"kind": "image", "src": "a", "x": [{"at": "x"}]}]}]}}
    )
    places = [problem.path for problem in error.problems]
    assert len(places) == len(set(places))
    assert "timeline.tracks[0].clips[0].x" not in places  # what is wrong inside it is


def test_unknown_names_keep_their_order() -> None:
    found = unknown_names(["b", "name", "a"], ["name"], guessed=1)
    assert found == [Problem("b", "unknown name; allowed: name"), Problem("a", "unknown name")]


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
_names = st.sampled_from(
    ["timeline", "tracks", "clips", "kind", "src", "x", "at", "fit", "effects", "slots", "template", "output"]
)
_near = st.recursive(
    _json | st.sampled_from(["image", "text", "group", "gap", "1f", "50%", "red", "basics.vignette"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=5),
    max_leaves=30,
)


@given(st.dictionaries(_names, _near, max_size=5))
@settings(max_examples=200, deadline=None)
def test_any_data_is_a_job_or_has_problems(data: dict[str, Any]) -> None:
    job, problems = check_job(data)
    assert (job is None) <= bool(problems)


@given(st.text(max_size=200) | st.lists(st.sampled_from(list("[]{}:-,&*!|>'\"%@`#?\n\t a1.~<")), max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_job_or_refused(text: str | list[str]) -> None:
    with contextlib.suppress(DocumentError):
        parse_job("".join(text))


@pytest.mark.parametrize("name", ["a\x1b[31m", "a\u202eb", "a\nb", "a\u061cb"])
def test_names_hold_only_what_can_be_shown(name: str) -> None:
    (problem,) = refused({"template": "x", "slots": {}, "name": name}).problems
    assert problem.path == "name"
    assert "holds a control character" in problem.message
    assert parse_job(json.dumps({"template": "x", "slots": {}, "name": "腕表 👨‍👩‍👧 שלום"})).name


@pytest.mark.parametrize(
    ("clip", "problem"),
    [
        ({"kind": "color", "colour": "red"}, "colour: unknown name; did you mean `color`?"),
        (
            {"kind": "color", "color": {"colour": ["red"]}},
            "color.colour: unknown name; did you mean `colors`?",
        ),
        ({"kind": "shape", "shadow": {"colr": "red"}}, "shadow.colr: unknown name; did you mean `color`?"),
        (
            {"kind": "image", "sticker": 1},
            "sticker: unknown name in this kind of clip; only `kind: sticker` has it",
        ),
    ],
)
def test_suggestions_are_names_of_the_kind_of_clip(clip: dict[str, Any], problem: str) -> None:
    document = {"timeline": {"tracks": [{"clips": [clip]}]}}
    assert f"timeline.tracks[0].clips[0].{problem}" in str(refused(document))
