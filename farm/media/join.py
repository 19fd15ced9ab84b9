"""Joining: encoded segments and a sound track become one file, without re-encoding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import av
import av.error

from farm.errors import MachineError, MediaError
from farm.media.codec import CODEC_TAGS
from farm.media.container import UNDECODED, UNWRITABLE

FASTSTART: Final = {"movflags": "+faststart"}
"""Puts the index before the media."""


def join(
    segments: Sequence[Path],
    sound: Path | None,
    rate: Fraction,
    out: Path,
    *,
    format: str = "mp4",
    options: Mapping[str, str] = FASTSTART,
) -> int:
    """Write the segments in sequence, interleaved with the sound, to ``out``.

    Args:
        segments: Files made by :class:`farm.media.encode.SegmentEncoder` with equal settings, in order.
        sound: A file with one track in a coding that the format takes, or None for a silent video.
        rate: Frames a second.
        out: The file to write.
        format: FFmpeg's name of its format.
        options: FFmpeg's options for writing the format.

    Returns:
        The number of frames in the file.

    Raises:
        MediaError: a segment is damaged or does not join with the first.
        MachineError: the disk of ``out`` is full or cannot be written.
    """
    try:
        with ExitStack() as stack:
            first = stack.enter_context(av.open(str(segments[0])))
            exact = {**options, "fflags": "+bitexact"}
            output = stack.enter_context(av.open(str(out), "w", format=format, options=exact))
            template = first.streams.video[0]
            # FFmpeg's decoder of AV1 is not its encoder's namesake.
            video = output.add_stream_from_template(
                template, opaque=template.codec_context.name == "libdav1d"
            )
            video.time_base = 1 / rate
            if template.codec_context.codec_tag in CODEC_TAGS.values():
                video.codec_context.codec_tag = template.codec_context.codec_tag
            video.metadata.update(_lasting(template.metadata))
            heard: Iterator[av.Packet[Any]] = iter(())
            tick = Fraction(1)
            if sound is not None:
                source = stack.enter_context(av.open(str(sound)))
                track = source.streams.audio[0]
                tick = (track.time_base or tick) * rate
                heard = _sound_packets(source, output.add_stream_from_template(track))
            waiting = next(heard, None)
            frames = 0
            for packet in _video_packets(first, segments, video, rate):
                # A sound packet goes before the first frame that is not earlier; integer arithmetic for speed.
                due = packet.dts * tick.denominator
                while waiting is not None and (waiting.dts or 0) * tick.numerator <= due:
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


def _lasting(metadata: Mapping[str, str]) -> dict[str, str]:
    """Return the metadata of segments that are part of how their pictures are coded."""
    return {name.lower(): value for name, value in metadata.items() if name.lower() == "alpha_mode"}


def _sound_packets(container: av.container.InputContainer, track: Any) -> Iterator[av.Packet[Any]]:
    for packet in container.demux(audio=0):
        if packet.dts is not None:
            packet.stream = track
            yield packet


def _video_packets(
    first: av.container.InputContainer, segments: Sequence[Path], video: Any, rate: Fraction
) -> Iterator[Any]:
    """Yield every segment's packets, with timestamps in frames from the start of the video."""
    start = 0
    header = first.streams.video[0].codec_context.extradata
    tick = 1 / rate
    delays = [_delay(path, rate) for path in segments]
    # Segments of one or two frames have no B-frames; after one, decoding would begin before it has ended.
    renumbered = any(one < other for one, other in pairwise(delays))
    for index, path in enumerate(segments):
        with nullcontext(first) if index == 0 else av.open(str(path), options=UNDECODED) as container:
            stream = container.streams.video[0]
            if stream.codec_context.extradata != header:
                raise MediaError(f"{path.name} was encoded with other settings than the first segment")
            ticks = tick / (stream.time_base or tick)
            over, under = ticks.numerator, ticks.denominator
            count = 0
            for packet in container.demux(stream):
                if packet.dts is None or packet.pts is None:
                    continue
                packet.pts = start + _nearest(packet.pts, over, under)
                packet.dts = start + (
                    count - max(delays) if renumbered else _nearest(packet.dts, over, under)
                )
                packet.duration = 1
                packet.time_base = tick
                packet.stream = video
                yield packet
                count += 1
        start += count


def _delay(path: Path, rate: Fraction) -> int:
    """Return how many frames before its time the first frame of a segment is decoded."""
    with av.open(str(path), options=UNDECODED) as container:
        stream = container.streams.video[0]
        ticks = 1 / rate / (stream.time_base or 1)
        packet = next(packet for packet in container.demux(stream) if packet.dts is not None)
        return _nearest((packet.pts or 0) - (packet.dts or 0), ticks.numerator, ticks.denominator)


def _nearest(stamp: int, over: int, under: int) -> int:
    """Return the frame number nearest to a timestamp; a frame lasts ``over / under`` ticks."""
    return (2 * stamp * under + over) // (2 * over)
