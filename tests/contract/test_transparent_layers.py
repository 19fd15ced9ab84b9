"""What every effect does on a picture with a soft edge and much around it that is transparent."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray

from farm.render.element import Effect
from farm.render.frame import Frame, Moment
from farm.render.place import Mapping, place
from farm.render.result import overshoot_of
from farm.render.straight import Layer, premultiplied
from tests.contract.test_elements import EFFECTS, digest, effects

W, H = 192, 128
AT = Moment(9, 30, Fraction(30))
Yuv = tuple[int, int, int]
ORANGE: Final[Yuv] = (160, 80, 170)
GROUNDS: Final[tuple[Yuv, ...]] = ((30, 128, 128), (220, 128, 128))
TELLING: Final[dict[str, dict[str, Any]]] = {
    "basics.grade": {"warmth": 0.5},
    "basics.glitch": {"share": 1.0},
    "basics.glow": {"threshold": 0.3},
}
"""Parameters with which an effect shows."""
COVERS: Final = {"basics.letterbox"}
"""Effects that cover what is transparent on purpose."""
REPEATS: Final = {"basics.kaleidoscope", "basics.mirror"}
"""Effects that show the picture a second time, far from where it is."""
PARTS: Final = {"basics.chromatic_aberration", "basics.glitch", "basics.rgb_split"}
"""Effects whose edges are coloured on purpose."""
DRAWS: Final = {"basics.cartoon", "basics.edges", "basics.emboss", "basics.pencil"}
"""Effects that draw an outline, which no even picture without an edge has."""
KEYS: Final = {"basics.chroma_key", "basics.luma_key"}

MOVING = [kind for kind in EFFECTS if kind.premultiplied]
STRAIGHT = [kind for kind in EFFECTS if not kind.premultiplied]


def made(kind: type[Effect]) -> Effect:
    return kind.model_validate(TELLING.get(kind.name, {}))


def disc(color: Yuv, x: float = 60, y: float = 60, radius: float = 22, edge: float = 5) -> Frame:
    """Return a premultiplied frame with an even disc that has a soft edge."""
    frame = Frame.empty(W, H, alpha=True)
    assert frame.a is not None
    assert frame.a2 is not None
    down, across = np.mgrid[0:H, 0:W]
    far = np.sqrt((across - x) ** 2 + (down - y) ** 2)
    frame.a[:] = np.round(255 * np.clip((radius - far) / edge + 0.5, 0, 1))
    fours = frame.a.astype(int).reshape(H // 2, 2, W // 2, 2).sum(axis=(1, 3))
    frame.a2[:] = (fours + 2) // 4
    for plane, level in zip((frame.y, frame.u, frame.v), color, strict=True):
        plane[:] = level
    return premultiplied(frame)


def affected(effect: Effect, layer: Layer) -> Frame:
    """Return a layer with an effect applied, as the compositor does it, premultiplied."""
    given = layer.premultiplied() if effect.premultiplied else layer.straight()
    return Layer(effect.apply(given, AT), is_straight=not effect.premultiplied).premultiplied()


def over(layer: Frame, color: Yuv) -> Frame:
    ground = Frame.solid(W, H, color)
    place(ground, layer, Mapping(0, 0), 1.0, (0, 0, W, H))
    return ground


def bounds(*planes: NDArray[np.uint8] | int) -> tuple[int, int]:
    return min(int(np.min(one)) for one in planes), max(int(np.max(one)) for one in planes)


@effects
def test_colours_of_transparent_pixels_do_not_matter(kind: type[Effect]) -> None:
    clean, effect = disc(ORANGE), made(kind)
    rng = np.random.default_rng(3)
    straight = Layer(clean).straight()
    dirty = [
        np.where(alpha == 0, rng.integers(0, 256, plane.shape), plane).astype(np.uint8)
        for plane, alpha in zip(
            (straight.y, straight.u, straight.v), (clean.a, clean.a2, clean.a2), strict=True
        )
    ]
    given = Layer(Frame(*dirty, clean.a, clean.a2), is_straight=True, continues=False)
    same = Layer(straight, is_straight=True, continues=False)
    assert digest(affected(effect, given)) == digest(affected(effect, same))


@effects
def test_a_result_is_a_layer_that_can_be_composed(kind: type[Effect]) -> None:
    assert overshoot_of(affected(made(kind), Layer(disc(ORANGE)))) == ""


@effects
def test_far_from_the_picture_all_stays_transparent(kind: type[Effect]) -> None:
    result = affected(made(kind), Layer(disc(ORANGE, 40, 40, 14)))
    assert result.a is not None
    assert result.a2 is not None
    if kind.name in COVERS | REPEATS:
        return
    assert not result.a[:, 150:].any()
    assert not result.a2[:, 75:].any()
    # Nor is there any colour where nothing is to be seen.
    assert not result.y[:, 150:].any()
    assert not result.u[:, 75:].any()


@effects
@pytest.mark.parametrize("ground", GROUNDS, ids=["dark", "light"])
def test_an_edge_has_no_colours_but_the_pictures_and_the_grounds(kind: type[Effect], ground: Yuv) -> None:
    if kind.name in KEYS:
        pytest.skip("decides by colour what is seen")
    effect = made(kind)
    # What the effect makes of the colour where there is no edge.
    whole = effect.apply(Frame.solid(W, H, ORANGE), AT)
    seen = over(affected(effect, Layer(disc(ORANGE))), ground)
    for found, alone, own, behind, plane in zip(
        seen.planes(), whole.planes(), ORANGE, ground, "yuv", strict=True
    ):
        if (plane == "y" and kind.name in DRAWS) or kind.name in PARTS:
            continue
        low, high = bounds(alone, own, behind)
        assert low - 5 <= found.min(), plane
        assert found.max() <= high + 5, plane


@pytest.mark.parametrize("kind", MOVING, ids=[kind.name for kind in MOVING])
@pytest.mark.parametrize("ground", GROUNDS, ids=["dark", "light"])
def test_moving_and_mixing_a_picture_is_the_same_before_and_after_it_is_composed(
    kind: type[Effect], ground: Yuv
) -> None:
    picture, effect = disc(ORANGE), made(kind)
    before = effect.apply(over(picture, ground), AT)
    after = over(affected(effect, Layer(picture)), ground)
    for one, other in zip(before.planes(), after.planes(), strict=True):
        assert np.abs(one.astype(int) - other).max() <= 4


@pytest.mark.parametrize("kind", STRAIGHT, ids=[kind.name for kind in STRAIGHT])
def test_what_shines_or_moves_beyond_an_outline_is_seen_there(kind: type[Effect]) -> None:
    if kind.name in KEYS:
        pytest.skip("decides by colour what is seen")
    white, black = disc((235, 128, 128)), (16, 128, 128)
    effect = made(kind)
    lit = effect.apply(over(white, black), AT).y.astype(int) - effect.apply(Frame.solid(W, H, black), AT).y
    result = affected(effect, Layer(white))
    assert result.a is not None
    # Edges are lines on paper, which begins at the outline: the paper around it is not the picture's.
    if kind.name not in DRAWS | {"basics.halftone"}:
        assert (result.a[lit > 40] > 0).all()


def test_light_shines_beyond_an_outline() -> None:
    white = disc((235, 128, 128))
    assert white.a is not None
    for name in ("basics.bloom", "basics.glow"):
        kind = next(one for one in EFFECTS if one.name == name)
        found = affected(made(kind), Layer(white))
        assert found.a is not None
        assert (found.a >= white.a).all()
        assert found.a[(white.a == 0)].max() > 20


@pytest.mark.parametrize("by", [0, 4])
def test_parted_channels_are_as_opaque_as_any_of_them(by: int) -> None:
    kind = next(one for one in EFFECTS if one.name == "basics.rgb_split")
    picture = disc((235, 128, 128))
    result = affected(kind.model_validate({"distance": by / H * 100}), Layer(picture))
    assert result.a is not None
    assert result.a2 is not None
    assert picture.a is not None
    union = np.maximum.reduce([np.roll(picture.a, shift, axis=1) for shift in (-by, 0, by)])
    assert np.array_equal(result.a, union)
    if by:
        # Red is to the right of the disc, blue to its left.
        assert result.v[30, 42] > result.a2[30, 42] * 0.55
        assert result.u[30, 18] > result.a2[30, 18] * 0.55


NEUTRAL: Final[dict[str, dict[str, Any]]] = {
    "bleach_bypass": {"amount": 0}, "bloom": {"amount": 0, "color": 0}, "blur": {"radius": 0},
    "box_blur": {"radius": 0}, "cartoon": {"amount": 0}, "chromatic_aberration": {"amount": 0},
    "cross_process": {"amount": 0}, "directional_blur": {"length": 0}, "duotone": {"amount": 0},
    "edges": {"amount": 0}, "emboss": {"amount": 0}, "flicker": {"amount": 0}, "glitch": {"share": 0},
    "glow": {"amount": 0}, "grade": {}, "grain": {"amount": 0}, "halftone": {"size": 0},
    "hue": {"angle_deg": 0}, "hue_cycle": {"speed": 0, "saturation": 1}, "invert": {"amount": 0},
    "lens_blur": {"radius": 0}, "lens_distortion": {"amount": 0, "kind": "fisheye"},
    "letterbox": {"size": 0}, "light_leak": {"amount": 0},
    "light_sweep": {"amount": 0}, "look": {"amount": 0}, "mono": {"amount": 0, "contrast": 1},
    "mosaic": {"size": 0}, "oil": {"radius": 0}, "pencil": {"radius": 0}, "posterise": {"amount": 0},
    "rgb_split": {"distance": 0}, "ripple": {"amount": 0}, "scanlines": {"amount": 0, "glow": 0},
    "sepia": {"amount": 0}, "shake": {"amount": 0}, "sharpen": {"amount": 0}, "spin_blur": {"angle_deg": 0},
    "strobe": {"amount": 0}, "swirl": {"angle_deg": 0}, "threshold": {"amount": 0},
    "tilt_shift": {"radius": 0, "saturation": 1}, "vignette": {"amount": 0}, "waves": {"amount": 0},
    "zoom_blur": {"amount": 0}, "zoom_punch": {"amount": 0},
}  # fmt: skip
"""Values with which effects leave pictures unchanged."""
ROUNDED: Final = {"basics.chromatic_aberration": 1, "basics.rgb_split": 1}
"""Levels by which an effect rounds even then: those that go by red, green and blue."""


@pytest.mark.parametrize("name", NEUTRAL)
def test_neutral_values_leave_a_picture_unchanged(name: str) -> None:
    kind = next(one for one in EFFECTS if one.name == f"basics.{name}")
    rng = np.random.default_rng(5)
    frame = disc(ORANGE)
    opaque = Frame(
        *(rng.integers(60, 180, plane.shape).astype(np.uint8) for plane in (frame.y, frame.u, frame.v))
    )
    effect = kind.model_validate(NEUTRAL[name])
    for given in (opaque, frame):
        layer = Layer(given)
        plain = given if effect.premultiplied else premultiplied(layer.straight())
        result = affected(effect, layer)
        for one, other in zip(result.planes(), plain.planes(), strict=True):
            assert np.abs(one.astype(int) - other).max() <= ROUNDED.get(kind.name, 0)


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("cartoon", "smoothing"), ("halftone", "size"), ("lens_blur", "radius"), ("mosaic", "size"),
        ("oil", "radius"), ("pencil", "radius"), ("edges", "amount"), ("emboss", "amount"),
    ],
)  # fmt: skip
def test_a_picture_comes_into_focus_without_a_jump(name: str, parameter: str) -> None:
    kind = next(one for one in EFFECTS if one.name == f"basics.{name}")
    for given in (over(disc(ORANGE), GROUNDS[0]), disc(ORANGE)):
        layer, found = Layer(given), []
        for value in (0.0, 0.001, 0.002):
            found.append(affected(kind.model_validate({parameter: value}), layer))
        for one, other in pairwise(found):
            for plane, after in zip(one.planes(), other.planes(), strict=True):
                assert np.abs(plane.astype(int) - after).max() <= 8
