"""Light: colours of SDR displays as samples of HDR, by the standards' own formulas."""

from __future__ import annotations

import numpy as np

from farm.media.colour import TransferFunction
from tests.odd_files.marks import Rgb


def hdr_samples(rgb: Rgb, transfer: TransferFunction) -> np.ndarray:
    """Return BT.2020 samples, shape (3, height, width), 0 to 1, that show sRGB colours at a white of 203 cd/m²."""
    srgb = rgb.astype(np.float64).transpose(2, 0, 1) / 255
    light = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    wide = np.tensordot(
        np.array(
            [[0.627404, 0.329283, 0.043313], [0.069097, 0.919540, 0.011362], [0.016391, 0.088013, 0.895595]]
        ),
        light,
        axes=1,
    )
    if transfer is TransferFunction.PQ:
        m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
        power = (wide * 203 / 10_000) ** m1
        return ((c1 + c2 * power) / (1 + c3 * power)) ** m2
    shown = wide * 0.203
    luminance = 0.2627 * shown[0] + 0.6780 * shown[1] + 0.0593 * shown[2]
    scene = shown * np.maximum(luminance, 1e-9) ** (-0.2 / 1.2)
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), a * np.log(np.maximum(12 * scene - b, 1e-9)) + c)
