"""x264's presets and options on farm's own shots: CPU, bytes and quality, and who is on the Pareto front.

    python -m tests.benchmarks.encoder [--seconds 3] [--runs 3] [--json FILE]

Each setting encodes the composed frames of the starter jobs at four rate factors. "bytes" is what it needs for the mean
luma SSIM that `veryfast` reaches at crf 23, interpolated between its own four points, against what `veryfast` needs;
"CPU" is that at crf 23 in nanoseconds a pixel, median of the runs. A setting is on the front if no other one needs both
less CPU and fewer bytes.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import tempfile
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from farm.draft.starter_library import starter_folder
from farm.local.documents import plan_task
from farm.media.encode import SegmentEncoder
from farm.media.source import MediaFiles
from farm.render.compositor import Compositor
from farm.render.frame import Frame
from farm.settings import Settings
from farm.worker.worker import Worker

CRFS = (19, 23, 27, 31)
"""Rate factors of each setting's curve."""
REFERENCE = "veryfast"
"""The setting that others are measured against, at crf 23."""
SETTINGS = (
    "ultrafast",
    "ultrafast:rc-lookahead=20:mbtree=1:aq-mode=1",
    "superfast",
    "superfast:rc-lookahead=20:mbtree=1",
    "superfast:rc-lookahead=20:mbtree=1:bframes=5",
    "veryfast",
    "veryfast:rc-lookahead=20",
    "veryfast:rc-lookahead=40",
    "veryfast:bframes=5",
    "veryfast:rc-lookahead=20:bframes=5",
    "veryfast:rc-lookahead=40:bframes=5",
    "veryfast:rc-lookahead=20:bframes=8",
    "veryfast:rc-lookahead=40:subme=1",
    "faster",
    "faster:rc-lookahead=20:bframes=5",
    "fast",
    "fast:rc-lookahead=20:bframes=5",
    "medium",
    "medium:rc-lookahead=20:bframes=5:ref=2",
    "slow",
)
"""Presets, with x264's options after a colon."""


@dataclass(frozen=True)
class Point:
    """One setting at one rate factor."""

    crf: int
    cpu_s: float
    bytes: int
    ssim: float
    psnr_db: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=3.0, help="of each starter job")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path, dest="out", help="write the figures there too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shots = list(composed(Path(folder), given.seconds))
    curves = {setting: [encoded(shots, setting, crf, given.runs) for crf in CRFS] for setting in SETTINGS}
    rows = compared(curves, sum(frame.y.size for frames in shots for frame in frames))
    if given.out:
        given.out.write_text(json.dumps(rows, indent=2))
    show(rows)


def composed(home: Path, seconds: float) -> Any:
    """Yield the frames of each starter job's middle."""
    worker = Worker(Settings(home))
    for document in sorted(starter_folder().glob("*.yaml")):
        timeline = worker.plan(plan_task(document)).timeline
        count = min(timeline.duration, int(seconds * timeline.rate))
        first = (timeline.duration - count) // 2
        files = MediaFiles(worker.stills)
        compositor = Compositor(timeline, files, worker.registry)
        yield [compositor.frame(number).copy() for number in range(first, first + count)]
        files.close()


def encoded(shots: list[list[Frame]], setting: str, crf: int, runs: int) -> Point:
    """Encode all shots with a setting; CPU is the median of the runs at the reference's rate factor, else one run."""
    preset, _, options = setting.partition(":")
    costs = []
    for _ in range(runs if crf == CRFS[1] else 1):
        started = time.process_time()
        files = []
        for frames in shots:
            encoder = SegmentEncoder(
                frames[0].width, frames[0].height, Fraction(30),
                encoder="libx264", preset=preset, crf=crf, options=options,
            )  # fmt: skip
            for frame in frames:
                encoder.add(frame)
            files.append(encoder.finish())
        costs.append(time.process_time() - started)
    likeness = [pair for data, frames in zip(files, shots, strict=True) for pair in likenesses(data, frames)]
    return Point(
        crf,
        statistics.median(costs),
        sum(len(data) for data in files),
        statistics.fmean(ssim for ssim, _ in likeness),
        statistics.fmean(psnr for _, psnr in likeness),
    )


