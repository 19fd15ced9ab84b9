"""Every format: what was asked for is in the file, decoded again."""

from __future__ import annotations

import json
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

import farm
from farm.media.decode_audio import decode_track
from farm.media.loudness import LoudnessMeter
from tests.unit.outputs.conftest import GREEN, RED, Render, is_near, job, pictures

VIDEOS = {"mp4": ".mp4", "hevc": ".mp4", "av1": ".mp4", "webm": ".webm", "prores": ".mov"}
OTHERS = {"gif": ".gif", "webp": ".webp", "png": ".zip"}
SOUNDS = {"m4a": ".m4a", "wav": ".wav", "mp3": ".mp3"}
RATES = {"gif": "25"}


def only(made: farm.Production) -> Path:
    """Return the path of a job's only file."""
    (file,) = made.files
    assert file.path == made.video
    assert file.path.stat().st_size == file.size_bytes
    return file.path


@pytest.mark.parametrize("format", [*VIDEOS, *OTHERS])
def test_frames_and_colours_are_those_of_the_timeline(render: Render, format: str) -> None:
    output = {"format": format, "size": "64x96", "fps": RATES.get(format, "30")}
    made = render(job(output=output))
    path = only(made)
    assert path.suffix == {**VIDEOS, **OTHERS}[format]
    rate = int(output["fps"])
    assert made.frames == rate
    assert made.duration_s == pytest.approx(1.0, abs=0.02)
    assert (made.width_px, made.height_px) == (64, 96)
    found = pictures(path)
    assert len(found) == rate
    assert {one.shape for one in found} == {(96, 64, 4)}
    assert is_near(found[2][48, 16], RED)
    assert is_near(found[-2][48, 16], GREEN)
    assert is_near(found[-2][48, 62], (32, 64, 96))
    bars = [float(np.flatnonzero(one[48, 34:, :3].min(axis=1) > 180).mean()) for one in found]
    assert max(before - after for before, after in pairwise(bars)) < 1.5
    assert bars[-1] > bars[0] + 8
    assert min(one[..., 3].min() for one in found) == 255


@pytest.mark.parametrize("format", ["webm", "prores", "gif", "webp", "png"])
def test_transparency_survives(render: Render, format: str) -> None:
    output = {"format": format, "size": "64x96", "fps": RATES.get(format, "30")}
    found = pictures(only(render(job(background="transparent", output=output))))
    for one in (found[1], found[-1]):
        assert one[48, 62, 3] <= 4
        assert one[48, 16, 3] >= 251
    assert is_near(found[1][48, 16], RED)


@pytest.mark.parametrize("format", ["webm", "prores", "webp", "png"])
def test_half_transparent_colours_are_straight(render: Render, format: str) -> None:
    document = job(background="#20406080", output={"format": format, "size": "64x96"})
    found = pictures(only(render(document)))
    assert int(found[1][48, 60, 3]) == pytest.approx(128, abs=4)
    assert is_near(found[1][48, 60], (32, 64, 96), within=18)


@pytest.mark.parametrize("format", [*VIDEOS])
def test_sound_lasts_as_long_as_the_picture(render: Render, format: str) -> None:
    path = only(render(job(sound=True, output={"format": format, "size": "64x64"})))
    with av.open(str(path)) as container:
        assert container.streams.audio[0].rate == 48000
    samples = sum(piece.shape[1] for piece in decode_track(path))
    assert samples == pytest.approx(48000, abs=1024)
    assert samples >= 48000


@pytest.mark.parametrize("seconds", [1.0, 1.1])
@pytest.mark.parametrize("format", [*SOUNDS])
def test_sound_alone_lasts_to_the_sample(render: Render, format: str, seconds: float) -> None:
    made = render(job(sound=True, seconds=seconds, output={"format": format}))
    path = only(made)
    assert path.suffix == SOUNDS[format]
    assert (made.frames, made.width_px) == (0, 0)
    assert made.duration_s == pytest.approx(seconds, abs=1e-9)
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        if format == "m4a":
            assert stream.duration is not None
            assert stream.time_base is not None
            counted = int(stream.duration * stream.time_base * 48000)
        else:
            counted = sum(frame.samples for frame in container.decode(stream))
    assert counted == round(seconds * 48000)
    assert not container.streams.video


def test_all_sounds_have_the_loudness_asked_for(render: Render) -> None:
    outputs = [{"name": name, "format": name} for name in SOUNDS]
    outputs.append({"name": "small", "format": "mp3", "bitrate": "96 kbit/s"})
    document = job(sound=True, seconds=4, outputs=outputs)
    document["timeline"]["sound"] = {"loudness": -20}
    made = render(document)
    sizes = {one.output: one.size_bytes for one in made.files}
    assert sizes["small"] == pytest.approx(96_000 / 8 * 4, rel=0.03)
    for one in made.files:
        meter = LoudnessMeter()
        for piece in decode_track(one.path):
            meter.add(piece)
        assert meter.integrated_lufs() == pytest.approx(-20, abs=0.5)


