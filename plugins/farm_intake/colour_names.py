"""Names of colours, in English and Chinese, as people use them in product searches."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_NAMES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "black": ("黑色", ("#0f0f10", "#28282c")),
    "grey": ("灰色", ("#3c3c40", "#505254", "#808080", "#b4b6b8")),
    "white": ("白色", ("#ffffff", "#ececec")),
    "red": ("红色", ("#e5342b", "#c81e28", "#96141e", "#d2555a", "#f4566a")),
    "orange": ("橙色", ("#f58220", "#dc6414", "#ffa550")),
    "yellow": ("黄色", ("#ffd23f", "#e6c81e", "#fff08c")),
    "green": ("绿色", ("#2fa84f", "#1e5a32", "#82be5a", "#5a6432", "#a0d2a0")),
    "teal": ("青色", ("#12908e", "#50c8c8", "#0f5a5f")),
    "blue": ("蓝色", ("#2563eb", "#5096e6", "#1e3c96", "#a0c8f0", "#46648c")),
    "navy": ("藏青色", ("#141e46", "#28324b")),
    "purple": ("紫色", ("#7c3aed", "#5a2878", "#aa82d2")),
    "pink": ("粉色", ("#ec4899", "#fabecd", "#f08cb4")),
    "brown": ("棕色", ("#6e4123", "#966440", "#503223", "#a57850")),
    "beige": ("米色", ("#e1cdaf", "#f0e6d2", "#c8b496")),
}
"""English name to Chinese name and examples. A colour gets the name of the nearest example in OKLab."""

COLOUR_NAMES: Final = tuple(_NAMES)
"""The English names."""
VIVID: Final = frozenset({"red", "orange", "yellow", "green", "teal", "blue", "purple", "pink"})
"""Names of saturated colours."""


def chinese(name: str) -> str:
    """Return the Chinese name of a colour in the table."""
    return _NAMES[name][0]


def named_shares(rgb: NDArray[np.uint8]) -> dict[str, float]:
    """Return the share of pixels of each name that occurs, largest first.

    Args:
        rgb: sRGB, uint8, shape (…, 3); without pixels the result is empty.
    """
    pixels = rgb.reshape(-1, 3)
    if not len(pixels):
        return {}
    examples = [(name, code) for name, (_, codes) in _NAMES.items() for code in codes]
    codes = np.array([[int(code[at : at + 2], 16) for at in (1, 3, 5)] for _, code in examples], np.uint8)
    gaps = np.linalg.norm(_oklab(pixels)[:, None] - _oklab(codes)[None], axis=2)
    owners = np.array([COLOUR_NAMES.index(name) for name, _ in examples])[gaps.argmin(axis=1)]
    counts = np.bincount(owners, minlength=len(COLOUR_NAMES)) / len(pixels)
    order = np.argsort(-counts, kind="stable")
    return {COLOUR_NAMES[at]: float(counts[at]) for at in order if counts[at] > 0}


def _oklab(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return OKLab coordinates (Ottosson 2020), shape (…, 3)."""
    part = rgb.astype(np.float64) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    to_lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    lab: NDArray[np.float64] = np.cbrt(linear @ to_lms.T) @ to_lab.T
    return lab
