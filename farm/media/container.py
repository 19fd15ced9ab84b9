"""Opening media from untrusted sources: only real media formats, only the file itself."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import av
import av.error
from av.audio.stream import AudioStream
from av.codec.hwaccel import HWAccel
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from farm.errors import MediaError

MAX_STREAMS: Final = 64
"""Files with more tracks are refused."""
MAX_CLIP_PIXELS: Final = 8192 * 4352
"""Larger clips are refused: a little more than 8K."""
UNWRITABLE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})
"""Error numbers of a disk that cannot be written."""

UNDECODED: Final = {"skip_frame": "all"}
"""Options that keep FFmpeg from decoding a picture to find out what our own files' headers already state."""

_FORMATS: Final = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,asf,flv,mpeg,mpegts,mpegvideo,mxf,gxf,dv,ivf,gif,apng,nut,rm,wtv,"
    "h264,hevc,m4v,obu,yuv4mpegpipe,"
    "ogg,wav,w64,aiff,au,caf,mp3,aac,ac3,eac3,dts,truehd,mlp,flac,tta,ape,amr,wv,voc,gsm,sbc"
)
"""FFmpeg's demuxers for self-contained files. Playlists (HLS, DASH, concat) are left out:

they refer to other files and addresses, which a job must not make a worker read.
"""


_PATCHED: Final = frozenset({"mpeg1video", "mpeg2video"})
"""Decoders that silently conceal damage in pictures unless set to fail."""
_TRIES: Final = 3
"""Consecutive errors after which reading stops."""
_SUMMED: Final = frozenset({"flac", "wavpack"})
"""Codecs whose packets carry checksums that FFmpeg verifies only on request; otherwise damage is heard as noise."""


class UnknownFormatError(MediaError):
    """The file is in none of the supported formats."""


def open_media(path: str, hwaccel: HWAccel | None = None) -> InputContainer:
    """Open a clip or sound for reading.

    Args:
        path: The file.
        hwaccel: Hardware decoder of its pictures; None for software.

    Raises:
        UnknownFormatError: it is in none of the supported formats.
        MediaError: it has too many tracks.
        av.error.FFmpegError: it cannot be opened.
    """
    name = Path(path).name
    crowded = MediaError(
        f"{name} has too many tracks; at most {MAX_STREAMS} are read: keep picture and sound only"
    )
    options = {
        "format_whitelist": _FORMATS,
        "protocol_whitelist": "file",
        "max_streams": str(MAX_STREAMS + 1),
    }
    try:
        # Titles and comments are often in a legacy encoding; they are not used here.
        container = av.open(path, options=options, hwaccel=hwaccel, metadata_errors="replace")
    except av.error.ArgumentError as error:  # raised for a format that is not whitelisted
        raise UnknownFormatError(f"{name} is not a picture, clip or sound, whatever its name says") from error
    except av.error.MemoryError as error:  # raised by some demuxers beyond max_streams; others stop
        raise crowded from error
    if len(container.streams) > MAX_STREAMS:
        container.close()
        raise crowded
    for stream in container.streams.video:
        # Each frame states its own size; the decoder must refuse one that grows. Unknown codecs have no context.
        if stream.codec_context is None:
            continue
        strict = {"err_detect": "explode"} if stream.codec_context.name in _PATCHED else {}
        stream.codec_context.options = {"max_pixels": str(MAX_CLIP_PIXELS)} | strict
    for track in container.streams.audio:
        if track.codec_context is not None and track.codec_context.name in _SUMMED:
            track.codec_context.options = {"err_detect": "crccheck+explode"}
    return container


def packets(container: InputContainer, streams: Any, failed: Callable[[], None]) -> Iterator[Any]:
    """Yield the packets of the given streams and, last, an empty one that flushes the decoders.

    On each read error ``failed`` is called and the packet skipped; reading stops after :data:`_TRIES` consecutive
    errors.
    """
    failures = 0
    while failures < _TRIES:
        try:
            for packet in container.demux(streams):
                failures = 0
                yield packet
            return
        except (av.error.FFmpegError, IndexError):  # IndexError: a packet of a track unknown to PyAV
            failures += 1
            failed()
    yield av.Packet()


def picture_stream(container: InputContainer) -> VideoStream | None:
    """Return the video track that is shown: the default one, else the first that can be decoded."""
    known = [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic and stream.codec_context is not None
    ]
    return next(
        (stream for stream in known if stream.disposition & Disposition.default), next(iter(known), None)
    )


def sound_stream(container: InputContainer) -> AudioStream | None:
    """Return the audio track that is played: the default one, else the first that can be decoded.

    Phones also record tracks that FFmpeg cannot decode (Apple's spatial audio); these are skipped.
    """
    known = [stream for stream in container.streams.audio if _decodable(stream)]
    meant = [stream for stream in known if stream.disposition & Disposition.default]
    return next(iter(meant or known), None)


def _decodable(stream: AudioStream) -> bool:
    return stream.codec_context is not None and stream.rate > 0 and stream.channels > 0
