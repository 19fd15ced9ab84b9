"""Small jobs, their files, and readers of those files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import farm
from farm.settings import Settings

Rgba: TypeAlias = NDArray[np.uint8]
"""A picture, (height, width, 4)."""
Render: TypeAlias = Callable[..., farm.Production]

RED, GREEN = (229, 52, 43), (47, 168, 79)


def job(
    *, sound: bool = False, background: str = "#204060", seconds: float = 1.0, **rest: Any
) -> dict[str, Any]:
    """Return a job: the left half red, then green, in shots of half the length; a bar moves through the rest."""
    half = seconds / 2
    tracks: list[dict[str, Any]] = [
        {
            "clips": [
                {"kind": "color", "color": "#e5342b", "duration": half, "box": [0, 0, "50%", "100%"]},
                {"kind": "color", "color": "#2fa84f", "duration": half, "box": [0, 0, "50%", "100%"]},
            ]
        },
        {
            "clips": [
                {
                    "kind": "color",
                    "color": "#ffffff",
                    "duration": seconds,
                    "box": ["60%", 0, "10%", "100%"],
                    "x": [{"at": 0, "value": 0}, {"at": seconds, "value": "25%"}],
                }
            ]
        },
    ]
    if sound:
        tracks.append({"clips": [{"kind": "audio", "src": "calm", "duration": seconds}]})
    return {"timeline": {"background": background, "tracks": tracks}, **rest}


@pytest.fixture
def render(tmp_path: Path) -> Render:
    """Render a job into a folder, on a store that only this test uses."""
    settings = Settings(tmp_path / "home")

    def made(document: dict[str, Any], **options: Any) -> farm.Production:
        return farm.render(document, out=tmp_path / "out", settings=settings, **options)

    return made


def pictures(path: Path, *, webp_rate: int = 30) -> list[Rgba]:
    """Return the pictures of a finished file, decoded by other code than farm's where there is some."""
    match path.suffix:
        case ".gif":
            return list(_animation(path, 0))
        case ".webp":
            return list(_animation(path, 1000 / webp_rate))
        case ".zip":
            with zipfile.ZipFile(path) as file:
                return [_rgba(Image.open(io.BytesIO(file.read(name)))) for name in file.namelist()]
        case _:
            return list(_video(path))


def _animation(path: Path, frame_ms: float) -> Iterator[Rgba]:
    with Image.open(path) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            pixels = _rgba(image)
            # A WebP has one picture for frames that are equal.
            repeats = round(image.info.get("duration", 0) / frame_ms) if frame_ms else 1
            yield from [pixels] * max(1, repeats)


def _rgba(image: Image.Image) -> Rgba:
    return np.asarray(image.convert("RGBA"))


def _video(path: Path) -> Iterator[Rgba]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        # FFmpeg's own decoder of VP9 does not read the alpha beside it.
        decoder = (
            av.CodecContext.create("libvpx-vp9", "r")
            if stream.codec_context.name == "vp9"
            else stream.codec_context
        )
        for packet in container.demux(stream):
            for frame in decoder.decode(packet if packet.size else None):
                yield frame.reformat(format="rgba", src_colorspace="ITU709").to_ndarray()


def is_near(found: Rgba, colour: tuple[int, int, int], within: int = 14) -> bool:
    """Whether a pixel has a colour."""
    return bool(np.abs(found[:3].astype(int) - colour).max() <= within)
