"""Probing clips and sounds: what their containers state, corrected by what their packets show."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import av.error
from av.container import InputContainer

from farm.errors import MediaError
from farm.media.colour import unreadable_colour
from farm.media.container import (
    MAX_CLIP_PIXELS,
    UnknownFormatError,
    open_media,
    packets,
    picture_stream,
    sound_stream,
)
from farm.media.formats import SPOKEN, foreign_kind, is_unfinished
from farm.media.orientation import orientation_of
from farm.media.probe_picture import check_size
from farm.media.reader import alpha_decoder
from farm.media.timestamps import StreamTiming, is_dense, mean_rate, read_tracks, steady_rate, usual_gap_s
from farm.model.asset import Asset, MediaKind

MAX_DURATION_S: Final = 4 * 3600
"""Longer media are refused."""
MAX_CLIP_SIDE_PX: Final = 8192
"""Clips with a longer side are refused."""
MAX_FRAME_RATE: Final = 1000
"""Clips with more frames a second are refused: all frames up to the one shown are decoded."""
MAX_FRAMES: Final = MAX_DURATION_S * 120
"""Clips with more frames are refused."""
MAX_SAMPLE_RATE: Final = 384_000
"""Sounds with a higher sample rate are refused."""
MAX_CHANNELS: Final = 32
"""Sounds with more channels are refused."""

_GUESSING: Final = frozenset(
    {"mp3", "aac", "ac3", "eac3", "dts", "mpegvideo", "h264", "hevc", "m4v", "amr", "loas"}
)
"""Demuxers that estimate the length from the bit rate."""
_STATING: Final = frozenset({"matroska,webm", "flv", "asf", "avi", "mxf"})
"""Demuxers that state when the longest track ends, so that a file that ends earlier is known to be truncated."""
_MP4: Final = "mov,mp4,m4a,3gp,3g2,mj2"
"""The demuxer that states the length of each track, excluding what an edit list leaves out."""
_SAME_S: Final = Fraction(1, 10)
"""An MP3's stated length within this of that of its packets is the same length, exact to the sample."""
_TORN_S: Final = Fraction(1, 2)
"""Files whose tracks end earlier than stated by more than this are truncated."""


def probe_stream(path: Path, digest: str) -> Asset:
    """Return the asset of a clip or sound.

    Raises:
        MediaError: the file is neither, or is damaged or too large.
    """
    try:
        with open_media(str(path)) as container:
            video, sound = picture_stream(container), sound_stream(container)
            if video is None and sound is None:
                raise MediaError(_nothing(path, container))
            if video is not None and video.width == 0:
                raise MediaError(_foreign(path))
            return _Probe(path, digest, container, video, sound).asset()
    except av.error.FFmpegError as error:
        if foreign_kind(path):
            raise MediaError(_foreign(path)) from error
        if is_unfinished(path):
            raise MediaError(
                f"{path.name} lacks its index: recording or copying it broke off; record or copy it again"
            ) from error
        raise MediaError(
            f"{path.name} is not a picture, clip or sound that can be read, or it is damaged; copy it again"
        ) from error
    except UnknownFormatError as error:
        raise MediaError(_foreign(path)) from error


def _foreign(path: Path) -> str:
    kind = foreign_kind(path)
    if not kind:
        return f"{path.name} is not a picture, clip or sound, whatever its name says"
    return (
        f"{path.name} is not a picture, clip or sound that is read, but {kind}; save it as {SPOKEN}, as MP4 or as "
        "a sound"
    )


def _nothing(path: Path, container: InputContainer) -> str:
    unknown = sorted({stream.type for stream in container.streams if stream.type in ("video", "audio")})
    if unknown:
        what = " and ".join(unknown)
        return f"the {what} of {path.name} has a codec that is not read; convert it to H.264 and AAC in MP4"
    return f"{path.name} holds neither picture nor sound"


