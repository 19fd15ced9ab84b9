"""Effects on sRGB pixels: what goes in comes back, alpha stays, and wrong results are refused with a reason."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
import pytest

from farm.render.frame import Frame, Moment
from farm.render.rgb_effect import RgbEffect, RgbPixels
from tests.contract.test_elements import digest, picture
from tests.unit.render.cuda.typed import TypedGpu

NOW = Moment(0, 30, Fraction(30))


class Same(RgbEffect):
    """Returns what it gets."""

    name: ClassVar[str] = "acme.same"

    def apply_rgb(self, rgb: RgbPixels, at: Moment) -> RgbPixels:  # noqa: ARG002
        return rgb


class Wrong(RgbEffect):
    """Returns anything."""

    name: ClassVar[str] = "acme.wrong"
    made: ClassVar[Any] = None

    def apply_rgb(self, rgb: RgbPixels, at: Moment) -> RgbPixels:  # noqa: ARG002
        made: RgbPixels = self.made
        return made


def test_an_even_picture_comes_back_and_alpha_stays() -> None:
    frame = picture(32, 24, 1, alpha=True, premultiplied=False)
    y, u, v = (np.full_like(p, level) for p, level in ((frame.y, 120), (frame.u, 110), (frame.v, 140)))
    even = Frame(y, u, v, frame.a, frame.a2)
    found = Same().apply(even, NOW)
    for a, b in zip(found.planes(), even.planes(), strict=True):
        assert np.abs(a.astype(int) - b).max() <= 1
    assert found.a is frame.a
    assert found.a2 is frame.a2


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (None, "returned a NoneType; an array of uint8 is due"),
        (np.zeros((24, 32, 3)), "returned an array of float64; uint8 is due"),
        (np.zeros((24, 32), np.uint8), r"of shape \(24, 32\); \(24, 32, 3\) is due"),
    ],
)
def test_a_wrong_result_is_refused(made: Any, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Wrong, "made", made)
    with pytest.raises((TypeError, ValueError), match=says):
        Wrong().apply(picture(32, 24, 1, alpha=False, premultiplied=False), NOW)


def test_on_a_gpu_it_runs_on_the_cpu() -> None:
    frame, gpu = picture(32, 24, 2, alpha=False, premultiplied=False), TypedGpu()
    found = gpu.run("acme.same", lambda given: Same().apply(given, NOW), gpu.take(frame))
    assert gpu.detours == ("acme.same",)
    assert digest(gpu.give(found)) == digest(Same().apply(frame, NOW))
