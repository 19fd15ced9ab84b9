"""Keys: alpha and colour of a foreground with known soft edges, composited over the key's colour."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from farm.model.color import parse_color, to_yuv
from farm.render.convert import frame_from_rgb
from farm.render.frame import Frame, Moment
from farm_basics.keys import ChromaKey, LumaKey

NOW = Moment(0, 30, Fraction(30))
SIZE = 192


def disc(soft_px: float) -> np.ndarray:
    """Return the alpha of a disc with a soft edge, 0 to 1."""
    y, x = np.mgrid[0:SIZE, 0:SIZE] + 0.5
    far = np.hypot(x - SIZE / 2, y - SIZE / 2)
    return np.clip((70 - far) / soft_px + 0.5, 0, 1)


def composited(ink: str, ground: str, alpha: np.ndarray) -> Frame:
    colors = [np.array([c.r, c.g, c.b], float) for c in (parse_color(ink), parse_color(ground))]
    rgb = colors[0] * alpha[..., None] + colors[1] * (1 - alpha[..., None])
    return frame_from_rgb(np.floor(rgb + 0.5).astype(np.uint8))


def over(keyed: Frame, ground: str) -> Frame:
    assert keyed.a is not None
    assert keyed.a2 is not None
    planes = []
    for plane, alpha, below in zip(
        (keyed.y, keyed.u, keyed.v), (keyed.a, keyed.a2, keyed.a2), to_yuv(parse_color(ground)), strict=True
    ):
        share = alpha / 255
        planes.append(np.floor(plane * share + below * (1 - share) + 0.5).astype(np.uint8))
    return Frame(*planes)


@pytest.mark.parametrize("screen", ["#00b140", "#0047bb"], ids=["green", "blue"])
@pytest.mark.parametrize("ink", ["#c8c8c8", "#d03028", "#302018", "#f0c090"])
@pytest.mark.parametrize("soft_px", [8.0, 24.0])
def test_soft_edges_keep_their_alpha_and_colour(ink: str, screen: str, soft_px: float) -> None:
    alpha = disc(soft_px)
    keyed = ChromaKey(color=screen).apply(composited(ink, screen, alpha), NOW)
    assert keyed.a is not None
    wrong = np.abs(keyed.a / 255 - alpha)
    edge = (alpha > 0) & (alpha < 1)
    # Exact but for the ends of the ramp where the foreground is grey; one of another hue hides some of the key's,
    # so that its edge becomes steeper.
    neutral = ink == "#c8c8c8"
    assert wrong.mean() < (0.02 if neutral else 0.08)
    assert wrong[edge].mean() < (0.12 if neutral else 0.3)
    assert keyed.a[alpha == 0].mean() < 0.5
    assert keyed.a[alpha == 1].mean() > 254
    # Over a grey ground the colours are right, and nowhere is there a fringe of the screen's.
    wanted, found = composited(ink, "#707070", alpha), over(keyed, "#707070")
    for a, b in zip(wanted.planes(), found.planes(), strict=True):
        assert np.abs(a.astype(int) - b).mean() < (1.5 if neutral else 6)
    _, key_u, key_v = to_yuv(parse_color(screen))
    direction = np.array([key_u - 128, key_v - 128]) / np.hypot(key_u - 128, key_v - 128)
    fringe = direction[0] * (found.u - 128.0) + direction[1] * (found.v - 128.0)
    assert np.percentile(fringe, 99.5) < 8


def test_spill_is_taken_off_opaque_parts() -> None:
    # A grey thing in 8 % of the screen's light.
    lit = np.floor(np.array([140, 140, 140]) * 0.92 + np.array([0, 177, 64]) * 0.08 + 0.5).astype(np.uint8)
    frame = frame_from_rgb(np.full((16, 16, 3), lit, np.uint8))
    plain, cleaned = (ChromaKey(spill=share).apply(frame, NOW) for share in (0.0, 1.0))
    assert np.abs(plain.u.astype(int) - 128).max() + np.abs(plain.v.astype(int) - 128).max() > 6
    assert np.abs(cleaned.u.astype(int) - 128).max() <= 2
    assert np.abs(cleaned.v.astype(int) - 128).max() <= 2
    assert cleaned.a is not None
    assert (cleaned.a == 255).all()


def test_the_garbage_matte_removes_what_lies_outside() -> None:
    frame = composited("#c8c8c8", "#c8c8c8", np.ones((SIZE, SIZE)))
    keyed = ChromaKey(keep_left=0.25, keep_top=0.5, keep_right=0.75).apply(frame, NOW)
    assert keyed.a is not None
    assert (keyed.a[SIZE // 2 :, SIZE // 4 : SIZE * 3 // 4] == 255).all()
    assert int(keyed.a.astype(bool).sum()) == SIZE * SIZE // 4


def test_alpha_of_the_frame_stays() -> None:
    frame = composited("#c8c8c8", "#00b140", disc(8))
    half = Frame(frame.y, frame.u, frame.v, np.full_like(frame.y, 128), np.full_like(frame.u, 128))
    keyed = ChromaKey().apply(half, NOW)
    assert keyed.a is not None
    assert int(keyed.a.max()) == 128
    assert int(keyed.a[0, 0]) == 0


def test_a_luma_key_is_a_ramp() -> None:
    y = np.tile(np.arange(256, dtype=np.uint8), (2, 1))
    frame = Frame(y, np.full((1, 128), 128, np.uint8), np.full((1, 128), 128, np.uint8))
    found = LumaKey(low=0.4, high=0.6, softness=0.1).apply(frame, NOW)
    assert found.a is not None
    luma = np.clip((np.arange(256) - 16) / 219, 0, 1)
    wanted = 255 * np.clip(np.maximum(0.4 - luma, luma - 0.6) / 0.1, 0, 1)
    assert np.abs(found.a[0] - wanted).max() <= 0.51
    other = LumaKey(low=0.4, high=0.6, softness=0.1, invert=True).apply(frame, NOW)
    assert other.a is not None
    assert (np.abs(other.a.astype(int) + found.a - 255) <= 1).all()
