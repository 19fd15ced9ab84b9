"""A subject: pictures upright, clips decoded once as they are, damage reported."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from farm.errors import MediaError
from farm.media.footage import POSTER_PX, poster_rgb
from farm.media.probe import probe
from farm.media.subject import Subject
from farm.media.watch import SmallFrames, watch
from farm.model.asset import Asset
from tests.golden.shop import picture, write_clip, write_tone


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Asset:
    path = tmp_path_factory.mktemp("subject") / "clip.mp4"
    write_clip(path, frames=50, size=(160, 288))
    return probe(path)


def test_every_frame_is_seen_small_and_in_time(clip: Asset) -> None:
    seen = watch(clip)
    assert len(seen.small) == len(seen.times_s) == 50
    assert seen.times_s == [Fraction(n, 24) for n in range(50)]
    assert seen.end_s == Fraction(50, 24)
    assert seen.rate == pytest.approx(24)
    y, u, _ = seen.small[10:12]
    assert y.shape == (2, 128, 72)
    assert u.shape == (2, 64, 36)
    with av.open(clip.path) as container:
        frames = [frame.to_ndarray(format="yuv420p")[:288] for frame in container.decode(video=0)]
    for number in (0, 25, 49):
        mean = float(seen.small[number : number + 1][0].mean())
        assert mean == pytest.approx(float(frames[number].mean()), abs=1.5)


def test_the_poster_is_what_briefs_look_at(clip: Asset) -> None:
    with Subject(clip) as subject:
        assert np.array_equal(subject.picture(POSTER_PX), poster_rgb(clip, POSTER_PX))


def test_views_are_spread_over_the_clip(clip: Asset) -> None:
    views = watch(clip).views
    assert [view.frame for view in views] == [0, 8, 16, 24, 32, 40, 48]
    assert views[0].rgb.shape == (288, 160, 3)


def test_a_turned_clip_is_seen_upright(clip: Asset, tmp_path: Path) -> None:
    turned = tmp_path / "turned.mp4"
    with av.open(clip.path) as source, av.open(str(turned), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        stream.set_display_rotation(90) if hasattr(stream, "set_display_rotation") else pytest.skip(
            "PyAV cannot write a rotation"
        )
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    asset = probe(turned)
    assert (asset.width_px, asset.height_px) == (288, 160)
    assert watch(asset).small[0:1][0].shape == (1, 72, 128)


def test_a_damaged_tail_is_left_out(clip: Asset, tmp_path: Path) -> None:
    with av.open(clip.path) as source, av.open(str(tmp_path / "whole.mkv"), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    data = (tmp_path / "whole.mkv").read_bytes()
    (tmp_path / "cut.mkv").write_bytes(data[: len(data) * 2 // 3])
    asset = replace(clip, path=str(tmp_path / "cut.mkv"))
    assert 0 < len(watch(asset).small) < 50


def test_uneven_times_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "uneven.mp4"
    stamps = [0, 1, 2, 10, 11, 30]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 30)
        for stamp in stamps:
            frame = av.VideoFrame.from_ndarray(np.asarray(picture(64, 64, stamp)), "rgb24")
            frame.pts, frame.time_base = stamp, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert watch(probe(path)).times_s == [Fraction(stamp, 30) for stamp in stamps]


def test_alpha_is_laid_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (40, 20), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    with Subject(probe(tmp_path / "clear.png")) as subject:
        assert subject.picture(16).min() == 255
        assert subject.picture(16).shape == (8, 16, 3)
        assert subject.lumas()[0].min() == 255


def test_what_is_not_there_is_an_error(tmp_path: Path, clip: Asset) -> None:
    write_tone(tmp_path / "tone.wav")
    picture(20, 20).save(tmp_path / "a.png")
    with Subject(probe(tmp_path / "tone.wav")) as sound, Subject(probe(tmp_path / "a.png")) as still:
        assert sum(piece.shape[1] for piece in sound.sound()) == 48_000
        for ask in (
            lambda: sound.picture(64),
            lambda: sound.clip,
            lambda: still.clip,
            lambda: next(still.sound()),
        ):
            with pytest.raises(MediaError):
                ask()
    (tmp_path / "broken.mp4").write_bytes(Path(clip.path).read_bytes()[:300])
    with Subject(replace(clip, path=str(tmp_path / "broken.mp4"))) as broken:
        for _ in range(2):
            with pytest.raises(MediaError):
                _ = broken.clip


def test_frames_at_hand_are_given_back_as_they_were() -> None:
    rng = np.random.default_rng(1)
    shapes = ((8, 12), (4, 6), (4, 6))
    frames = [tuple(rng.integers(0, 256, shape, np.uint8) for shape in shapes) for _ in range(5)]
    small = SmallFrames.of(frames)  # type: ignore[arg-type]
    for index, planes in enumerate(frames):
        for kept, plane in zip(small[index : index + 1], planes, strict=True):
            assert np.array_equal(kept[0], plane)
