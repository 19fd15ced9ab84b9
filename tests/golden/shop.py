"""A shop's folder for tests: small good media, and every kind of bad file. All of it is made here."""

from __future__ import annotations

import wave
import zlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image


def picture(width: int, height: int, seed: int = 1) -> Image.Image:
    """Return a picture with soft colours and some detail."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(30, 226, (5, 4, 3), np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def write_clip(
    path: Path, *, frames: int = 36, rate: Fraction = Fraction(24), size: tuple[int, int] = (96, 160)
) -> None:
    """Write an H.264 clip whose frame ``n`` is a scrolling picture with the brightness of its lower half set by n."""
    width, height = size
    wide = np.asarray(picture(width * 2, height, seed=7))
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=rate, options={"crf": "12", "preset": "veryfast", "g": "12"}
        )
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        context = stream.codec_context
        context.thread_count = 1
        context.color_primaries = context.color_trc = context.colorspace = 1  # BT.709
        context.color_range = 1  # limited
        for number in range(frames):
            rgb = np.ascontiguousarray(wide[:, number : number + width])
            rgb[height // 2 :] = 20 + number * 200 // frames
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, "rgb24")))
        container.mux(stream.encode(None))


def write_tone(
    path: Path, *, seconds: float = 1.0, hz: float = 440.0, level: float = 0.25, rate: int = 48_000
) -> None:
    """Write a 16-bit stereo WAV of one tone."""
    time = np.arange(int(seconds * rate)) / rate
    tone = np.round(np.sin(2 * np.pi * hz * time) * level * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(tone, 2).tobytes())


def png_of_size(width: int, height: int) -> bytes:
    """Return a tiny but well-formed PNG of 1-bit zeros that says it is ``width`` by ``height``."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([1, 0, 0, 0, 0])
    row = bytes(1 + (width + 7) // 8)
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def build_library(folder: Path) -> None:
    """Fill a folder with good media (photo.jpg, side.png, clip.mp4, tone.wav) and bad ones."""
    folder.mkdir(parents=True, exist_ok=True)
    picture(120, 160).save(folder / "photo.jpg", quality=90)
    picture(80, 80, 2).save(folder / "side.png")
    write_clip(folder / "clip.mp4")
    write_tone(folder / "tone.wav")
    (folder / "notes.jpg").write_text("This is the shopping list, not a photo.\n" * 20)
    (folder / "empty.jpg").touch()
    (folder / "album").mkdir()
    for name in ("photo.jpg", "side.png", "clip.mp4"):
        whole = (folder / name).read_bytes()
        (folder / f"cut-{name}").write_bytes(whole[: len(whole) // 2])
    (folder / "huge.png").write_bytes(png_of_size(40_000, 40_000))
    (folder / "good.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    (folder / "broken.srt").write_text("1\n00:00:00 --> 0:01\nHello\n")
    (folder / "empty.srt").write_text("nothing to see here\n")
    (folder / "korean.srt").write_bytes("1\n00:00:00,000 --> 00:00:01,000\n무료 배송\n".encode("euc_kr"))
    (folder / "endless.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\n" + "word " * 600 + "\n")
