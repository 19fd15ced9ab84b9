"""Readers: a clip's frames in order, each with its presentation time."""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Protocol

import av
import av.error
from av.container import InputContainer
from av.video.frame import PictureType
from av.video.reformatter import VideoReformatter

from farm.errors import MediaError
from farm.media.container import open_media, packets, picture_stream
from farm.media.damage import DamageLog
from farm.media.deinterlace import Deinterlacer
from farm.media.nvdec import Decoder, accelerator, planar
from farm.media.timestamps import StreamTiming
from farm.model.asset import Asset

HELD: Final = "the last good frame is held"
"""What is done where a picture cannot be decoded."""
_NEAR_S: Final = 1
"""Decoding from the start to a time nearer than this costs about as much as seeking."""
_LEAP_S: Final = 1
"""A frame whose timestamp is further ahead than this, and is followed by an earlier one, has a wrong timestamp."""
_ALPHA: Final = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Decoders that read the alpha of codecs whose default decoders skip it."""
_HOLE: Final = 5
"""A gap of more than this many frame periods, in a clip whose frames come one period apart, means loss."""
_UNSAID: Final = 2
"""AVCOL_TRC_UNSPECIFIED and AVCOL_PRI_UNSPECIFIED."""

Timed = tuple[Fraction, av.VideoFrame]
"""Presentation time of a frame, relative to the first, and the decoded frame, already deinterlaced."""


class Reader(Protocol):
    """Yields the frames of a clip in presentation order; not thread-safe."""

    damage: DamageLog
    """Places that could not be decoded."""

    def frames_from(self, seconds: Fraction) -> Iterator[Timed]:
        """Yield frames up to the last; the first is shown at or before ``seconds``, if any is.

        Ends any earlier iteration.

        Raises:
            MediaError: the clip cannot be opened.
            av.error.FFmpegError: decoding on the card failed.
        """

    def close(self) -> None:
        """Close the file."""


class StreamReader:
    """Reads a clip by FFmpeg.

    If a packet cannot be decoded, the frames that depend on it are dropped: the previous frame is held until the next
    keyframe. Frames that a decoder marks as corrupt are dropped too, so that what is shown does not depend on where
    decoding began.
    """

    def __init__(self, asset: Asset, decoder: Decoder = "software", *, unseen: bool = False) -> None:
        """Prepare to read; the file is opened later.

        Args:
            asset: The clip.
            decoder: The decoder to use.
            unseen: Whether the frames are never shown: purely visual steps are skipped, a third of the decoding time.
        """
        self.damage = DamageLog(asset.cut_off_s)
        self._asset = asset
        self._decoder = decoder
        self._unseen = unseen
        self._container: InputContainer | None = None
        self._split = VideoReformatter()
        self._tags = _Tags(_UNSAID, _UNSAID)
        self._last: int | None = None

    def frames_from(self, seconds: Fraction) -> Iterator[Timed]:
        """Yield frames up to the last; the first is shown at or before ``seconds``, if any is."""
        if self._asset.sequential or seconds <= _NEAR_S:
            return self._from_start()
        return self._sought(seconds)

    def close(self) -> None:
        """Close the file."""
        if self._container is not None:
            self._container.close()
        self._container = None

    def _from_start(self) -> Iterator[Timed]:
        container, stream = self._open()
        if not self._asset.sequential:
            yield from self._timed(container, stream, None)
            return
        track = StreamTiming(Fraction(stream.time_base or 1))
        for packet in packets(container, stream, lambda: None):
            track.add(packet)
        counts = track.unstamped or container.format.name == "avi"
        container, stream = self._open()
        yield from self._timed(
            container, stream, _Order(track.times_s() if counts else None, self._asset.origin_s)
        )

    def _sought(self, seconds: Fraction) -> Iterator[Timed]:
        container, stream = self._open()
        base = stream.time_base or Fraction(1)
        # Deinterlacing uses the previous frame, so one extra frame is decoded.
        before_s = 2 / self._asset.rate if self._asset.rate else Fraction(0)
        try:
            container.seek(
                int((seconds - before_s + self._asset.origin_s) / base), stream=stream, backward=True
            )
        except av.error.FFmpegError:
            yield from self._from_start()
            return
        frames = self._timed(container, stream, None)
        first = next(frames, None)
        if first is None or first[0] > seconds:
            # Some files have bad indexes, and if the keyframe is damaged an earlier one is needed.
            yield from self._from_start()
            return
        yield first
        yield from frames

    def _open(self) -> tuple[InputContainer, Any]:
        self.close()
        container = open_media(self._asset.path, accelerator() if self._decoder == "nvdec" else None)
        self._container = container
        stream = picture_stream(container)
        if stream is None:
            raise MediaError(f"{self._asset.path} holds no picture")
        codec = stream.codec_context
        self._tags = _Tags(int(codec.color_trc), int(codec.color_primaries))
        stream.thread_type = "NONE"
        stream.codec_context.thread_count = 1
        if self._unseen:
            stream.codec_context.options = stream.codec_context.options | {"skip_loop_filter": "all"}
        return container, stream

    def _timed(self, container: InputContainer, stream: Any, order: _Order | None) -> Iterator[Timed]:
        """Yield frames from the container's current position; ``order`` supplies times if timestamps are unusable."""
        yield from _rising(self._woven(container, stream, order))

    def _woven(self, container: InputContainer, stream: Any, order: _Order | None) -> Iterator[Timed]:
        weave = Deinterlacer()
        for at_s, frame in self._whole(self._decoded(container, stream, order)):
            if self._unseen:
                yield at_s, frame
                continue
            yield from weave.add(at_s, planar(frame, self._split) if self._decoder == "nvdec" else frame)
        yield from weave.rest()

    def _whole(self, frames: Iterator[Timed]) -> Iterator[Timed]:
        """Pass frames on; record where many are missing between two."""
        beat_s = 1 / self._asset.rate if self._asset.dense and self._asset.rate else None
        last_s: Fraction | None = None
        for at_s, frame in frames:
            if beat_s is not None and last_s is not None and at_s - last_s > _HOLE * beat_s:
                self.damage.add(last_s + beat_s, HELD)
            last_s = at_s
            yield at_s, frame

    def _time_s(self, frame: av.VideoFrame) -> Fraction:
        at_s = (frame.pts or 0) * (frame.time_base or Fraction(1)) - self._asset.origin_s
        if not self._asset.steady:
            return at_s
        return Fraction(round(at_s * self._asset.rate)) / self._asset.rate

    def _decoded(self, container: InputContainer, stream: Any, order: _Order | None) -> Iterator[Timed]:
        """Yield the frames that can be decoded, each with its time.

        Frames that depend on one that cannot be decoded would show garbage: all up to the next keyframe are dropped,
        unless no frame depends on it.
        """
        codec = (alpha_decoder(stream) if self._asset.has_alpha else None) or stream.codec_context
        codec.copy_opaque = order is not None
        track = StreamTiming(Fraction(stream.time_base or 1))
        lost = False
        for packet in packets(container, stream, lambda: self._note(self._last, stream)):
            self._last = packet.pts if packet.pts is not None else self._last
            if order is not None:
                packet.opaque = order.of_packet(track, packet)
            try:
                frames = codec.decode(packet)
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                if self._decoder == "nvdec":
                    raise
                self._note(packet.pts if packet.pts is not None else packet.dts, stream)
                lost = True
                continue
            for frame in frames:
                at_s = self._time_s(frame) if order is None else order.of_frame(frame)
                if frame.is_corrupt:
                    self.damage.add(at_s, HELD)
                    lost = lost or frame.pict_type != PictureType.B
                    continue
                lost = lost and not frame.key_frame
                if not lost:
                    yield at_s, _tagged(frame, self._tags)

    def _note(self, stamp: int | None, stream: Any) -> None:
        self.damage.add((stamp or 0) * (stream.time_base or Fraction(1)) - self._asset.origin_s, HELD)


