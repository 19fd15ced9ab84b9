"""Probing: files are what they hold, not what they are called."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import pytest

from farm.errors import MediaError
from farm.media import probe as probing
from farm.media.probe import Prober, probe
from farm.model.asset import Asset, MediaKind
from tests.golden.shop import build_library, png_of_size


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    build_library(folder)
    return folder


def test_good_files_are_described(shop: Path) -> None:
    photo, clip, tone = (probe(shop / name) for name in ("photo.jpg", "clip.mp4", "tone.wav"))
    assert (photo.kind, photo.width_px, photo.height_px, photo.has_sound) == (
        MediaKind.IMAGE,
        120,
        160,
        False,
    )
    assert (clip.kind, clip.width_px, clip.height_px) == (MediaKind.VIDEO, 96, 160)
    assert (clip.duration_s, clip.rate, clip.has_sound) == (Fraction(3, 2), Fraction(24), False)
    assert (tone.kind, tone.duration_s, tone.has_sound) == (MediaKind.AUDIO, Fraction(1), True)
    assert photo.sha256 == hashlib.sha256((shop / "photo.jpg").read_bytes()).hexdigest()


def test_names_do_not_matter(shop: Path, tmp_path: Path) -> None:
    for name, kind in (
        ("photo.jpg", MediaKind.IMAGE),
        ("clip.mp4", MediaKind.VIDEO),
        ("tone.wav", MediaKind.AUDIO),
    ):
        disguised = tmp_path / f"{name}.txt"
        disguised.write_bytes((shop / name).read_bytes())
        assert probe(disguised).kind is kind


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone.jpg", "no such file"),
        ("album", "not a file"),
        ("empty.jpg", "the file is empty: empty.jpg"),
        ("notes.jpg", r"notes\.jpg is not a picture, clip or sound"),
        ("cut-photo.jpg", r"cut-photo\.jpg is a damaged picture"),
        ("cut-side.png", r"cut-side\.png is a damaged picture"),
        ("cut-clip.mp4", r"cut-clip\.mp4 lacks its index: recording or copying it broke off"),
        (
            "huge.png",
            "huge.png is 40000x40000; at most 20000 pixels a side and 120 megapixels are read: scale it down",
        ),
    ],
)
def test_bad_files_are_refused(shop: Path, name: str, message: str) -> None:
    with pytest.raises(MediaError, match=message):
        probe(shop / name)


@pytest.mark.parametrize("size", [(20_001, 1), (1, 20_001), (12_000, 12_000)])
def test_a_small_file_of_a_huge_picture_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_of_size(*size))
    assert path.stat().st_size < 100_000
    with pytest.raises(MediaError, match=f"bomb.png is {size[0]}x{size[1]}"):
        probe(path)


GARBAGE = [
    bytes(5000),
    b"\xff\xd8\xff" + bytes(3000),
    b"\x89PNG\r\n\x1a\n" + b"x" * 99,
    b"GIF89a",
    b"RIFF" + b"\xff" * 400,
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=["zeros", "JPEG", "PNG", "GIF", "RIFF"])
def test_garbage_is_refused(tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / "garbage.jpg"
    path.write_bytes(garbage)
    with pytest.raises(MediaError, match=r"garbage\.jpg"):
        probe(path)


def test_a_prober_reads_a_file_once_and_again_when_it_has_changed(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Path] = []

    def counted(path: Path, sha256: str | None = None) -> Asset:
        looked.append(path)
        return probe(path, sha256)

    monkeypatch.setattr(probing, "probe", counted)
    prober = Prober(limit=2)
    file = tmp_path / "photo.jpg"
    file.write_bytes((shop / "photo.jpg").read_bytes())
    first = prober.probe(file)
    assert prober.probe(file) == first == probe(file)
    assert looked == [file]
    file.write_bytes((shop / "side.png").read_bytes())
    assert prober.probe(file).sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert looked == [file, file]
    for name in ("clip.mp4", "tone.wav"):
        prober.probe(shop / name)
    prober.probe(file)
    assert looked[-1] == file  # only two are remembered
    file.unlink()
    with pytest.raises(MediaError, match="no such file"):
        prober.probe(file)
