"""Whole frames on a GPU equal the CPU's, whatever is on them."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest

from farm.plugin import hookimpl
from farm.plugins.registry import load_registry
from farm.render.compositor import Compositor
from farm.render.element import Effect
from farm.render.frame import Frame, Moment
from tests.contract.test_elements import EFFECTS, TRANSITIONS, digest
from tests.unit.render.cuda.scene import FRAMES, TELLING, Media, scene
from tests.unit.render.cuda.test_elements_on_gpu import ON_THE_CPU
from tests.unit.render.cuda.typed import TypedGpu

SIZE = (96, 128)


def test_every_frame_of_a_scene_equals_the_cpus() -> None:
    registry, gpu, timeline = load_registry(), TypedGpu(), scene(*SIZE)
    here, there = Compositor(timeline, Media(), registry), Compositor(timeline, Media(), registry, gpu)
    for number in range(FRAMES):
        assert digest(gpu.give(there.frame(number))) == digest(here.frame(number)), f"frame {number}"
    assert gpu.detours == ()


@pytest.mark.parametrize(
    ("transition", "effect"),
    [(kind.name, EFFECTS[index % len(EFFECTS)].name) for index, kind in enumerate(TRANSITIONS)],
)
def test_any_element_may_take_part(transition: str, effect: str) -> None:
    registry, gpu = load_registry(), TypedGpu()
    timeline = scene(*SIZE, transition=transition, effect=effect)
    here, there = Compositor(timeline, Media(), registry), Compositor(timeline, Media(), registry, gpu)
    for number in TELLING[1:-1:2]:
        assert digest(gpu.give(there.frame(number))) == digest(here.frame(number)), f"frame {number}"
    assert set(gpu.detours) == {effect} & ON_THE_CPU


class Lift(Effect):
    """Reckons with NumPy."""

    name: ClassVar[str] = "acme.lift"

    def apply(self, frame: Frame, at: Moment) -> Frame:
        y = np.clip(frame.y.astype(np.int32) + at.frame, 16, 235).astype(np.uint8)
        return Frame(y, frame.u, frame.v, frame.a, frame.a2)


def test_a_detour_through_the_cpu_changes_no_pixel_and_is_reported() -> None:
    plugin = SimpleNamespace(farm_effects=hookimpl(lambda: [Lift]))
    registry = load_registry([("acme", plugin, "1")])
    gpu, timeline = TypedGpu(), scene(*SIZE, effect="acme.lift")
    here, there = Compositor(timeline, Media(), registry), Compositor(timeline, Media(), registry, gpu)
    for number in TELLING:
        assert digest(gpu.give(there.frame(number))) == digest(here.frame(number)), f"frame {number}"
    assert gpu.detours == ("acme.lift",)


def test_streamed_frames_are_each_right_until_the_next() -> None:
    registry, gpu, timeline = load_registry(), TypedGpu(), scene(*SIZE)
    here, there = Compositor(timeline, Media(), registry), Compositor(timeline, Media(), registry, gpu)
    asked: list[int] = []

    def composed() -> Iterator[Frame]:
        for number in range(5):
            asked.append(number)
            yield there.frame(number)

    for number, frame in enumerate(gpu.stream(composed())):
        # The next is under way while this one is used.
        assert asked[-1] == min(number + 1, 4)
        assert digest(frame) == digest(here.frame(number))
    assert len(asked) == 5
    assert list(gpu.stream(iter(()))) == []