class _Order:
    """Assigns times to the frames of a clip whose timestamps are unusable, decoding from the start.

    Each packet's position travels with it through the decoder. Where positions are all there is (AVI), the n-th frame
    shown has the n-th time; lost frames are accounted for at each frame that is not a B-frame, so that what follows
    damage keeps its correct time.
    """

    def __init__(self, times_s: list[Fraction] | None, origin_s: Fraction) -> None:
        """Start at the first packet.

        Args:
            times_s: The times of all frames in presentation order; None if the packets' own are right.
            origin_s: The first frame's timestamp in the file.
        """
        self._times_s = times_s
        self._origin_s = origin_s
        self._shown: list[int] = []
        self._rank = -1

    def of_packet(self, track: StreamTiming, packet: Any) -> Any:
        """Return what travels with a packet: its position, or its time."""
        stamp = track.add(packet)
        if stamp is None:
            return None
        return len(track.stamps) - 1 if self._times_s is not None else stamp * track.tick_s - self._origin_s

    def of_frame(self, frame: av.VideoFrame) -> Fraction:
        """Return a frame's presentation time."""
        time_s: Any = frame.opaque
        if self._times_s is None:
            return (
                time_s
                if time_s is not None
                else (frame.pts or 0) * (frame.time_base or Fraction(1)) - self._origin_s
            )
        if time_s is None or frame.pict_type == PictureType.B:
            self._rank += 1
        else:
            # Everything decoded before it is shown before it, and so is everything already shown.
            self._rank = time_s + len(self._shown) - bisect(self._shown, time_s)
        if time_s is not None:
            insort(self._shown, time_s)
        return self._times_s[min(self._rank, len(self._times_s) - 1)]


@dataclass(frozen=True, slots=True)
class _Tags:
    """The container's colour tags of a clip; 2 where unspecified."""

    transfer: int
    primaries: int


def _tagged(frame: av.VideoFrame, tags: _Tags) -> av.VideoFrame:
    """Return a frame with the container's colour tags where its codec specifies none."""
    if int(frame.color_trc) == _UNSAID and tags.transfer != _UNSAID:
        frame.color_trc = tags.transfer
    if int(frame.color_primaries) == _UNSAID and tags.primaries != _UNSAID:
        frame.color_primaries = tags.primaries
    return frame


def _rising(frames: Iterator[Timed]) -> Iterator[Timed]:
    """Yield frames with increasing times; of two out of order, drop the first if it leaps ahead, else the second."""
    last_s: Fraction | None = None
    held: Timed | None = None
    for frame in frames:
        if held is not None and frame[0] <= held[0]:
            leaps = last_s is not None and frame[0] > last_s and held[0] - last_s > _LEAP_S
            held = frame if leaps else held
            continue
        if held is not None:
            yield held
            last_s = held[0]
        held = frame
    if held is not None:
        yield held


def alpha_decoder(stream: Any) -> Any:
    """Return a decoder that reads the alpha of a VP8 or VP9 stream that has some; None to use the default one."""
    name = _ALPHA.get(stream.codec_context.name)
    if name is None or stream.metadata.get("alpha_mode") != "1":
        return None
    codec = av.CodecContext.create(name, "r")
    if stream.codec_context.extradata:
        codec.extradata = stream.codec_context.extradata
    codec.thread_count = 1
    return codec
