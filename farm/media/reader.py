"""Readers: a clip's frames in order, each with the time at which it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final, Protocol

import av
import av.error
from av.container import InputContainer
from av.video.reformatter import VideoReformatter

from farm.errors import MediaError
from farm.media.container import open_media, picture_stream
from farm.media.damage import NEAR_S, DamageLog
from farm.media.deinterlace import Deinterlacer
from farm.media.nvdec import Decoder, accelerator, planar
from farm.media.timestamps import read_tracks
from farm.model.asset import Asset

HELD: Final = "the last good frame is held"
"""What is done where a picture cannot be decoded."""
_NEAR_S: Final = 1
"""Decoding from the start to a place nearer than this costs about as much as seeking."""
_LEAP_S: Final = 1
"""A frame that is stamped farther ahead than this, and followed by one before it, is stamped wrongly."""
_ALPHA: Final = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Decoders that read the alpha of codecs whose usual ones skip it."""
_TRIES: Final = 3
"""So many errors of the container one after another end the clip."""

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

    A packet that cannot be decoded costs what it shows: until the next frame that can, and after a lost key frame until
    the next of these, the frame before stays. Frames that a decoder marks as patched are left out likewise, so that
    what is shown does not depend on where decoding began.
    """

    def __init__(self, asset: Asset, decoder: Decoder = "software", *, unseen: bool = False) -> None:
        """Begin.

        Args:
            asset: The clip.
            decoder: What decodes it.
            unseen: Whether nobody will look at the frames: what only makes them nicer is left out, a third of the time.
        """
        self.damage = DamageLog()
        self._asset = asset
        self._decoder = decoder
        self._unseen = unseen
        self._container: InputContainer | None = None
        self._split = VideoReformatter()

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
        shown = None
        if self._asset.sequential:
            tracks, _ = read_tracks(container, [stream])
            shown = tracks[stream.index].times_s()
            container, stream = self._open()
        yield from self._timed(container, stream, shown)

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
        stream.thread_type = "NONE"
        stream.codec_context.thread_count = 1
        if self._unseen:
            stream.codec_context.options = stream.codec_context.options | {"skip_loop_filter": "all"}
        return container, stream

    def _timed(self, container: InputContainer, stream: Any, shown: list[Fraction] | None) -> Iterator[Timed]:
        """Yield the frames from where the container stands; ``shown`` has their times where they cannot tell them."""
        yield from _rising(self._woven(container, stream, shown))

    def _woven(self, container: InputContainer, stream: Any, shown: list[Fraction] | None) -> Iterator[Timed]:
        weave = Deinterlacer()
        count = 0
        for frame in self._decoded(container, stream):
            if shown is None:
                at_s = self._time_s(frame)
            else:
                at_s = shown[min(count, len(shown) - 1)]
                count += 1
            if self._unseen:
                yield at_s, frame
                continue
            yield from weave.add(at_s, planar(frame, self._split) if self._decoder == "nvdec" else frame)
        yield from weave.rest()

    def _time_s(self, frame: av.VideoFrame) -> Fraction:
        at_s = (frame.pts or 0) * (frame.time_base or Fraction(1)) - self._asset.origin_s
        if not self._asset.steady:
            return at_s
        return Fraction(round(at_s * self._asset.rate)) / self._asset.rate

    def _decoded(self, container: InputContainer, stream: Any) -> Iterator[av.VideoFrame]:
        codec = alpha_decoder(stream) if self._asset.has_alpha else None
        codec = codec or stream.codec_context
        lost = False
        for packet in self._packets(container, stream):
            try:
                frames = codec.decode(packet)
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                if self._decoder == "nvdec":
                    raise
                self._note(packet.pts if packet.pts is not None else packet.dts, stream)
                lost = lost or packet.is_keyframe
                continue
            for frame in frames:
                if frame.is_corrupt:
                    self._note(frame.pts, stream)
                    lost = lost or frame.key_frame
                    continue
                lost = lost and not frame.key_frame
                if not lost:
                    yield frame

    def _packets(self, container: InputContainer, stream: Any) -> Iterator[Any]:
        """Yield the stream's packets and, last, the empty one that has decoders give what they hold."""
        last: int | None = None
        for _ in range(_TRIES):
            try:
                for packet in container.demux(stream):
                    last = packet.pts if packet.pts is not None else last
                    yield packet
                return
            except av.error.FFmpegError:
                self._note(last, stream)
        yield av.Packet()

    def _note(self, stamp: int | None, stream: Any) -> None:
        at_s = (stamp or 0) * (stream.time_base or Fraction(1)) - self._asset.origin_s
        if self._asset.cut_off_s is None or at_s < self._asset.cut_off_s - NEAR_S:
            self.damage.add(at_s, HELD)


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
