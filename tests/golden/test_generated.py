"""Generated timelines: each is refused with problems, or rendered to the frames that were promised, by any worker."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageDraw

from farm.draft.bind import Binder
from farm.draft.draft import Draft, draft
from farm.errors import DocumentError
from farm.media.audio_fifo import SAMPLE_RATE
from farm.media.mix import Mix
from farm.media.source import MediaFiles
from farm.model.asset import Asset
from farm.plan.key import SegmentKeys
from farm.plan.quality import quality_of
from farm.plan.segment import Plan, Segment
from farm.plugins.registry import Registry, load_registry
from farm.render.compositor import Compositor
from farm.worker.halt import HaltSignal
from farm.worker.task import SegmentTask
from farm.worker.worker import Worker
from tests.golden.jobs import worker
from tests.golden.shop import build_library
from tests.golden.vocabulary import Writer
from tests.odd_files.write import write_video
from tests.one_file import plan_timeline

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"><circle cx="15" cy="15" r="12" fill="#e04060"/>'
    '<rect x="20" y="10" width="18" height="15" fill="#20a0c0" opacity="0.6"/></svg>'
)
MAX_FRAMES = 40
CUT = 7
"""Frames of a segment: several in every timeline."""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with media of all kinds."""
    made = tmp_path_factory.mktemp("generated")
    build_library(made)
    (made / "logo.svg").write_text(SVG)
    frames = []
    for number in range(6):
        image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
        ImageDraw.Draw(image).ellipse((4 + number, 6, 26 + number, 30), fill=(40 * number, 120, 200, 255))
        frames.append(image)
    frames[0].save(
        made / "moving.gif", save_all=True, append_images=frames[1:], duration=80, loop=0, disposal=2
    )
    pixels = [np.asarray(frame.resize((64, 96))) for frame in frames * 6]
    write_video(made / "clear.webm", pixels, codec="libvpx-vp9", form="yuva420p")
    tone = 0.2 * np.sin(np.arange(SAMPLE_RATE * 2) / 20)
    write_video(made / "talk.mov", [pixel[..., :3] for pixel in pixels], sound=tone.astype(np.float32)[None])
    return made


class Drafter:
    """Drafts documents with the same media, each probed once."""

    def __init__(self, folder: Path, registry: Registry) -> None:
        self.folder = folder
        self.registry = registry
        self._assets: dict[str, Asset] = {}

    def drafted(self, seed: int) -> Draft | DocumentError:
        """Return the draft of a generated document, or why it is refused."""
        text = json.dumps(Writer(seed, self.registry).document())
        library = {"calm": self.folder / "tone.wav"}
        binder = Binder(self.folder, _no_fetch, lambda _: None, library, assets=self._assets)
        try:
            return draft(text, source=f"{seed}.json", binder=binder, registry=self.registry)
        except DocumentError as error:
            return error


def _no_fetch(url: str) -> Path:
    raise AssertionError(url)


def check_refusal(seed: int, error: DocumentError) -> None:
    """Check that a refusal names its problems, each once and in a sentence."""
    assert error.problems, seed
    assert len(set(error.problems)) == len(error.problems), seed
    for problem in error.problems:
        assert problem.message, seed
        for word in ("Traceback", "pydantic", "validator", "Exception", "NoneType", "__"):
            assert word not in problem.message, (seed, problem)


def cut_up(plan: Plan) -> Plan:
    """Return a plan in short segments."""
    keys = SegmentKeys(plan.timeline, plan.quality)
    starts = range(0, plan.timeline.duration, CUT)
    parts = [(start, min(start + CUT, plan.timeline.duration)) for start in starts]
    segments = (Segment(i, a, b, keys.key(a, b), 0.1) for i, (a, b) in enumerate(parts))
    return replace(plan, segments=tuple(segments))


