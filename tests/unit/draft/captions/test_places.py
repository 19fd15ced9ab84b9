"""Safe areas in every shape of canvas, and places inside them."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.draft.captions.caption import Place
from farm.draft.captions.places import room_within, spot_of
from farm.model.look import Align
from farm.model.safe_area import PLATFORMS, PlatformName, SafeName, safe_insets

SHAPES = [(1080, 1920), (1080, 1350), (1080, 1080), (1920, 1080)]
NAMES: list[SafeName] = ["auto", "all", *PLATFORMS]


def test_every_platform_is_described() -> None:
    assert set(PLATFORMS) == set(get_args(PlatformName))
    assert all(one.title and one.source for one in PLATFORMS.values())


@pytest.mark.parametrize("size", SHAPES)
@pytest.mark.parametrize("name", NAMES)
def test_areas_leave_room_and_keep_the_edge_free(name: SafeName, size: tuple[int, int]) -> None:
    insets = safe_insets(name, *size)
    assert min(insets.left, insets.top, insets.right, insets.bottom) >= 0.05
    assert insets.left + insets.right <= 0.5
    assert insets.top + insets.bottom <= 0.6
    assert safe_insets("none", *size) == type(insets)()


def test_the_usual_area_respects_what_shows_the_shape_whole() -> None:
    tall = safe_insets("auto", 1080, 1920)
    assert tall.bottom == PLATFORMS["reels"].insets.bottom
    assert tall.right == PLATFORMS["shorts"].insets.right
    assert tall.top == PLATFORMS["shorts"].insets.top
    assert safe_insets("auto", 1920, 1080) == safe_insets("youtube", 1920, 1080)
    assert safe_insets("auto", 1080, 1080).bottom == 0.05


def test_a_wide_video_lies_between_what_apps_cover() -> None:
    # 16:9 in the middle of a phone: names and texts at its top and bottom lie beside it, buttons do not.
    insets = safe_insets("tiktok", 1920, 1080)
    assert insets.top == insets.bottom == 0.05
    assert insets.right == pytest.approx(140 / 1080)
    # A square reaches 420 of 1920 lines less far down; Reels cover 672.
    assert safe_insets("reels", 1080, 1080).bottom == pytest.approx((672 - 420) / 1080)


shares = st.floats(0, 1, allow_nan=False)
sides: st.SearchStrategy[Align] = st.sampled_from(["left", "center", "right"])


@given(
    st.sampled_from(SHAPES),
    st.sampled_from(NAMES),
    st.builds(
        Place,
        across=sides,
        down=st.sampled_from(["top", "middle", "bottom"]),
        x=st.none() | shares,
        y=st.none() | shares,
        align=st.none() | sides,
        width=st.none() | st.floats(0.05, 1),
        left=st.floats(0, 0.9),
        right=st.floats(0, 0.9),
        edge=st.floats(0, 0.9),
    )
    | st.none(),
    st.floats(0.05, 2),
    st.floats(0.02, 0.3),
    st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
)
def test_captions_are_inside_wherever_they_are_put(
    size: tuple[int, int],
    name: SafeName,
    place: Place | None,
    width: float,
    height: float,
    shift: tuple[float, float],
) -> None:
    room = room_within(safe_insets(name, *size))
    spot = spot_of(place, room, width, height, shift)
    assert spot.x >= room.left - 1e-9
    assert spot.y >= room.top - 1e-9
    assert spot.x + spot.width <= room.right + 1e-9
    assert spot.y + spot.height <= room.bottom + 1e-9
    assert spot.width >= min(width, room.width) - 1e-9 or place is None or place.x is None
    assert spot.width > 0
    assert spot.height >= min(height, room.height) - 1e-9


def test_a_place_in_the_area_is_kept() -> None:
    room = room_within(safe_insets("auto", 1080, 1920))
    spot = spot_of(Place("center", "middle", 0.4, 0.4), room, 0.2, 0.1, (0.0, 0.0))
    assert (spot.x + spot.width / 2, spot.y + spot.height / 2) == (pytest.approx(0.4), pytest.approx(0.4))
    assert not spot.moved
    assert spot_of(Place("center", "bottom", 0.5, 0.97), room, 0.2, 0.1, (0.0, 0.0)).moved
