"""Joining: encoded segments and a sound track become one MP4, without re-encoding."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import av.error

from farm.errors import MediaError


def join(segments: Sequence[Path], sound: Path | None, rate: Fraction, out: Path, *, comment: str = "") -> int:
    """Write the segments one after another, with the sound beside them, to ``out`` (MP4, faststart).

    Args:
        segments: MP4s made by :class:`farm.media.encode.SegmentEncoder` with equal settings, in order.
        sound: An MP4 with one AAC track, or None for a silent video.
        rate: Frames a second.
        out: The file to write.
        comment: Written into the file's metadata.

    Returns:
        Frames in the file.

    Raises:
        MediaError: a segment is damaged or does not join with the first.
    """
    try:
        options = {"movflags": "+faststart", "fflags": "+bitexact"}
        with av.open(str(segments[0])) as first, av.open(str(out), "w", format="mp4", options=options) as output:
            if comment:
                output.metadata["comment"] = comment
            video = output.add_stream_from_template(first.streams.video[0])
            video.time_base = 1 / rate
            sounds = av.open(str(sound)) if sound else None
            track = output.add_stream_from_template(sounds.streams.audio[0]) if sounds else None
            header = first.streams.video[0].codec_context.extradata
            frames, audio = 0, _packets(sounds) if sounds else iter(())
            waiting = next(audio, None)
            for path in segments:
                frames, waiting = _append(path, output, video, header, frames, audio, waiting, track, rate)
            while waiting is not None:
                waiting.stream = track
                output.mux(waiting)
                waiting = next(audio, None)
            if sounds:
                sounds.close()
        return frames
    except av.error.FFmpegError as error:
        raise MediaError(f"the segments do not join: {error}") from error


def _packets(container):  # type: ignore[no-untyped-def]
    for packet in container.demux(audio=0):
        if packet.dts is not None:
            yield packet


def _append(path, output, video, header, start, audio, waiting, track, rate):  # type: ignore[no-untyped-def]
    count = 0
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        if stream.codec_context.extradata != header:
            raise MediaError(f"{path.name} was encoded with other settings than the first segment")
        ticks = 1 / rate / stream.time_base
        for packet in container.demux(stream):
            if packet.dts is None:
                continue
            packet.pts = start + round(packet.pts / ticks)
            packet.dts = start + round(packet.dts / ticks)
            packet.duration = 1
            packet.time_base = 1 / rate
            seconds = packet.dts / rate
            while waiting is not None and waiting.dts * waiting.time_base <= seconds:
                waiting.stream = track
                output.mux(waiting)
                waiting = next(audio, None)
            packet.stream = video
            output.mux(packet)
            count += 1
    return start + count, waiting