class _Probe:
    def __init__(self, path: Path, digest: str, container: InputContainer, video: Any, sound: Any) -> None:
        self._path = path
        self._digest = digest
        self._container = container
        self._video = video
        self._sound = sound
        self._cut_off_s: Fraction | None = None

    def asset(self) -> Asset:
        if self._sound is not None:
            self._check_sound()
        if self._video is None:
            return self._sound_asset()
        self._check_picture_size()
        first = self._first_frame()
        tracks = self._tracks()
        return self._clip_asset(first, tracks)

    def _tracks(self) -> dict[int, StreamTiming]:
        with open_media(str(self._path)) as container:
            # All tracks: the stated length is that of the longest.
            timed = [stream for stream in container.streams if stream.type in ("video", "audio", "subtitle")]
            tracks, broken = read_tracks(container, timed)
        ends = [track.end_s for track in tracks.values() if track.stamps]
        if not ends:
            raise MediaError(f"{self._path.name} holds no picture or sound at all, only headers")
        self._find_end(tracks, max(ends), broken)
        return tracks

    def _find_end(self, tracks: dict[int, StreamTiming], end_s: Fraction, broken: Fraction | None) -> None:
        """Find where the file is cut off, from a partial packet, an index pointing beyond it, or a stated length."""
        if self._container.format.name == "wav" and _streamed(self._path):
            return
        size = self._path.stat().st_size
        found = [
            track.torn * track.tick_s - track.first_s for track in tracks.values() if track.torn is not None
        ]
        for index, track in tracks.items():
            entries = self._container.streams[index].index_entries
            if len(entries) and entries[len(entries) - 1].pos + entries[len(entries) - 1].size > size:
                found.append(max(Fraction(0), track.end_s - track.first_s))
        first_s = min(track.first_s for track in tracks.values() if track.stamps)
        if broken is not None:
            found.append(broken - first_s)
        if not found and self._container.format.name in _STATING:
            slack_s = max([_TORN_S, *(2 * usual_gap_s(track) for track in tracks.values())])
            if self._stated_s() - end_s > slack_s:
                found.append(end_s - max(first_s, Fraction(0)))
        self._cut_off_s = min(found, default=None)

    def _stated_s(self) -> Fraction:
        """Return the file's stated end time, on its own clock."""
        if self._container.format.name == "asf":
            # The whole file's length counts its start time twice.
            return max(Fraction((s.duration or 0) * (s.time_base or 1)) for s in self._container.streams)
        stated = Fraction(self._container.duration or 0, av.time_base)
        if self._container.format.name == "flv":  # counted from its start time
            return stated + Fraction(max(0, self._container.start_time or 0), av.time_base)
        if self._video is not None and self._container.format.name == "avi" and self._video.average_rate:
            return max(stated, Fraction(self._video.frames / Fraction(self._video.average_rate)))
        return stated

    def _sound_asset(self) -> Asset:
        frame = self._first_sound()
        track = self._tracks()[self._sound.index]
        origin_s = _stamp_s(frame, track.first_s)
        duration_s = self._sound_length(track, origin_s)
        if duration_s <= 0:
            raise MediaError(f"{self._path.name} holds no sound that can be decoded")
        self._check_length(duration_s)
        return Asset(
            self._digest, str(self._path), MediaKind.AUDIO, duration_s=duration_s, has_sound=True,
            origin_s=origin_s, sound_until_s=duration_s, cut_off_s=self._cut_off_s,
        )  # fmt: skip

    def _sound_length(self, track: StreamTiming, origin_s: Fraction) -> Fraction:
        """Return the length of the sound from its packets, or from an MP3's header if that agrees: it is exact."""
        name = self._container.format.name
        counted_s = track.end_s - (track.first_s if name in _GUESSING else origin_s)
        if name != "mp3" or not self._sound.duration:
            return counted_s
        stated_s = Fraction(self._sound.duration * (self._sound.time_base or 1))
        return stated_s if abs(stated_s - counted_s) < _SAME_S else counted_s

    def _clip_asset(self, frame: av.VideoFrame, tracks: dict[int, StreamTiming]) -> Asset:
        path, video = self._path, self._video
        track = tracks[video.index]
        stated = [Fraction(rate) for rate in (video.average_rate, video.guessed_rate) if rate]
        sequential = track.joined or track.unstamped or self._counts_only()
        steady = steady_rate(track, stated)
        rate = steady or mean_rate(track)
        if not rate:
            raise MediaError(
                f"{path.name} holds one frame and does not say for how long; use it as a picture"
            )
        gap_s = usual_gap_s(track) or 1 / rate
        end_s = max(
            track.end_s - track.first_s, max(track.times_s(), default=Fraction(0)) + min(gap_s, 1 / rate)
        )
        if self._container.format.name == _MP4 and video.duration:
            end_s = max(end_s, Fraction(video.duration * video.time_base))
        elif self._cut_off_s is not None and self._container.format.name in _STATING:
            end_s = max(end_s, self._stated_s() - track.first_s)
        frames = max(video.frames, len(track.stamps))
        if rate > MAX_FRAME_RATE or frames > MAX_FRAMES:
            raise MediaError(
                f"{path.name} has {frames} frames at {float(rate):g} a second; at most {MAX_FRAMES} at "
                f"{MAX_FRAME_RATE} are read: cut it, or lower its frame rate"
            )
        self._check_length(end_s)
        origin_s = track.first_s
        width, height = self._shown_size(frame)
        sound = tracks.get(self._sound.index) if self._sound is not None else None
        sound_until = sound.end_s - origin_s if sound is not None and sound.stamps else Fraction(0)
        return Asset(
            self._digest, str(path), MediaKind.VIDEO, width, height, end_s, rate,
            has_sound=sound is not None and sound_until > 0, has_alpha=_has_alpha(frame),
            origin_s=origin_s, sound_until_s=max(sound_until, Fraction(0)),
            steady=steady is not None and not sequential, dense=steady is not None and is_dense(track, steady),
            sequential=sequential, cut_off_s=self._cut_off_s,
        )  # fmt: skip

    def _counts_only(self) -> bool:
        """Whether timestamps are right only when all packets are read from the start.

        AVI numbers its packets in decoding order and uses that as their timestamps; MPEG program streams do not stamp
        every frame.
        """
        name = self._container.format.name
        return name == "mpeg" or (name == "avi" and self._video.codec_context.codec.reorder)

    def _first_frame(self) -> av.VideoFrame:
        """Return the first frame that can be decoded.

        Raises:
            MediaError: there is none, or its colours cannot be converted.
        """
        stream, name = self._video, self._path.name
        codec = alpha_decoder(stream) or stream.codec_context
        for packet in packets(self._container, stream, lambda: None):
            try:
                frames = codec.decode(packet)
            except av.error.EOFError:
                break
            except av.error.FFmpegError:
                continue
            frame: av.VideoFrame
            for frame in frames:
                if frame.is_corrupt:
                    continue
                if problem := unreadable_colour(frame):
                    raise MediaError(f"{name} {problem}")
                return frame
        raise MediaError(f"{name} holds no picture that can be decoded: it is damaged; copy it again")

    def _first_sound(self) -> av.AudioFrame:
        """Return the first piece of sound that can be decoded."""
        for packet in packets(self._container, self._sound, lambda: None):
            try:
                frames = self._sound.codec_context.decode(packet)
            except av.error.EOFError:
                break
            except av.error.FFmpegError:
                continue
            frame: av.AudioFrame
            for frame in frames:
                return frame
        raise MediaError(f"{self._path.name} holds no sound that can be decoded")

    def _shown_size(self, frame: av.VideoFrame) -> tuple[int, int]:
        ratio = Fraction(self._video.sample_aspect_ratio or 1) or Fraction(1)
        if not Fraction(1, 8) <= ratio <= 8:
            ratio = Fraction(1)  # bogus value that some recorders write
        width, height = orientation_of(frame).size(max(1, round(frame.width * ratio)), frame.height)
        check_size(width, height, self._path.name)
        return width, height

    def _check_picture_size(self) -> None:
        width, height = self._video.width, self._video.height
        if max(width, height) > MAX_CLIP_SIDE_PX or width * height > MAX_CLIP_PIXELS:
            raise MediaError(
                f"{self._path.name} is {width}x{height}; clips of at most {MAX_CLIP_SIDE_PX} pixels a side and "
                f"{MAX_CLIP_PIXELS // 10**6} megapixels are read: scale it down"
            )

    def _check_length(self, duration_s: Fraction) -> None:
        if duration_s > MAX_DURATION_S:
            raise MediaError(
                f"{self._path.name} is {float(duration_s / 3600):.1f} hours long, or says so; at most "
                f"{MAX_DURATION_S // 3600} hours are read: cut it"
            )

    def _check_sound(self) -> None:
        rate, channels = self._sound.rate, self._sound.channels
        if rate > MAX_SAMPLE_RATE or channels > MAX_CHANNELS:
            raise MediaError(
                f"{self._path.name} has {channels} channels at {rate} Hz; at most {MAX_CHANNELS} at "
                f"{MAX_SAMPLE_RATE} Hz are read: convert it to stereo at 48000 Hz"
            )


def _streamed(path: Path) -> bool:
    """Whether a WAV was written to a pipe, so that its header was never updated with the true length."""
    with path.open("rb") as file:
        stated = int.from_bytes(file.read(8)[4:], "little")
    return stated == 0 or stated >= 0x7FFF_FF00


def _has_alpha(frame: av.VideoFrame) -> bool:
    return any(component.is_alpha for component in frame.format.components) or frame.format.name == "pal8"


def _stamp_s(frame: av.AudioFrame, fallback: Fraction) -> Fraction:
    return fallback if frame.pts is None else frame.pts * Fraction(frame.time_base or 1)
