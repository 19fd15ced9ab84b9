"""Text is distinguished from textures."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from farm_intake.wording import WORDY, wording
from tests.golden.shop import picture


def page(share: float) -> np.ndarray:
    """Return a page of 480x640 whose upper share is lines of text."""
    image = Image.new("RGB", (480, 640), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(15)
    for line in range(int(640 * share) // 20):
        draw.text(
            (6, 2 + 20 * line), "Dimensions 240 x 318 mm, weight 1.4 kg, colours as shown " * 2, "black", font
        )
    return np.asarray(image)


def test_the_share_of_text_is_measured() -> None:
    shares = [wording(page(share)) for share in (0.0, 0.25, 0.5, 1.0)]
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert shares[1] >= WORDY
    assert shares[3] > 0.4


@pytest.mark.parametrize("seed", range(4))
def test_pictures_and_textures_are_no_text(seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert wording(np.asarray(picture(480, 640, seed))) < WORDY
    assert wording(rng.integers(0, 256, (480, 640, 3), np.uint8)) < WORDY
    stripes = np.zeros((480, 640, 3), np.uint8)
    stripes[:, ::6] = 255
    ramp = np.clip(stripes.astype(int) // 2 + np.arange(640)[None, :, None] // 4, 0, 255).astype(np.uint8)
    assert wording(np.asarray(Image.fromarray(ramp).resize((480, 360), Image.Resampling.BICUBIC))) < WORDY


def test_what_is_smaller_than_a_cell_has_none() -> None:
    assert wording(np.zeros((8, 300, 3), np.uint8)) == 0