def likenesses(data: bytes, frames: list[Frame]) -> Any:
    """Yield luma SSIM and PSNR in dB of every fifth frame of an encoded file."""
    with av.open(io.BytesIO(data)) as container:
        for number, picture in enumerate(container.decode(video=0)):
            if number % 5:
                continue
            plane = picture.planes[0]
            rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
            found = rows[: plane.height, : plane.width].astype(np.float64)
            wanted = frames[number].y.astype(np.float64)
            error = np.mean((found - wanted) ** 2)
            yield ssim(found, wanted), 10 * np.log10(255**2 / max(error, 1e-3))


def ssim(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the structural similarity over windows of 8x8 pixels, 4 apart (Wang et al. 2004, as x264 samples it)."""

    def windows(plane: NDArray[np.float64]) -> NDArray[np.float64]:
        rows, columns = plane.shape[0] // 4, plane.shape[1] // 4
        blocks = plane[: rows * 4, : columns * 4].reshape(rows, 4, columns, 4).sum(axis=(1, 3))
        return (blocks[:-1, :-1] + blocks[1:, :-1] + blocks[:-1, 1:] + blocks[1:, 1:]) / 64

    a, b = windows(one), windows(other)
    aa, bb, ab = windows(one * one) - a * a, windows(other * other) - b * b, windows(one * other) - a * b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return float(np.mean((2 * a * b + c1) * (2 * ab + c2) / ((a * a + b * b + c1) * (aa + bb + c2))))


def compared(curves: dict[str, list[Point]], pixels: int) -> list[dict[str, Any]]:
    """Return a row a setting, cheapest first."""
    reference = next(point for point in curves[REFERENCE] if point.crf == CRFS[1])
    rows = []
    for setting, points in curves.items():
        by_quality = sorted(points, key=lambda point: point.ssim)
        # SSIM runs towards 1: log(1 - SSIM) against log(bytes) is nearly straight.
        quality = [-np.log(1 - point.ssim) for point in by_quality]
        needed = np.exp(
            np.interp(-np.log(1 - reference.ssim), quality, [np.log(point.bytes) for point in by_quality])
        )
        here = next(point for point in points if point.crf == reference.crf)
        crf = float(np.interp(-np.log(1 - reference.ssim), quality, [point.crf for point in by_quality]))
        rows.append(
            {
                "setting": setting,
                "cpu_ns_a_pixel": here.cpu_s / pixels * 1e9,
                "cpu_against_reference": here.cpu_s / reference.cpu_s,
                "bytes_at_equal_ssim": float(needed) / reference.bytes,
                "crf_at_equal_ssim": crf,
                "ssim_at_crf_23": here.ssim,
                "psnr_db_at_crf_23": here.psnr_db,
                "bytes_at_crf_23": here.bytes / reference.bytes,
            }
        )
    for row in rows:
        row["on_the_front"] = not any(
            other["cpu_ns_a_pixel"] < row["cpu_ns_a_pixel"]
            and other["bytes_at_equal_ssim"] < row["bytes_at_equal_ssim"]
            for other in rows
        )
    return sorted(rows, key=lambda row: float(row["cpu_ns_a_pixel"]))


def show(rows: list[dict[str, Any]]) -> None:
    """Print the table."""
    print(
        "| setting | CPU, ns a pixel | CPU | bytes at equal SSIM | crf for it | SSIM, PSNR dB at crf 23 | front |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        print(
            f"| `{row['setting']}` | {row['cpu_ns_a_pixel']:.1f} | {row['cpu_against_reference']:.2f} "
            f"| {row['bytes_at_equal_ssim']:.3f} | {row['crf_at_equal_ssim']:.1f} "
            f"| {row['ssim_at_crf_23']:.4f}, {row['psnr_db_at_crf_23']:.1f} | {'yes' if row['on_the_front'] else ''} |"
        )


if __name__ == "__main__":
    main()