def rendered(made: Worker, plan: Plan, which: list[Segment]) -> dict[int, str]:
    """Return the hash of each segment that a worker renders."""
    hashes = {}
    for segment in which:
        made.render(SegmentTask("job", plan, segment, False), HaltSignal())
        data = made.blobs.path_of(segment.key, ".mp4").read_bytes()
        with av.open(io.BytesIO(data)) as container:
            count = sum(1 for _ in container.decode(video=0))
        assert count == segment.stop - segment.start
        hashes[segment.index] = hashlib.sha256(data).hexdigest()
    return hashes


def composed(made: Worker, plan: Plan, numbers: Iterator[int] | range) -> dict[int, bytes]:
    """Return the hash of each frame, composed one after the other."""
    files = MediaFiles(made.stills)
    try:
        compositor = Compositor(plan.timeline, files, made.registry, drawings=made.drawings)
        frames = {}
        for number in numbers:
            planes = b"".join(plane.tobytes() for plane in compositor.frame(number).planes())
            frames[number] = hashlib.sha256(planes).digest()
        return frames
    finally:
        files.close()


def check_rendering(drafted: Draft, workers: tuple[Worker, Worker, Worker]) -> None:
    """Check that a timeline gives the promised frames and sound, the same from one worker as from two."""
    timeline = drafted.timeline
    plan = cut_up(plan_timeline(timeline, quality_of(drafted.output)))
    one, two, three = workers
    whole = rendered(one, plan, list(plan.segments))
    shared = rendered(two, plan, list(plan.segments[::2])) | rendered(
        three, plan, list(plan.segments[1::2])[::-1]
    )
    assert shared == whole
    in_order = composed(one, plan, range(timeline.duration))
    assert len(in_order) == timeline.duration
    # A frame does not depend on those composed before it.
    assert composed(two, plan, range(timeline.duration - 1, -1, -1)) == in_order
    if timeline.sound.clips:
        samples = sum(block.shape[1] for block in Mix(timeline.sound, timeline.duration_s).blocks())
        assert samples == int(timeline.duration_s * SAMPLE_RATE)


def campaign(drafter: Drafter, home: Path, seeds: range, renders: int) -> Counter[str]:
    """Draft all seeds, render some of the valid ones, and return how many were what."""
    workers = tuple(worker(home / name) for name in ("one", "two", "three"))
    found: Counter[str] = Counter()
    for seed in seeds:
        try:
            result = drafter.drafted(seed)
            if isinstance(result, DocumentError):
                found["refused"] += 1
                check_refusal(seed, result)
                continue
            found["valid"] += 1
            if found["rendered"] < renders and result.timeline.duration <= MAX_FRAMES:
                found["rendered"] += 1
                found["frames"] += result.timeline.duration
                check_rendering(result, workers)  # type: ignore[arg-type]
        except Exception as error:
            error.add_note(f"document {seed}")
            if not os.environ.get("FARM_GENERATED_ALL"):
                raise
            found[f"{type(error).__name__}: {str(error)[:150]} ({seed})"] += 1
    return found


@pytest.fixture(scope="module")
def drafter(folder: Path, registry: Registry) -> Drafter:
    return Drafter(folder, registry)


def test_generated_timelines(drafter: Drafter, tmp_path: Path) -> None:
    found = campaign(drafter, tmp_path, range(160), 12)
    assert found["valid"] >= 40
    assert found["refused"] >= 20
    assert found["rendered"] == 12


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_thousand_generated_timelines(drafter: Drafter, tmp_path: Path) -> None:
    found = campaign(drafter, tmp_path, range(10_100), 300)
    print(found)
    assert found["valid"] >= 3_000
    assert found["rendered"] == 300


def test_the_length_of_a_video_is_that_of_its_longest_track(drafter: Drafter) -> None:
    for seed in range(60):
        result = drafter.drafted(seed)
        if isinstance(result, Draft) and result.document.duration is None:
            ends = (
                clip.stop
                for track in result.timeline.tracks
                for clip in track.clips
                if track.name != "captions"
            )
            assert result.timeline.duration == max(ends)
            assert result.timeline.duration_s == Fraction(result.timeline.duration) / result.timeline.rate