def test_a_gif_repeats_and_each_shot_has_colours_of_its_own(render: Render) -> None:
    path = only(render(job(output={"format": "gif", "size": "64x64", "fps": 25})))
    with Image.open(path) as image:
        assert image.info["loop"] == 0
        delays = []
        for number in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(number)
            delays.append(image.info["duration"])
    assert delays == [40] * 25


def test_the_pictures_of_a_zip_are_exactly_those_composed(render: Render) -> None:
    one = render(job(output={"format": "png", "size": "64x64"}))
    first = pictures(one.video)
    assert len(first) == 30
    assert (first[0][32, 10] == first[3][40, 20]).all()
    assert is_near(first[0][32, 10], RED, within=2)


def test_a_stream_has_a_playlist_for_each_size(render: Render) -> None:
    output = {"format": "hls", "size": "128x96", "renditions": [96, 48]}
    made = render(job(sound=True, seconds=2, output=output))
    assert made.video.name == "index.m3u8"
    lines = made.video.read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["96p.m3u8", "48p.m3u8"]
    assert 'CODECS="avc1.' in made.video.read_text()
    for name, size in (("96p", (128, 96)), ("48p", (64, 48))):
        with av.open(str(made.video.with_name(f"{name}.m3u8"))) as container:
            video = container.streams.video[0]
            assert (video.width, video.height) == size
            assert sum(1 for _ in container.decode(video)) == 60
    assert {file.media_type for file in made.files} == {
        "application/vnd.apple.mpegurl",
        "video/mp4",
        "video/iso.segment",
    }


def test_a_poster_and_sprites_are_beside_the_video(render: Render) -> None:
    document = job(
        output={
            "size": "128x96",
            "poster": {"at": 0.8, "format": "png"},
            "sprites": {"every": 0.25, "width": 32, "columns": 3},
        }
    )
    made = render(document)
    kinds = {file.kind: file.path for file in made.files}
    with Image.open(kinds["poster"]) as poster:
        assert poster.size == (128, 96)
        assert is_near(np.asarray(poster.convert("RGBA"))[48, 20], GREEN)
    with Image.open(kinds["sprites"]) as sheet:
        assert sheet.size == (96, 48)
        assert is_near(np.asarray(sheet.convert("RGBA"))[12, 6], RED, within=24)
        assert is_near(np.asarray(sheet.convert("RGBA"))[36, 6], GREEN, within=24)
    cues = kinds["cues"].read_text()
    assert cues.startswith("WEBVTT\n")
    assert "00:00:00.750 --> 00:00:01.000\nsheet.jpg#xywh=0,24,32,24" in cues
    assert cues.count("-->") == 4


@pytest.mark.parametrize("format", [*VIDEOS, *OTHERS])
@pytest.mark.parametrize("size", ["16x16", "98x34"])
def test_one_frame_is_enough(render: Render, format: str, size: str) -> None:
    document = {
        "timeline": {"tracks": [{"clips": [{"kind": "color", "color": "red", "duration": "1f"}]}]},
        "output": {"format": format, "size": size, "fps": 25},
    }
    made = render(document)
    assert made.frames == 1
    assert len(pictures(only(made))) == 1


@pytest.mark.parametrize("format", ["hevc", "av1", "webm", "prores"])
def test_ntsc_rates_are_exact(render: Render, format: str) -> None:
    made = render(job(output={"format": format, "size": "64x64", "fps": 29.97}))
    assert made.frames == 30
    with av.open(str(made.video)) as container:
        stream = container.streams.video[0]
        assert abs(stream.average_rate - 30000 / 1001) < 0.03


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
def test_ffprobe_reads_each_file(render: Render) -> None:
    outputs = [{"name": name, "format": name, "size": "64x64", "fps": 25} for name in (*VIDEOS, "gif")]
    made = render(job(sound=True, outputs=outputs))
    codecs = {"mp4": "h264", "hevc": "hevc", "av1": "av1", "webm": "vp9", "prores": "prores", "gif": "gif"}
    for file in made.files:
        command = ["ffprobe", "-v", "error", "-count_packets", "-show_streams", "-of", "json", str(file.path)]
        told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["streams"]
        video = next(one for one in told if one["codec_type"] == "video")
        assert video["codec_name"] == codecs[file.output]
        assert int(video["nb_read_packets"]) == 25
        if file.output != "gif":
            assert (video["color_space"], video["color_range"]) == ("bt709", "tv")
            assert len(told) == 2
        if file.output == "hevc":
            assert video["codec_tag_string"] == "hvc1"
        if file.output == "prores":
            assert video["codec_tag_string"] == "ap4h"
