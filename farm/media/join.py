"""Joining: encoded segments and a sound track become one MP4, without re-encoding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error

from farm.errors import MachineError, MediaError
from farm.media.container import UNWRITABLE


def join(segments: Sequence[Path], sound: Path | None, rate: Fraction, out: Path) -> int:
    """Write the segments one after another, with the sound beside them, to ``out`` (MP4, faststart).

    Args:
        segments: MP4s made by :class:`farm.media.encode.SegmentEncoder` with equal settings, in order.
        sound: An MP4 with one AAC track, or None for a silent video.
        rate: Frames a second.
        out: The file to write.

    Returns:
        Frames in the file.

    Raises:
        MediaError: a segment is damaged or does not join with the first.
        MachineError: the disk of ``out`` is full or cannot be written.
    """
    try:
        with ExitStack() as stack:
            first = stack.enter_context(av.open(str(segments[0])))
            options = {"movflags": "+faststart", "fflags": "+bitexact"}
            output = stack.enter_context(av.open(str(out), "w", format="mp4", options=options))
            video = output.add_stream_from_template(first.streams.video[0])
            video.time_base = 1 / rate
            heard: Iterator[av.Packet[Any]] = iter(())
            if sound is not None:
                source = stack.enter_context(av.open(str(sound)))
                heard = _sound_packets(source, output.add_stream_from_template(source.streams.audio[0]))
            waiting = next(heard, None)
            frames = 0
            for packet in _video_packets(segments, video, rate):
                while waiting is not None and _starts(waiting) <= packet.dts / rate:
                    output.mux(waiting)
                    waiting = next(heard, None)
                output.mux(packet)
                frames += 1
            while waiting is not None:
                output.mux(waiting)
                waiting = next(heard, None)
        return frames
    except av.error.FFmpegError as error:
        if error.errno in UNWRITABLE:
            raise MachineError(f"{out.parent} cannot be written: {error.strerror}; free space") from error
        raise MediaError(f"the segments do not join: {error}") from error


def _starts(packet: av.Packet[Any]) -> Fraction:
    return Fraction(packet.dts or 0) * (packet.time_base or Fraction(1))


def _sound_packets(container: av.container.InputContainer, track: Any) -> Iterator[av.Packet[Any]]:
    for packet in container.demux(audio=0):
        if packet.dts is not None:
            packet.stream = track
            yield packet


def _video_packets(segments: Sequence[Path], video: Any, rate: Fraction) -> Iterator[Any]:
    """Yield every segment's packets, their times counted in frames from the start of the video."""
    start = 0
    header: bytes | None = None
    for path in segments:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            extradata = stream.codec_context.extradata
            header = extradata if header is None else header
            if extradata != header:
                raise MediaError(f"{path.name} was encoded with other settings than the first segment")
            ticks = 1 / rate / (stream.time_base or 1 / rate)
            count = 0
            for packet in container.demux(stream):
                if packet.dts is None or packet.pts is None:
                    continue
                packet.pts = start + round(packet.pts / ticks)
                packet.dts = start + round(packet.dts / ticks)
                packet.duration = 1
                packet.time_base = 1 / rate
                packet.stream = video
                yield packet
                count += 1
        start += count
