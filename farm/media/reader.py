"""Readers: a clip's frames in order, each with the time at which it is shown."""

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
from farm.media.timestamps import Track
from farm.model.asset import Asset

HELD: Final = "the last good frame is held"
"""What is done where a picture cannot be decoded."""
_NEAR_S: Final = 1
"""Decoding from the start to a place nearer than this costs about as much as seeking."""
_LEAP_S: Final = 1
"""A frame that is stamped farther ahead than this, and followed by one before it, is stamped wrongly."""
_ALPHA: Final = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Decoders that read the alpha of codecs whose usual ones skip it."""
_HOLE: Final = 5
"""A frame that comes so many beats after the one before it, where others come after one, tells of a loss."""
_UNSAID: Final = 2
"""AVCOL_TRC_UNSPECIFIED and AVCOL_PRI_UNSPECIFIED."""

Timed = tuple[Fraction, av.VideoFrame]
"""When a frame is shown, counted from the first, and the frame as decoded, woven fields already whole."""


class Reader(Protocol):
    """Gives the frames of a clip in the order of time; not thread-safe."""

    damage: DamageLog
    """Places that could not be decoded."""

    def frames_from(self, seconds: Fraction) -> Iterator[Timed]:
        """Yield frames up to the last; the first is shown at ``seconds`` or before, where any is.

        Whatever was yielded before is over.

        Raises:
            MediaError: the clip cannot be opened.
            av.error.FFmpegError: the card fails, where it is to decode.
        """

    def close(self) -> None:
        """Close the file."""


class StreamReader:
    """Reads a clip by FFmpeg.

    A packet that cannot be decoded costs what builds on it: the frame before stays until the next key frame. Frames
    that a decoder marks as patched are left out likewise: what is shown does not depend on where decoding began.
    """

    def __init__(self, asset: Asset, decoder: Decoder = "software", *, unseen: bool = False) -> None:
        """Begin.

        Args:
            asset: The clip.
            decoder: What decodes it.
            unseen: Whether nobody will look at the frames: what only makes them nicer is left out, a third of the time.
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
        """Yield frames up to the last; the first is shown at ``seconds`` or before, where any is."""
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
        track = Track(Fraction(stream.time_base or 1))
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
        # Fields are made whole with the frame before: one frame more is decoded than is shown.
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
            # Some files index badly, and where the key frame is damaged an earlier one is needed.
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
        """Yield the frames from where the container stands; ``order`` has their times where they cannot tell them."""
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
        """Pass frames on; note where many are missing between two."""
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
        """Yield what can be decoded, each frame with its time.

        After a picture that could not be, others that build on it would show rubbish: all up to the next key frame are
        left out, unless it was one that nothing builds on.
        """
        codec = (alpha_decoder(stream) if self._asset.has_alpha else None) or stream.codec_context
        codec.copy_opaque = order is not None
        track = Track(Fraction(stream.time_base or 1))
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
    """Gives the frames of a clip their times where their own are of no use, decoding from the start.

    Each packet's place goes with it through the decoder. Where places are all there is (AVI), the n-th frame shown has
    the n-th time; frames that were lost are counted at each picture that others do not come before, so that what
    follows damage stands where it should.
    """

    def __init__(self, times_s: list[Fraction] | None, origin_s: Fraction) -> None:
        """Begin.

        Args:
            times_s: The times of all frames in the order of showing; None where packets have right ones.
            origin_s: The file's own time of the first frame.
        """
        self._times_s = times_s
        self._origin_s = origin_s
        self._shown: list[int] = []
        self._rank = -1

    def of_packet(self, track: Track, packet: Any) -> Any:
        """Return what is to go with a packet: its place, or its time."""
        stamp = track.add(packet)
        if stamp is None:
            return None
        return len(track.stamps) - 1 if self._times_s is not None else stamp * track.tick_s - self._origin_s

    def of_frame(self, frame: av.VideoFrame) -> Fraction:
        """Return when a frame is shown."""
        told: Any = frame.opaque
        if self._times_s is None:
            return (
                told
                if told is not None
                else (frame.pts or 0) * (frame.time_base or Fraction(1)) - self._origin_s
            )
        if told is None or frame.pict_type == PictureType.B:
            self._rank += 1
        else:
            # All that was decoded before it is shown before it, and so is what was shown already.
            self._rank = told + len(self._shown) - bisect(self._shown, told)
        if told is not None:
            insort(self._shown, told)
        return self._times_s[min(self._rank, len(self._times_s) - 1)]


@dataclass(frozen=True, slots=True)
class _Tags:
    """What the container says of a clip's colours; 2 where it does not."""

    transfer: int
    primaries: int


def _tagged(frame: av.VideoFrame, tags: _Tags) -> av.VideoFrame:
    """Return a frame that says of its colours what the container does, where its codec says nothing."""
    if int(frame.color_trc) == _UNSAID and tags.transfer != _UNSAID:
        frame.color_trc = tags.transfer
    if int(frame.color_primaries) == _UNSAID and tags.primaries != _UNSAID:
        frame.color_primaries = tags.primaries
    return frame


def _rising(frames: Iterator[Timed]) -> Iterator[Timed]:
    """Yield frames whose times rise; of two that do not, the one is left out that leaps away from the frame before."""
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
    """Return a decoder that reads the alpha of a VP8 or VP9 stream that has some; None where the usual one does."""
    name = _ALPHA.get(stream.codec_context.name)
    if name is None or stream.metadata.get("alpha_mode") != "1":
        return None
    codec = av.CodecContext.create(name, "r")
    if stream.codec_context.extradata:
        codec.extradata = stream.codec_context.extradata
    codec.thread_count = 1
    return codec
