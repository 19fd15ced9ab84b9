"""Vectors of a picture's signature: points in spaces in which pictures that show the same are close."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from farm.dedup.image_signature import ImageSignature
from farm.dedup.points import WIDTH

LAYOUT: Final = "intake.layout"
"""Where a picture is light, dark and coloured: close for copies of the whole picture."""
DETAILS: Final = "intake.details"
"""What its points look like, regardless of position: close for crops, insets and pictures with overlays."""
LAYOUT_SIZE: Final = 64
DETAILS_SIZE: Final = 192
_LUMA: Final = 7
_CHROMA: Final = 3
_SIDE: Final = 32
_SHARPNESS: Final = 5.0
"""How alike points must look to count: the scale of the Gaussian kernel that the features approximate."""

Vector = NDArray[np.float32]


def layout_of(image_signature: ImageSignature) -> Vector:
    """Return the layout, shape (LAYOUT_SIZE,), norm 1: low frequencies of the picture squeezed to a square."""
    planes = np.moveaxis(
        np.asarray(
            Image.fromarray(image_signature.small).resize((_SIDE, _SIDE), Image.Resampling.BOX), np.float32
        ),
        2,
        0,
    )
    basis = _cosines()
    waves = basis @ planes @ basis.T
    luma = waves[0, :_LUMA, :_LUMA].ravel()[1:]
    chroma = waves[1:, :_CHROMA, :_CHROMA].reshape(2, -1)[:, 1:].ravel()
    return _unit(np.concatenate([luma, chroma]))


def details_of(image_signature: ImageSignature) -> Vector:
    """Return the details, shape (DETAILS_SIZE,), norm 1: the normalised sum of random Fourier features of the points.

    The dot product of two such vectors approximates how many points of one look like points of the other (efficient
    match kernels, Bo and Sminchisescu 2009), without a learnt vocabulary.
    """
    descriptors = image_signature.points.descriptors.astype(np.float32) / 510
    if not len(descriptors):
        return _unit(np.full(DETAILS_SIZE, 1.0, np.float32))
    turned = descriptors @ _directions()
    return _unit(np.concatenate([np.cos(turned), np.sin(turned)], 1).sum(0))


@cache
def _cosines() -> Vector:
    rows = np.arange(_LUMA)[:, None]
    columns = np.arange(_SIDE)[None]
    return np.cos(np.pi * rows * (2 * columns + 1) / (2 * _SIDE)).astype(np.float32)


@cache
def _directions() -> Vector:
    # NumPy guarantees that the legacy generator's numbers never change, so vectors of all versions stay comparable.
    drawn = np.random.RandomState(20240229).normal(0, _SHARPNESS, (WIDTH, DETAILS_SIZE // 2))
    return drawn.astype(np.float32)


def _unit(values: NDArray[np.floating]) -> Vector:
    length = float(np.linalg.norm(values))
    return (values / length if length > 1e-6 else np.full(len(values), len(values) ** -0.5)).astype(
        np.float32
    )
