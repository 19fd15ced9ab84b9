"""Pictures are recognised through edits, and distinguished from others and from colour variants."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from farm.dedup.image_signature import ImageSignature, image_signature_of
from farm.dedup.same import Likeness, likeness
from tests.unit.dedup.scenes import brighter, cropped, framed, jpeg, overlaid, scene

Edit = Callable[[Image.Image], Image.Image]

EDITS: dict[str, tuple[Edit, str]] = {
    "nothing": (lambda one: one, ""),
    "small and coarse": (lambda one: jpeg(one.resize((240, 300)), 25), ""),
    "cropped": (cropped, "crop of it (7"),
    "mirrored": (lambda one: one.transpose(Image.Transpose.FLIP_LEFT_RIGHT), "mirrored"),
    "brighter": (brighter, ""),
    "overlaid": (overlaid, "with something laid over"),
    "turned": (
        lambda one: one.rotate(4, Image.Resampling.BICUBIC, fillcolor=(236, 236, 232)),
        "turned by -4",
    ),
    "framed": (framed, "inside a larger picture (4"),
    "grey": (lambda one: one.convert("L").convert("RGB"), "without its colours"),
    "squeezed": (lambda one: one.resize((480, 480)), "stretched"),
    "crop, mirrored": (lambda one: cropped(one).transpose(Image.Transpose.FLIP_LEFT_RIGHT), "crop of it (7"),
}


def signature_of(picture: Image.Image) -> ImageSignature:
    return image_signature_of(np.asarray(picture.convert("RGB")))


def compared(kept: Image.Image, query: Image.Image) -> Likeness | None:
    return likeness(signature_of(kept), signature_of(query))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_picture_is_recognised_and_the_edit_is_named(edit: str, seed: int) -> None:
    change, expected_reason = EDITS[edit]
    original = scene(seed)
    found = compared(original, change(original))
    assert found is not None
    assert found.same
    assert found.reasons[0] == "same picture"
    assert any(reason.startswith(expected_reason) for reason in found.reasons)
    assert found.mirrored == ("mirrored" in edit)


@pytest.mark.parametrize("edit", EDITS)
def test_another_picture_is_not_taken_for_it(edit: str) -> None:
    found = compared(scene(1), EDITS[edit][0](scene(3)))
    assert found is None or not found.same


@pytest.mark.parametrize("edit", ["nothing", "cropped", "mirrored", "small and coarse"])
def test_a_colour_variant_is_reported_as_one(edit: str) -> None:
    found = compared(scene(1), EDITS[edit][0](scene(1, hue=1)))
    assert found is not None
    assert not found.same
    assert found.recoloured
    assert found.reasons[0] == "the same picture in other colours"


def test_the_right_variant_scores_best() -> None:
    query = signature_of(jpeg(cropped(scene(2, hue=1)), 60))
    scores = [
        found.score if (found := likeness(signature_of(scene(2, hue=hue)), query)) else 0.0
        for hue in (0, 1, 2)
    ]
    assert scores.index(max(scores)) == 1


@pytest.mark.parametrize("size", [(1, 1), (3, 400), (40, 40), (700, 16)])
def test_odd_and_plain_pictures_are_compared_with_nothing_found(size: tuple[int, int]) -> None:
    plain = Image.new("RGB", size, (90, 120, 200))
    assert len(signature_of(plain).points) == 0
    found = compared(plain, scene(1))
    assert found is None or not found.same
