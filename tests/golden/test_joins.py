"""Segments rendered apart and joined are as good as one render: no frame lost, no seam seen, no drift of sound."""

from __future__ import annotations

import io
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from farm.model.timebase import parse_rate
from farm.plan.segment import Plan
from farm.worker.halt import HaltSignal
from farm.worker.task import AssembleTask, AssemblyResult, SegmentTask
from farm.worker.worker import Worker
from tests.golden.jobs import lively, planned, unsegmented, worker

Luma = NDArray[np.int16]


def produced(made: Worker, plan: Plan, folder: Path) -> AssemblyResult:
    """Return what a plan's segments give when they are rendered last to first and joined."""
    results = {
        segment.index: made.render(SegmentTask("job", plan, segment, True), HaltSignal())
        for segment in reversed(plan.segments)
    }
    ordered = tuple(results[segment.index] for segment in plan.segments)
    return made.assemble(AssembleTask("job", plan, ordered, str(folder), True), HaltSignal())


def decoded(data: bytes) -> tuple[list[Fraction], list[Luma]]:
    """Return the times and the luma of all frames."""
    times, frames = [], []
    with av.open(io.BytesIO(data)) as container:
        for frame in container.decode(video=0):
            assert frame.pts is not None
            assert frame.time_base is not None
            times.append(frame.pts * frame.time_base)
            frames.append(frame.to_ndarray(format="gray").astype(np.int16))
    return times, frames


def psnr(a: Luma, b: Luma) -> float:
    """Return the peak signal-to-noise ratio in dB."""
    square = float(np.mean((a - b).astype(float) ** 2))
    return 99.0 if square == 0 else 10 * float(np.log10(255**2 / square))


def step(a: Luma, b: Luma) -> float:
    """Return how much two frames differ, in mean levels."""
    return float(np.abs(a - b).mean())


def test_no_seam_is_seen_and_no_frame_lost(shop: Path, home: Path, tmp_path: Path) -> None:
    made = worker(home)
    plan = planned(made, lively(quality="high"), shop)
    assert len(plan.segments) >= 3
    joined = Path(produced(made, plan, tmp_path).video).read_bytes()
    times, frames = decoded(joined)
    whole_times, whole = decoded(unsegmented(made, plan))
    assert len(frames) == len(whole) == plan.timeline.duration
    assert times == whole_times == [Fraction(n, 30) for n in range(len(frames))]
    worst = min(psnr(a, b) for a, b in zip(frames, whole, strict=True))
    assert worst >= 35
    for segment in plan.segments[1:]:
        before, after = segment.start - 1, segment.start
        assert step(frames[before], frames[after]) <= step(whole[before], whole[after]) + 1.5
    assert any(step(a, b) > 0.2 for a, b in pairwise(frames))


@pytest.mark.parametrize("fps", ["30", "25", "30000/1001", "24000/1001", "60"])
def test_frames_and_sound_come_out_as_planned(fps: str, shop: Path, home: Path, tmp_path: Path) -> None:
    made = worker(home)
    plan = planned(made, lively(fps, quality="draft"), shop)
    rate = parse_rate(fps)
    production = produced(made, plan, tmp_path)
    data = Path(production.video).read_bytes()
    times, frames = decoded(data)
    assert len(frames) == production.frames == plan.timeline.duration == round(Fraction(21, 5) * rate)
    with av.open(io.BytesIO(data)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert video.time_base is not None
        assert audio.time_base is not None
        tick = video.time_base
        assert video.average_rate == rate
        samples = sum(frame.samples for frame in container.decode(audio=0))
        assert audio.duration is not None
        heard = audio.duration * audio.time_base
    assert all(abs(time - n / rate) <= tick for n, time in enumerate(times))
    assert all(later > earlier for earlier, later in pairwise(times))
    assert abs(heard - len(frames) / rate) <= 1 / rate
    # AAC comes in frames of 1024 samples.
    assert abs(Fraction(samples, 48000) - len(frames) / rate) <= 1 / rate + Fraction(1024, 48000)
