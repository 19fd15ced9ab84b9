"""Effects of lenses, print, film and time, against what they promise."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from farm.errors import DocumentError
from farm.render.convert import frame_from_rgb
from farm.render.frame import Frame, Moment
from farm_basics.beats import Strobe, ZoomPunch
from farm_basics.drawn_looks import Edges, Emboss, Halftone, Oil, Pencil
from farm_basics.lens import LensDistortion, RgbSplit, Ripple, Swirl, joined
from farm_basics.overlays import Letterbox, LightSweep
from farm_basics.reflections import Kaleidoscope, Mirror, Waves
from farm_basics.retro import Glitch, OldFilm, Vhs

RATE = Fraction(30)


def at(seconds: float) -> Moment:
    return Moment(round(seconds * 30), 300, RATE)


def blocks(width: int, height: int, seed: int = 3) -> Frame:
    """Return blocks of 8x8 pixels of colours."""
    rng = np.random.default_rng(seed)
    rgb = rng.integers(20, 236, (height // 8, width // 8, 3), np.uint8)
    return frame_from_rgb(np.ascontiguousarray(rgb.repeat(8, 0).repeat(8, 1)))


def rgb_of(frame: Frame) -> np.ndarray:
    y = frame.y.reshape(frame.u.shape[0], 2, frame.u.shape[1], 2).mean(axis=(1, 3))
    e, cb, cr = (y - 16) / 219, (frame.u.astype(float) - 128) / 224, (frame.v.astype(float) - 128) / 224
    r, b = e + 1.5748 * cr, e + 1.8556 * cb
    return np.stack([r, (e - 0.2126 * r - 0.0722 * b) / 0.7152, b], axis=-1) * 255


def test_joined_channels_are_those_of_their_pictures() -> None:
    red, green, blue = (blocks(64, 48, seed) for seed in (1, 2, 3))
    found = rgb_of(joined(red, green, blue))[1::4, 1::4]
    for i, frame in enumerate((red, green, blue)):
        assert np.abs(found[..., i] - rgb_of(frame)[1::4, 1::4][..., i]).max() < 6
    same = joined(green, green, green)
    for a, b in zip(same.planes(), green.planes(), strict=True):
        assert np.abs(a.astype(int) - b).max() <= 1


def test_split_channels_come_from_both_sides() -> None:
    frame = blocks(96, 48)
    found = rgb_of(RgbSplit(distance=100 * 8 / 48).apply(frame, at(0)))[1::4, 1::4]
    wanted = rgb_of(frame)[1::4, 1::4]
    assert np.abs(found[:, 1:-1, 0] - wanted[:, :-2, 0]).max() < 6
    assert np.abs(found[:, 1:-1, 1] - wanted[:, 1:-1, 1]).max() < 6
    assert np.abs(found[:, 1:-1, 2] - wanted[:, 2:, 2]).max() < 6


@pytest.mark.parametrize(
    "effect",
    [
        LensDistortion(amount=0.0),
        Swirl(angle_deg=0.0),
        Ripple(amount=0.0),
        Waves(amount=0.0),
        Waves(axis="down", amount=0.0),
        RgbSplit(distance=0.0),
    ],
    ids=lambda effect: effect.name,
)
def test_no_displacement_leaves_the_picture(
    effect: LensDistortion | Swirl | Ripple | Waves | RgbSplit,
) -> None:
    frame = blocks(96, 64)
    for before, after in zip(frame.planes(), effect.apply(frame, at(0.4)).planes(), strict=True):
        assert np.abs(before.astype(int) - after).max() <= 1


def test_a_mirrored_picture_is_symmetrical_and_keeps_its_half() -> None:
    frame = blocks(96, 64)
    left = Mirror().apply(frame, at(0))
    assert np.array_equal(left.y, left.y[:, ::-1])
    assert np.array_equal(left.y[:, :48], frame.y[:, :48])
    bottom = Mirror(side="bottom").apply(frame, at(0))
    assert np.array_equal(bottom.y, bottom.y[::-1])
    assert np.array_equal(bottom.u, bottom.u[::-1])
    assert np.array_equal(bottom.y[32:], frame.y[32:])


def test_a_kaleidoscope_repeats_its_wedge() -> None:
    smooth = np.add.outer(np.arange(128), 2 * np.arange(128)) // 3 + 16
    half = np.full((64, 64), 128, np.uint8)
    frame = Frame(np.minimum(smooth, 235).astype(np.uint8), half, half)
    found = Kaleidoscope(segments=2, speed=0.0).apply(frame, at(0)).y.astype(int)
    # Two reflections: the same above and below, left and right of the centre (63.5 is rounded to 64).
    assert np.abs(found[64 - 40 : 64, 64] - found[65 : 64 + 41, 64][::-1]).max() <= 2
    assert np.abs(found[64, 64 - 40 : 64] - found[64, 65 : 64 + 41][::-1]).max() <= 2


def test_dots_cover_as_much_as_the_picture_is_dark() -> None:
    for luma in (60, 126, 190):
        frame = Frame.solid(240, 240, (luma, 128, 128))
        found = Halftone(colored=False, size=6.0, ink="#000000", paper="#ffffff").apply(frame, at(0))
        assert abs(float(found.y.mean()) - luma) < 6
        assert (found.y < 40).any()
        assert (found.y > 210).any()


def test_drawings_of_an_even_picture_are_empty() -> None:
    frame = Frame.solid(96, 64, (150, 110, 140))
    assert np.ptp(Edges(ink="#000000").apply(frame, at(0)).y) == 0
    assert np.ptp(Pencil(shading=0.0).apply(frame, at(0)).y) == 0
    assert (Emboss().apply(frame, at(0)).y == 126).all()
    assert (Oil().apply(frame, at(0)).y == 150).all()


def test_oil_keeps_a_hard_edge() -> None:
    y = np.full((96, 128), 40, np.uint8)
    y[:, 64:] = 200
    half = np.full((48, 64), 128, np.uint8)
    found = Oil(radius=4.0, relief=0.0).apply(Frame(y, half, half), at(0)).y
    assert (found[:, :60] == 40).all()
    assert (found[:, 68:] == 200).all()


def test_bars_enter_and_cover_transparent_parts() -> None:
    frame = Frame(*blocks(96, 64).planes(), np.zeros((64, 96), np.uint8), np.zeros((32, 48), np.uint8))
    found = Letterbox(size=12.5).apply(frame, at(2))
    assert found.a is not None
    assert (found.y[:8] == 16).all()
    assert (found.a[:8] == 255).all()
    assert not found.a[8:56].any()
    assert np.array_equal(found.y[8:56], frame.y[8:56])


def test_a_sweep_passes_once_and_returns() -> None:
    frame = Frame.solid(96, 64, (60, 110, 140))
    sweep = LightSweep(start_s=1.0, duration_s=0.5, every_s=2.0)
    lit = [float(sweep.apply(frame, at(s)).y.mean()) for s in (0.5, 1.25, 1.75, 3.25, 3.75)]
    assert lit[0] == lit[2] == lit[4] == 60
    assert lit[1] == lit[3] > 62


def test_beats_by_tempo_and_by_their_times() -> None:
    by_tempo, by_times = ZoomPunch(bpm=60, offset_s=0.5), ZoomPunch(beats_s="2 0.5, 1.0")
    assert by_tempo.strength(at(0.4)) == 0
    assert by_tempo.strength(at(0.5)) == by_tempo.strength(at(1.5)) == 1
    assert [by_times.strength(at(s)) for s in (0.2, 0.5, 1.0, 2.0, 2.5)] == [0, 1, 1, 1, 0]
    frame = blocks(96, 64)
    assert by_times.apply(frame, at(0.2)) is frame
    assert (Strobe(amount=1.0).apply(frame, at(0)).y == 235).all()
    with pytest.raises(DocumentError, match="`soon` is no time in seconds"):
        ZoomPunch(beats_s="0.5 soon")


def test_a_glitch_comes_in_bursts() -> None:
    frame = blocks(96, 64)
    found = Glitch(share=1.0, split=0.0, distance=20.0).apply(frame, at(0.2))
    assert found.y.tobytes() != frame.y.tobytes()
    quiet = Glitch(share=0.0)
    assert quiet.apply(frame, at(0.2)) is frame


@pytest.mark.parametrize("effect", [Vhs(), OldFilm(), Glitch(share=1.0)], ids=lambda one: one.name)
def test_what_is_random_depends_on_the_seed_alone(effect: Vhs | OldFilm | Glitch) -> None:
    frame = blocks(96, 64)
    first = effect.apply(frame, at(0.3)).y.tobytes()
    assert type(effect)(**effect.model_dump()).apply(frame, at(0.3)).y.tobytes() == first
    other = effect.model_copy(update={"seed": 77})
    assert other.apply(frame, at(0.3)).y.tobytes() != first
