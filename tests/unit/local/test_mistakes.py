"""Mistakes in Python code are reported in its own words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest

import farm
from farm.plugin import Effect, Frame, Moment, TextStyle


class Dim(Effect):
    """Do nothing."""

    name: ClassVar[str] = "mistaken.dim"
    strength: float = 0.5

    def apply(self, frame: Frame, at: Moment) -> Frame:
        del at
        return frame


def clip(**fields: Any) -> farm.ColorClip:
    return farm.ColorClip(color="red", duration=1, **fields)


def job(**fields: Any) -> farm.TimelineJob:
    track = farm.Track(clips=[clip(**fields)])
    return farm.TimelineJob(timeline=farm.Timeline(tracks=[track]), output=farm.Output(size=[64, 64]))


def render(*args: Any, **options: Any) -> farm.Production:
    return farm.render(*args, out="never.mp4", **options)


WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "a class": (
        lambda: clip(effects=[Dim]),
        "effects[0]: is the class `Dim`; give an object of it, such as Dim()",
    ),
    "a function": (
        lambda: clip(effects=[len]),
        "effects[0]: an object of the type `builtin_function_or_method`",
    ),
    "one item": (lambda: farm.Track(clips=clip()), "clips: is one ColorClip; write a list: clips=[…]"),  # type: ignore[arg-type]
    "another kind": (lambda: farm.Timeline(tracks=[clip()]), "tracks[0]: a `ColorClip` does not belong here"),  # type: ignore[list-item]
    "a tuple": (
        lambda: clip(opacity=[(0, 0)]),
        "opacity[0]: an object of the type `tuple` does not belong here",
    ),
    "a parameter": (lambda: Dim(strenght=1), "strenght: unknown name; did you mean `strength`?"),  # type: ignore[call-arg]
    "a style": (lambda: TextStyle(sise=1), "sise: unknown name; did you mean `size`?"),  # type: ignore[call-arg]
    "a track": (lambda: render(farm.Track(clips=[clip()])), "a `Track` is not a job; give a document's path"),
    "nothing": (lambda: render(None), "a `NoneType` is not a job"),
    "a list": (lambda: farm.plan([job()]), "a `list` is not a job"),  # type: ignore[arg-type]
    "workers": (lambda: render(job(), workers="2"), "workers: is '2'; give 1 or more"),
    "not passed": (lambda: farm.validate(job(effects=[Dim()])), "pass elements of your own to the call"),
}
"""What somebody wrote, and what they read."""


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_a_problem_with_its_place(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FARM_HOME", str(tmp_path / "home"))
    write, message = WRONG[case]
    with pytest.raises(farm.DocumentError) as caught:
        write()
    assert message in str(caught.value)
    assert len(caught.value.problems) == 1
    assert not (tmp_path / "never.mp4").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"effects": Dim}, "`effects` takes a list of classes"),
        ({"stickers": ["basics.heart"]}, "`stickers` takes a list of classes"),
        ({"text_styles": [TextStyle()]}, "`text_styles` takes styles by name"),
    ],
)
def test_elements_are_passed_as_classes(options: dict[str, Any], message: str) -> None:
    with pytest.raises(farm.PluginError, match=message):
        farm.plan(job(), **options)


def test_fields_have_names() -> None:
    with pytest.raises(TypeError, match="ImageClip takes named arguments only, such as name=…"):
        farm.ImageClip("watch.jpg", 2)  # type: ignore[misc]


def test_a_timeline_is_drafted_from_a_template() -> None:
    words = {
        "template": "retail.spotlight",
        "slots": {"product": {"name": "Kettle"}, "photos": [], "duration": 6},
    }
    with pytest.raises(farm.DocumentError, match="photos"):
        farm.draft(words)
    drafted = farm.draft(job())
    assert drafted.timeline == job().timeline
    assert drafted.output == job().output
