"""The reference job comes out as planned, and looks as ffmpeg's rendering of it does."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from farm.draft.starter_library import starter_folder
from farm.local.documents import plan_task
from farm.media.measure import measure
from farm.media.probe import probe
from farm.settings import Settings
from farm.worker.halt import HaltSignal
from farm.worker.task import AssembleTask, SegmentTask
from farm.worker.worker import Worker
from tests.listen import heard, loudness_of

PEER = Path(__file__).parent / "data" / "product15"


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("product15")
    worker = Worker(Settings(folder / "home"))
    plan = worker.plan(plan_task(starter_folder() / "product15.yaml"))
    assert plan.warnings == ()
    results = tuple(
        worker.render(SegmentTask("product15", plan, segment), HaltSignal()) for segment in plan.segments
    )
    return Path(worker.assemble(AssembleTask("product15", plan, results, str(folder)), HaltSignal()).video)


def test_the_file_is_what_players_expect(video: Path) -> None:
    found = measure(video)
    assert (found.frames, found.width_px, found.height_px, found.rate) == (450, 720, 1280, 30)
    assert found.gapless
    assert found.faststart
    with av.open(str(video)) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        assert (picture.codec_context.name, sound.codec_context.name) == ("h264", "aac")
        context = picture.codec_context
        tags = (context.color_primaries, context.color_trc, context.colorspace, context.color_range)
        assert tags == (1, 1, 1, 1)  # BT.709, limited range


def test_it_is_as_loud_as_platforms_play(video: Path) -> None:
    asset = probe(video)
    measured = loudness_of(heard(asset, asset.duration_s * 0, asset.duration_s))
    assert measured == pytest.approx(-14.0, abs=0.5)


def test_every_shot_looks_like_the_peers(video: Path) -> None:
    wanted = sorted(int(path.stem) for path in PEER.glob("*.jpg"))
    scores = {}
    with av.open(str(video)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number in wanted:
                peer = np.asarray(Image.open(PEER / f"{number}.jpg").convert("L"))
                scores[number] = ssim(frame.to_ndarray()[: frame.height], peer)
    assert sorted(scores) == wanted
    assert np.mean(list(scores.values())) >= 0.90, scores
    # The knit of shot two is finer than the shift between two renderers' sampling; all others agree closely.
    assert min(scores.values()) >= 0.78, scores


def ssim(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Return the mean SSIM of 8x8 blocks every 4 pixels, constants as Wang et al. 2004 (and ffmpeg's filter)."""
    views = [
        np.lib.stride_tricks.sliding_window_view(p.astype(np.float64), (8, 8))[::4, ::4]
        for p in (first, second)
    ]
    (ma, mb) = (view.mean(axis=(2, 3)) for view in views)
    (va, vb) = (view.var(axis=(2, 3)) for view in views)
    covariance = (views[0] * views[1]).mean(axis=(2, 3)) - ma * mb
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    score = (2 * ma * mb + c1) * (2 * covariance + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2))
    return float(score.mean())
