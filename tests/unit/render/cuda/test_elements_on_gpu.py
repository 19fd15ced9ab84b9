"""Every effect and transition gives the CPU's bytes on a GPU; one that needs the CPU runs there and is named."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

import numpy as np
import pytest
from numba import njit

from farm.render.device import Cpu, NotOnDevice, on_device
from farm.render.element import Effect
from farm.render.frame import Frame, Moment, Plane
from tests.contract.test_elements import alphas, digest, effects, picture, transitions
from tests.unit.render.cuda.typed import TypedGpu

AT = Moment(7, 20, Fraction(30))
ON_THE_CPU = {"basics.cartoon", "basics.kaleidoscope", "basics.lens_blur", "basics.oil", "basics.ripple"}
"""Effects whose kernels have no CUDA form."""


@effects
@alphas
def test_an_effect_runs_on_a_gpu(kind: type[Effect], alpha: bool) -> None:
    frame = picture(66, 48, 2, alpha=alpha, premultiplied=kind.premultiplied)
    effect, gpu = kind(), TypedGpu()
    found = gpu.run(kind.name, lambda given: effect.apply(given, AT), gpu.take(frame))
    assert gpu.detours == ((kind.name,) if kind.name in ON_THE_CPU else ())
    assert digest(gpu.give(found)) == digest(effect.apply(frame, AT))


@transitions
@alphas
@pytest.mark.parametrize("progress", [0.0, 0.03, 0.4, 0.8, 1.0])
def test_a_transition_runs_on_a_gpu(kind: type, alpha: bool, progress: float) -> None:
    old = picture(66, 48, 3, alpha=alpha, premultiplied=True)
    new = picture(66, 48, 4, alpha=alpha, premultiplied=True)
    transition, gpu = kind(), TypedGpu()
    found = gpu.run(
        kind.name, lambda one, two: transition.mix(one, two, progress), gpu.take(old), gpu.take(new)
    )
    assert gpu.detours == ()
    assert digest(gpu.give(found)) == digest(transition.mix(old, new, progress))


class WithNumpy(Effect):
    """Reckons with NumPy."""

    name: ClassVar[str] = "acme.with_numpy"

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        y = np.clip(frame.y.astype(np.int32) + 9, 16, 235).astype(np.uint8)
        return Frame(y, frame.u, frame.v, frame.a, frame.a2)


class WithOperators(Effect):
    """Reckons with operators, after a kernel that has run already."""

    name: ClassVar[str] = "acme.with_operators"

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        u = np.zeros_like(frame.u)
        return Frame(frame.y, u, frame.v // 2 + 64, frame.a, frame.a2)


@njit("void(u1[:,::1],u1[:,::1])")
def _inverted(out, src):  # type: ignore[no-untyped-def]
    for j in range(src.shape[0]):
        for i in range(src.shape[1]):
            out[j, i] = 251 - src[j, i]


class WithItsOwnLoop(Effect):
    """Has a kernel without a CUDA form."""

    name: ClassVar[str] = "acme.with_its_own_loop"

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        out = np.empty_like(frame.y)
        _inverted(out, np.array(frame.y))
        return Frame(out, frame.u, frame.v, frame.a, frame.a2)


class WithOnlyItsOwnLoop(WithItsOwnLoop):
    """Gives its kernel the planes as they come."""

    name: ClassVar[str] = "acme.with_only_its_own_loop"

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        out = np.empty_like(frame.y)
        _inverted(out, frame.y)
        return Frame(out, frame.u, frame.v, frame.a, frame.a2)


class WithNewPlanes(Effect):
    """Returns planes in this machine's memory."""

    name: ClassVar[str] = "acme.with_new_planes"

    def apply(self, frame: Frame, at: Moment) -> Frame:
        grey = np.full((frame.height // 2, frame.width // 2), 128 + at.frame, np.uint8)
        return Frame(frame.y, grey, grey, frame.a, frame.a2)


@pytest.mark.parametrize(
    "effect",
    [WithNumpy(), WithOperators(), WithItsOwnLoop(), WithOnlyItsOwnLoop(), WithNewPlanes()],
    ids=lambda effect: effect.name,
)
def test_an_effect_without_a_form_runs_on_the_cpu_and_is_named(effect: Effect) -> None:
    frame = Frame(*(plane.copy() for plane in picture(34, 18, 5, alpha=True, premultiplied=False).planes()))
    gpu = TypedGpu()
    for _ in range(2):
        found = gpu.run(effect.name, lambda given: effect.apply(given, AT), gpu.take(frame))
        assert gpu.take(found) is found
        assert digest(gpu.give(found)) == digest(effect.apply(frame, AT))
    assert gpu.detours == (effect.name,)


def test_an_effects_own_error_is_not_taken_for_a_detour() -> None:
    gpu = TypedGpu()
    frame = gpu.take(picture(8, 8, 1, alpha=False, premultiplied=True))

    def wrong(_: Frame) -> Frame:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        gpu.run("acme.wrong", wrong, frame)
    assert gpu.detours == ()


def test_kernels_do_not_mix_memories() -> None:
    from farm_basics.kernels import mix_planes

    gpu = TypedGpu()
    host = np.zeros((4, 4), np.uint8)
    here, there = gpu.upload(host), host.copy()
    for planes in ((here, here, 1, there), (here, there, 1, here), (there, here, 1, there)):
        with pytest.raises(NotOnDevice):
            mix_planes(*planes)


def test_a_kernel_that_a_gpu_has_no_form_of_is_run_on_the_cpu() -> None:
    @on_device
    def darken(plane: Plane) -> None:
        plane //= 2

    def darkened(frame: Frame) -> Frame:
        y = frame.y.copy()
        darken(y)
        return Frame(y, frame.u, frame.v)

    gpu, frame = TypedGpu(), picture(8, 8, 1, alpha=False, premultiplied=True)
    with pytest.raises(NotOnDevice, match="`darken` has no form"):
        darken(gpu.upload(frame.y))
    found = gpu.give(gpu.run("acme.darken", darkened, gpu.take(frame)))
    assert np.array_equal(found.y, frame.y // 2)
    assert gpu.detours == ("acme.darken",)


def test_the_cpu_takes_and_gives_frames_as_they_are() -> None:
    frame, cpu = picture(8, 8, 1, alpha=False, premultiplied=True), Cpu()
    assert cpu.take(frame) is cpu.give(frame) is cpu.run("any", lambda one: one, frame) is frame
