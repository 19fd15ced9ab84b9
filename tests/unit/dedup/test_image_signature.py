"""Image signatures: written and read again, mirrored, turned into vectors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from farm.dedup.image_signature import ImageSignature, image_signature_of
from farm.dedup.points import PICTURE_PX
from farm.dedup.vectors import DETAILS_SIZE, LAYOUT_SIZE, details_of, layout_of
from farm.errors import StoreError
from tests.unit.dedup.scenes import scene

SIZES = st.tuples(st.integers(1, 300), st.integers(1, 300))


@settings(deadline=None, max_examples=15)
@given(SIZES, st.integers(0, 50))
def test_an_image_signature_is_read_as_it_was_written(size: tuple[int, int], seed: int) -> None:
    one = image_signature_of(np.asarray(scene(seed).resize(size)))
    read = ImageSignature.from_bytes(one.to_bytes())
    assert np.array_equal(read.small, one.small)
    assert np.array_equal(read.points.descriptors, one.points.descriptors)
    assert np.allclose(read.points.places, one.points.places, atol=1e-4)
    assert np.allclose(read.points.sizes, one.points.sizes, atol=1e-4)


@settings(deadline=None, max_examples=15)
@given(SIZES, st.integers(0, 50))
def test_vectors_have_length_one_and_mirroring_a_signature_twice_restores_it(
    size: tuple[int, int], seed: int
) -> None:
    one = image_signature_of(np.asarray(scene(seed).resize(size)))
    for vector, count in ((layout_of(one), LAYOUT_SIZE), (details_of(one), DETAILS_SIZE)):
        assert vector.shape == (count,)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)
    twice = one.mirrored().mirrored()
    assert np.array_equal(twice.small, one.small)
    assert np.array_equal(twice.points.descriptors, one.points.descriptors)
    assert np.allclose(twice.points.places, one.points.places, atol=1e-5)


def test_a_mirrored_signature_is_near_the_signature_of_the_mirrored_picture() -> None:
    picture = scene(4, (PICTURE_PX, 300))
    flipped = image_signature_of(np.asarray(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    mirrored = image_signature_of(np.asarray(picture)).mirrored()
    assert float(layout_of(flipped) @ layout_of(mirrored)) > 0.999
    assert float(details_of(flipped) @ details_of(mirrored)) > 0.95
    assert float(details_of(flipped) @ details_of(mirrored.mirrored())) < 0.9


@pytest.mark.parametrize("data", [b"", b"fsk1", b"x" * 40, b"fsk1" + bytes(30)])
def test_other_data_is_not_an_image_signature(data: bytes) -> None:
    with pytest.raises(StoreError, match="not the signature of a picture"):
        ImageSignature.from_bytes(data)
