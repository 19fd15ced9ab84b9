"""Marks that can be read again: four colours, frames that show their number, beeps; and checks that read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from tests.odd_files.use import GROUND, HEIGHT, WIDTH, Used

RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 180, 30), (30, 30, 220), (230, 210, 30)
BITS = 8
"""Stripes of a numbered frame, the highest bit first."""
BEEPS = (0.5, 1.5, 2.5)
"""When beeps of 0.1 s begin in a sound of 3 s."""

Rgb = NDArray[np.uint8]


def quad(width: int = WIDTH, height: int = HEIGHT) -> Rgb:
    """Return red, green over blue, yellow."""
    rgb = np.empty((height, width, 3), np.uint8)
    rgb[: height // 2, : width // 2], rgb[: height // 2, width // 2 :] = RED, GREEN
    rgb[height // 2 :, : width // 2], rgb[height // 2 :, width // 2 :] = BLUE, YELLOW
    return rgb


def disc(width: int = WIDTH, height: int = HEIGHT) -> Rgb:
    """Return a red ellipse on clear white, RGBA."""
    y, x = np.mgrid[:height, :width]
    inside = ((x + 0.5 - width / 2) / (width * 0.35)) ** 2 + (
        (y + 0.5 - height / 2) / (height * 0.35)
    ) ** 2 <= 1
    rgba = np.full((height, width, 4), 255, np.uint8)
    rgba[inside, :3] = RED
    rgba[..., 3] = np.where(inside, 255, 0)
    return rgba


def numbered(number: int, width: int = WIDTH, height: int = HEIGHT) -> Rgb:
    """Return a frame of stripes that say its number in binary."""
    bits = [(number >> bit) & 1 for bit in reversed(range(BITS))]
    row = np.repeat(np.array(bits, np.uint8) * 235, width // BITS)
    return np.repeat(np.tile(row, (height, 1))[..., None], 3, axis=2)


def number_of(rgb: Rgb) -> int:
    """Read a numbered frame."""
    middle = rgb[rgb.shape[0] // 2, :, 1]
    width = middle.size // BITS
    value = 0
    for bit in range(BITS):
        value = value * 2 + int(middle[bit * width + width // 2] > 117)
    return value


def beeping(
    rate: int = 48_000, channels: int = 1, seconds: float = 3.0, starts: Sequence[float] = BEEPS
) -> NDArray[np.float32]:
    """Return beeps of 1 kHz, float32, shape (channels, n)."""
    time = np.arange(int(seconds * rate)) / rate
    tone = np.zeros(time.size)
    for start in starts:
        inside = (time >= start) & (time < start + 0.1)
        tone[inside] = 0.4 * np.sin(2 * np.pi * 1000 * (time[inside] - start))
    return np.tile(tone.astype(np.float32), (channels, 1))


def shows(*corners: tuple[int, int, int], within: int = 12, at_s: float = 0.0) -> Callable[[Used], None]:
    """Return a check of the colours near the four corners: top left and right, bottom left and right."""

    def check(used: Used) -> None:
        rgb = used.pixels(at_s).astype(int)
        spots = ((0.25, 0.25), (0.25, 0.75), (0.75, 0.25), (0.75, 0.75))
        found = [rgb[int(y * HEIGHT), int(x * WIDTH)].tolist() for y, x in spots]
        off = max(
            abs(a - b)
            for one, other in zip(found, corners, strict=True)
            for a, b in zip(one, other, strict=True)
        )
        assert off <= within, f"found {found}, wanted {corners}"

    return check


def shows_quad(within: int = 12, at_s: float = 0.0) -> Callable[[Used], None]:
    """Return a check that the four colours stand where they should."""
    return shows(RED, GREEN, BLUE, YELLOW, within=within, at_s=at_s)


def shows_disc(within: int = 14, at_s: float = 0.0) -> Callable[[Used], None]:
    """Return a check that the ellipse stands on magenta: its clear surroundings are clear, and so are their colours."""

    def check(used: Used) -> None:
        rgb = used.pixels(at_s).astype(int)
        for (y, x), wanted in (
            ((2, 2), GROUND),
            ((HEIGHT - 3, WIDTH - 3), GROUND),
            ((HEIGHT // 2, WIDTH // 2), RED),
        ):
            off = np.abs(rgb[y, x] - wanted).max()
            assert off <= within, f"({x}, {y}) is {rgb[y, x].tolist()}, wanted {wanted}"

    return check


def counts(*numbers: int) -> Callable[[Used], None]:
    """Return a check that the timeline's frames, from its first on, show these numbers."""

    def check(used: Used) -> None:
        found = [number_of(rgb) for rgb in used.frames(list(range(len(numbers))))]
        assert found == list(numbers), f"found {found}"

    return check


def beeps_at(*seconds: float, within_s: float = 0.025) -> Callable[[Used], None]:
    """Return a check that beeps begin at these times and no others."""

    def check(used: Used) -> None:
        found = used.beeps()
        assert len(found) == len(seconds), f"found {found}"
        assert all(abs(a - b) <= within_s for a, b in zip(found, seconds, strict=True)), f"found {found}"

    return check


def says(*cues: tuple[float, float, str]) -> Callable[[Used], None]:
    """Return a check of the captions: start, end and words of each."""

    def check(used: Used) -> None:
        assert used.captions() == list(cues), f"found {used.captions()}"

    return check


def lasts(seconds: float, within_s: float = 0.05) -> Callable[[Used], None]:
    """Return a check of the timeline's length."""

    def check(used: Used) -> None:
        assert abs(used.duration_s - seconds) <= within_s, f"lasts {used.duration_s} s"

    return check


def all_of(*checks: Callable[[Used], None]) -> Callable[[Used], None]:
    """Return a check that makes several."""

    def check(used: Used) -> None:
        for one in checks:
            one(used)

    return check
