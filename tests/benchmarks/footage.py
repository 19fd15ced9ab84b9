"""Footage: CPU milliseconds a frame of clips of 720x1280, decoded and brought to the canvas, by what they ask for.

python -m tests.benchmarks.footage [--frames 60]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np

from farm.media.footage import Footage
from farm.media.probe import probe
from tests.golden.shop import picture
from tests.odd_files.write import write_video

WIDTH: Final = 720
HEIGHT: Final = 1280


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=60)
    count = parser.parse_args().frames
    with tempfile.TemporaryDirectory() as folder:
        print(f"CPU ms a frame of {WIDTH}x{HEIGHT}, {count} frames")
        for name, suffix, options in kinds():
            path = write_video(
                Path(folder) / f"{len(name)}{suffix}", frames(count, clear="alpha" in name), **options
            )
            print(f"  {name:<40}{milliseconds(path, count):>8.2f}")


def kinds() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (what, ending, options of the writer)."""

    def hlg(stream: Any) -> None:
        context = stream.codec_context
        context.color_trc, context.color_primaries, context.colorspace = 18, 9, 9

    fields = {"flags": "+ildct+ilme", "x264-params": "tff=1"}
    yield "H.264", ".mp4", {}
    yield "HEVC, 10 bits", ".mp4", {"codec": "libx265", "form": "yuv420p10le"}
    yield "HEVC, 10 bits, HLG toned to SDR", ".mp4", {"codec": "libx265", "form": "yuv420p10le", "tweak": hlg}
    yield "H.264, interlaced, made whole", ".mp4", {"options": fields}
    yield "ProRes 4444 with alpha", ".mov", {"codec": "prores_ks", "form": "yuva444p10le"}


def frames(count: int, *, clear: bool) -> Iterator[np.ndarray]:
    """Yield frames of a picture that scrolls."""
    wide = np.asarray(picture(WIDTH * 2, HEIGHT, seed=7))
    alpha = np.full((HEIGHT, WIDTH, 1), 128, np.uint8)
    for number in range(count):
        rgb = wide[:, 2 * number : 2 * number + WIDTH]
        yield np.concatenate([rgb, alpha], axis=2) if clear else np.ascontiguousarray(rgb)


def milliseconds(path: Path, count: int) -> float:
    """Return the CPU milliseconds of a frame."""
    asset = probe(path)
    Footage(asset).at(Fraction(0), WIDTH, HEIGHT)  # tables and kernels are there
    footage = Footage(asset)
    started = time.process_time()
    for number in range(count):
        footage.at(number / asset.rate, WIDTH, HEIGHT)
    return 1000 * (time.process_time() - started) / count


if __name__ == "__main__":
    main()
