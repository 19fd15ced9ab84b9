"""Measures of quality fall when a picture is made worse, and are described in words."""

from __future__ import annotations

import io
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from farm.draft.starter_library import starter_folder
from farm_intake.measures import blockiness, exposure, noise, sharpness
from farm_intake.quality import judged

Luma = NDArray[np.float32]
PHOTOS = sorted(path for path in starter_folder().rglob("*") if path.suffix in (".jpg", ".jpeg", ".webp"))[:4]


def opened(index: int) -> Image.Image:
    return Image.open(PHOTOS[index]).convert("RGB")


def luma(image: Image.Image) -> Luma:
    return np.asarray(image.convert("L"), np.float32)


photos = pytest.mark.parametrize("index", range(len(PHOTOS)))


def test_there_are_photos_to_measure() -> None:
    assert PHOTOS


@photos
def test_blur_takes_sharpness(index: int) -> None:
    photo = opened(index)
    values = [sharpness(luma(photo.filter(ImageFilter.GaussianBlur(radius)))) for radius in (0, 1, 2, 4)]
    assert all(worse < better - 0.01 for better, worse in pairwise(values))


@photos
def test_enlarging_takes_sharpness(index: int) -> None:
    photo = opened(index)
    values = []
    for times in (1, 2, 4):
        small = photo.resize((photo.width // times, photo.height // times), Image.Resampling.BOX)
        values.append(sharpness(luma(small.resize(photo.size, Image.Resampling.BICUBIC))))
    assert all(worse < better for better, worse in pairwise(values))


@photos
@pytest.mark.parametrize("sigma", [4.0, 8.0, 16.0])
def test_noise_is_measured_in_levels(index: int, sigma: float) -> None:
    clean = luma(opened(index))
    noisy = clean + np.random.default_rng(1).normal(0, sigma, clean.shape).astype(np.float32)
    measured = noise(np.clip(noisy, 0, 255))
    assert noise(clean) < measured
    assert 0.6 * sigma <= measured <= 1.3 * sigma


@photos
def test_strong_compression_leaves_a_grid(index: int) -> None:
    photo = opened(index)

    def saved(quality: int) -> float:
        file = io.BytesIO()
        photo.save(file, "JPEG", quality=quality)
        return blockiness(luma(Image.open(file)))

    assert saved(10) > saved(40) > 0
    assert saved(10) > 0.8


def test_a_backdrop_is_not_burnt_out() -> None:
    plane = np.full((100, 100), 255, np.float32)
    plane[30:70, 30:70] = np.linspace(40, 200, 40)
    backdrop = plane == 255
    assert exposure(plane, backdrop).highlights == 0
    assert exposure(plane, np.zeros_like(backdrop)).highlights == pytest.approx(0.84)
    assert exposure(plane, backdrop).mean == pytest.approx(120, abs=2)


@photos
def test_a_darker_picture_is_judged_worse(index: int) -> None:
    plane = luma(opened(index))
    nowhere = np.zeros(plane.shape, bool)
    values, means = [], []
    for gain in (1.0, 0.4, 0.1):
        light = exposure(plane * np.float32(gain), nowhere)
        found = judged(sharp=0.6, noisy=1.0, blocky=0.3, light=light, size=(1000, 1000))
        values.append(found.quality)
        means.append(found.mean_luma)
    assert values[1] > values[2]
    assert means[0] > means[1] > means[2]
    assert any("badly exposed" in reason for reason in found.reasons)


def test_every_low_score_has_its_reason() -> None:
    flat = exposure(np.full((40, 40), 20, np.float32), np.zeros((40, 40), bool))
    found = judged(sharp=0.05, noisy=20, blocky=4, light=flat, size=(120, 160))
    assert found.quality == 0
    assert len(found.reasons) == len(found.scores) == 6
    fine = exposure(np.tile(np.linspace(20, 230, 40, dtype=np.float32), (40, 1)), np.zeros((40, 40), bool))
    good = judged(sharp=0.6, noisy=1, blocky=0.2, light=fine, size=(1080, 1920))
    assert good.quality == 1
    assert good.reasons == ()
