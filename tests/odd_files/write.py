"""Writers of odd files, by PyAV and Pillow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from tests.odd_files.marks import Rgb, beeping, numbered, quad

Tweak = Callable[[Any], None]
"""Changes a stream or its codec context before the first frame."""


def write_video(
    path: Path,
    frames: Iterable[Rgb],
    *,
    codec: str = "libx264",
    form: str = "yuv420p",
    rate: Fraction | int = 30,
    times: Sequence[Fraction] | None = None,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    container: str | None = None,
    tweak: Tweak | None = None,
    keep: Callable[[int], bool] | None = None,
    sound: NDArray[np.float32] | None = None,
    sound_at_s: Fraction = Fraction(0),
    sound_keep: Callable[[float], bool] | None = None,
) -> Path:
    """Write a clip; colours are BT.709 limited unless ``tweak`` says other things.

    Args:
        path: The file.
        frames: sRGB (height, width, 3) or RGBA, or planes that ``form`` takes as they are.
        codec: Encoder.
        form: Pixel format.
        rate: Frames a second.
        times: When each frame is shown, where that is not even.
        options: Of the encoder.
        container_options: Of the muxer.
        container: The muxer, where the ending does not say it.
        tweak: Called with the stream.
        keep: Which packets are written, by number.
        sound: float32 (channels, n) at 48 kHz, beside it as AAC (Opus in WebM, MP2 in MPEG).
        sound_at_s: When the sound begins.
        sound_keep: Which of the sound's packets are written, by their time.
    """
    with av.open(str(path), "w", format=container, options=container_options or {}) as output:
        stream: Any = output.add_stream(codec, rate=Fraction(rate), options=_settings(codec, options))
        stream.pix_fmt = form
        context = stream.codec_context
        context.thread_count = 1
        context.time_base = Fraction(1, 90_000) if times else 1 / Fraction(rate)
        if not form.startswith(("rgb", "argb", "bgra", "pal8", "gray")):
            context.color_primaries = context.color_trc = context.colorspace = 1
            context.color_range = 1
        track: Any = None
        if sound is not None:
            track = output.add_stream(_sound_codec(path), rate=48_000)
            track.layout = "stereo"
        number = 0
        for index, pixels in enumerate(frames):
            frame = _frame(pixels)
            if index == 0:
                stream.width, stream.height = frame.width, frame.height
                if tweak is not None:
                    tweak(stream)
            frame = (
                frame.reformat(format=form, dst_colorspace=_space(context))
                if frame.format.name != form
                else frame
            )
            frame.pts = round(times[index] * 90_000) if times else index
            frame.time_base = context.time_base
            _tag(frame, context)
            for packet in stream.encode(frame):
                number += 1
                if keep is None or keep(number - 1):
                    output.mux(packet)
        for packet in stream.encode(None):
            number += 1
            if keep is None or keep(number - 1):
                output.mux(packet)
        if track is not None and sound is not None:
            for packet in _sound_packets(track, sound, sound_at_s):
                if sound_keep is None or sound_keep(float(packet.pts * packet.time_base)):
                    output.mux(packet)
    return path


def _settings(codec: str, options: dict[str, str] | None) -> dict[str, str]:
    usual = {
        "libx264": {"crf": "6", "preset": "veryfast"},
        "libx265": {"x265-params": "log-level=none:crf=6"},
    }
    return usual.get(codec, {}) | (options or {})


def _frame(pixels: Any) -> av.VideoFrame:
    if isinstance(pixels, av.VideoFrame):
        return pixels
    return av.VideoFrame.from_ndarray(
        np.ascontiguousarray(pixels), "rgba" if pixels.shape[2] == 4 else "rgb24"
    )


def _space(context: Any) -> int:
    return {1: 1, 5: 5, 6: 5, 9: 9}.get(int(context.colorspace), 1)


def _tag(frame: av.VideoFrame, context: Any) -> None:
    frame.color_range = context.color_range
    frame.colorspace = context.colorspace
    frame.color_trc = context.color_trc
    frame.color_primaries = context.color_primaries


def _sound_codec(path: Path) -> str:
    return {".webm": "libopus", ".mpg": "mp2", ".avi": "libmp3lame"}.get(path.suffix, "aac")


def _sound_packets(track: Any, sound: NDArray[np.float32], at_s: Fraction) -> Iterable[Any]:
    stereo = np.ascontiguousarray(np.tile(sound[:1], (2, 1)))
    resampler = av.AudioResampler(format=track.codec_context.format, layout="stereo", rate=48_000)
    frame = av.AudioFrame.from_ndarray(stereo, "fltp", "stereo")
    frame.sample_rate, frame.pts, frame.time_base = 48_000, round(at_s * 48_000), Fraction(1, 48_000)
    for piece in (*resampler.resample(frame), *resampler.resample(None)):
        yield from track.encode(piece)
    yield from track.encode(None)


def write_sound(
    path: Path,
    sound: NDArray[np.generic] | None = None,
    *,
    codec: str = "pcm_s16le",
    form: str = "fltp",
    layout: str = "mono",
    rate: int = 48_000,
    options: dict[str, str] | None = None,
    container: str | None = None,
    container_options: dict[str, str] | None = None,
    bit_rate: int = 0,
) -> Path:
    """Write a sound file, of beeps unless another is given.

    Args:
        path: The file.
        sound: (channels, n), of the format ``form``.
        codec: Encoder.
        form: Sample format of ``sound``.
        layout: Channels.
        rate: Samples a second.
        options: Of the encoder.
        container: The muxer, where the ending does not say it.
        container_options: Of the muxer.
        bit_rate: Of the encoder; its own where 0.
    """
    channels = av.AudioLayout(layout).nb_channels
    samples = beeping(rate, channels) if sound is None else sound
    with av.open(str(path), "w", format=container, options=container_options or {}) as output:
        stream: Any = output.add_stream(codec, rate=rate, options=options or {})
        stream.layout = layout
        if bit_rate:
            stream.codec_context.bit_rate = bit_rate
        if channels > 7 and form == "fltp":  # PyAV makes no planar frames of so many
            samples, form = samples.T.reshape(1, -1), "flt"
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), form, layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        resampler = av.AudioResampler(format=stream.codec_context.format, layout=layout, rate=rate)
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return path


def numbered_frames(count: int = 30) -> list[Rgb]:
    """Return frames that show their numbers."""
    return [numbered(number) for number in range(count)]


def quads(count: int = 4, width: int = 64, height: int = 96) -> list[Rgb]:
    """Return equal frames of four colours."""
    return [quad(width, height)] * count


def delay(path: Path, by_s: int = 5) -> Path:
    """Copy a file's packets into another whose clock begins ``by_s`` later, as recorders' pieces do."""
    late = path.with_stem(f"late-{path.stem}")
    with av.open(str(path)) as source, av.open(str(late), "w") as output:
        copies = {stream.index: output.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is None or packet.pts is None:
                continue
            ticks = int(by_s / packet.time_base)
            packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
            packet.stream = copies[packet.stream_index]
            output.mux(packet)
    return late


def harm(path: Path, at: float, count: int = 60) -> Path:
    """Overwrite ``count`` bytes at a share ``at`` of a file."""
    data = bytearray(path.read_bytes())
    start = int(len(data) * at)
    data[start : start + count] = bytes((37 * i + 11) % 256 for i in range(count))
    path.write_bytes(bytes(data))
    return path


def shorten(path: Path, share: float) -> Path:
    """Keep the first ``share`` of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path
