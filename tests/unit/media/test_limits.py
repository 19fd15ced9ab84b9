"""Limits: what would cost a machine its memory or its time is refused before it is decoded."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from farm.errors import MachineError, MediaError
from farm.media import container, probe, probe_picture, probe_stream
from farm.media.footage import Footage
from farm.media.join import join
from farm.model.asset import Asset, MediaKind
from tests.golden.shop import picture, png_of_size, write_clip, write_tone
from tests.listen import heard


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    write_clip(path)
    return path


PLAYLISTS = {
    "list.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{clip}\n#EXT-X-ENDLIST\n",
    "list.mp4": "ffconcat version 1.0\nfile {clip}\n",
    "list.mpd": '<?xml version="1.0"?><MPD type="static"><Period><BaseURL>{clip}</BaseURL></Period></MPD>',
    "list.wav": "v=0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
}


@pytest.mark.parametrize("name", PLAYLISTS)
def test_a_file_cannot_name_other_files(tmp_path: Path, clip: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(PLAYLISTS[name].format(clip=clip.name))
    with pytest.raises(MediaError, match=f"{name} is not a picture, clip or sound"):
        probe.probe(path)
    asset = Asset("0" * 64, str(path), MediaKind.VIDEO, 96, 160, Fraction(1), Fraction(24), has_sound=True)
    with pytest.raises(MediaError, match=r"is not a picture|cannot be decoded"):
        Footage(asset).at(Fraction(0), 96, 160)
    with pytest.raises(MediaError, match=r"is not a picture|cannot be decoded"):
        heard(asset, Fraction(0), Fraction(1))


def test_postscript_is_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (8, 8)).save(path, "EPS")
    with pytest.raises(MediaError, match=r"photo\.jpg is not a picture, clip or sound"):
        probe.probe(path)


@pytest.mark.parametrize("pixels", ["WEBP", "TIFF", "BMP"])
def test_the_header_is_looked_at_first(tmp_path: Path, pixels: str) -> None:
    path = tmp_path / f"wide.{pixels.lower()}"
    data = io.BytesIO()
    Image.new("1" if pixels != "WEBP" else "RGB", (12_000, 11_000 if pixels != "WEBP" else 4)).save(
        data, pixels
    )
    path.write_bytes(data.getvalue())
    if pixels == "WEBP":
        assert probe.probe(path).width_px == 12_000
    else:
        with pytest.raises(
            MediaError, match="is 12000x11000; at most 20000 pixels a side and 120 megapixels"
        ):
            probe.probe(path)


def test_a_picture_file_has_a_size_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_picture, "MAX_PICTURE_BYTES", 2**20)
    path = tmp_path / "padded.png"
    path.write_bytes(png_of_size(10, 10) + bytes(2**21))
    with pytest.raises(MediaError, match=r"padded\.png has 2 MiB; at most 1 MiB of picture are read"):
        probe.probe(path)


def test_a_jpeg_of_many_passes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    picture(64, 64).save(path, progressive=True)
    assert probe.probe(path).kind is MediaKind.IMAGE
    whole = path.read_bytes()
    first, last = whole.index(b"\xff\xda"), whole.rindex(b"\xff\xda")
    assert first < last
    scan = whole[last:-2]
    path.write_bytes(whole[:-2] + scan * probe_picture.MAX_SCANS + whole[-2:])
    with pytest.raises(MediaError, match=r"is a JPEG of 1\d\d scans; at most 100 are read"):
        probe.probe(path)


@pytest.mark.parametrize(
    ("limit", "value", "message"),
    [
        ("MAX_CLIP_SIDE_PX", 100, "is 96x160; clips of at most 100 pixels a side"),
        ("MAX_CLIP_PIXELS", 10_000, "is 96x160; clips of at most 8192 pixels a side"),
        ("MAX_FRAME_RATE", 20, "has 36 frames at 24 a second; at most 1728000 at 20"),
        ("MAX_FRAMES", 30, "has 36 frames at 24 a second; at most 30 at 1000"),
    ],
)
def test_a_clip_has_limits(
    clip: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, message: str
) -> None:
    monkeypatch.setattr(probe_stream, limit, value)
    monkeypatch.setattr(av.container.InputContainer, "decode", None, raising=False)
    with pytest.raises(MediaError, match=message):
        probe.probe(clip)


def test_a_clip_cannot_grow_after_its_first_frame(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asset = probe.probe(clip)
    monkeypatch.setattr(container, "MAX_CLIP_PIXELS", 96 * 160 - 1)
    with pytest.raises(MediaError, match="cannot be decoded"):
        Footage(asset).at(Fraction(0), 96, 160)


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
def test_tracks_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    path = tmp_path / f"tracks.{suffix}"
    with av.open(str(path), "w") as output:
        for track in [output.add_stream("aac", rate=8000, layout="mono") for _ in range(6)]:
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            frame.sample_rate = 8000
            output.mux(track.encode(frame))
            output.mux(track.encode(None))
    monkeypatch.setattr(container, "MAX_STREAMS", 6)
    assert probe.probe(path).has_sound
    for fewer in (5, 3):
        monkeypatch.setattr(container, "MAX_STREAMS", fewer)
        with pytest.raises(MediaError, match=f"has too many tracks; at most {fewer} are read"):
            probe.probe(path)


def test_a_sound_has_limits(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(1_000_000)
        file.writeframes(bytes(2000))
    with pytest.raises(MediaError, match=r"tone\.wav has 1 channels at 1000000 Hz; at most 32 at 384000 Hz"):
        probe.probe(path)


def test_a_sound_has_a_length_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tone.wav"
    write_tone(path, seconds=2)
    monkeypatch.setattr(probe_stream, "MAX_DURATION_S", 1)
    with pytest.raises(MediaError, match="hours long"):
        probe.probe(path)


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "full.mp4"
    path.symlink_to("/dev/full")
    yield path
    path.unlink()


def test_a_full_disk_is_the_machines_fault(clip: Path, full: Path) -> None:
    with pytest.raises(MachineError, match="cannot be written: No space left on device") as caught:
        join([clip], None, Fraction(24), full)
    assert getattr(caught.value.__cause__, "errno", None) == 28
