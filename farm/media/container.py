"""Opening media of unknown origin: only real media formats, only the file itself."""

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
"""What a disk says that cannot be written."""

UNDECODED: Final = {"skip_frame": "all"}
"""Options that keep FFmpeg from decoding a picture to learn what the header of our own files says anyway."""

_FORMATS: Final = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,asf,flv,mpeg,mpegts,mpegvideo,mxf,gxf,dv,ivf,gif,apng,nut,rm,wtv,"
    "h264,hevc,m4v,obu,yuv4mpegpipe,"
    "ogg,wav,w64,aiff,au,caf,mp3,aac,ac3,eac3,dts,truehd,mlp,flac,tta,ape,amr,wv,voc,gsm,sbc"
)
"""FFmpeg's demuxers for files that hold their media themselves. Playlists (HLS, DASH, concat) are left out:

they name other files and addresses, which a job must not make a worker read.
"""


_PATCHED: Final = frozenset({"mpeg1video", "mpeg2video"})
"""Decoders that patch damaged pictures without a word unless told to fail."""
_TRIES: Final = 3
"""So many errors one after another end a file."""
_SUMMED: Final = frozenset({"flac", "wavpack"})
"""Codecs whose packets carry checksums that FFmpeg compares only when told to; else damage is heard as noise."""


class UnknownFormatError(MediaError):
    """The file is of no format that is tried."""


def open_media(path: str, hwaccel: HWAccel | None = None) -> InputContainer:
    """Open a clip or sound for reading.

    Args:
        path: The file.
        hwaccel: What decodes its pictures; software where None.

    Raises:
        UnknownFormatError: it is of no known format.
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
        # Titles and comments are often in the owner's old encoding; nobody reads them here.
        container = av.open(path, options=options, hwaccel=hwaccel, metadata_errors="replace")
    except av.error.ArgumentError as error:  # what FFmpeg says to a format that is not listed
        raise UnknownFormatError(f"{name} is not a picture, clip or sound, whatever its name says") from error
    except av.error.MemoryError as error:  # what some demuxers say beyond max_streams; others stop there
        raise crowded from error
    if len(container.streams) > MAX_STREAMS:
        container.close()
        raise crowded
    for stream in container.streams.video:
        # Every frame says its size anew; the decoder must refuse one that grows. Unknown codecs have none.
        if stream.codec_context is None:
            continue
        strict = {"err_detect": "explode"} if stream.codec_context.name in _PATCHED else {}
        stream.codec_context.options = {"max_pixels": str(MAX_CLIP_PIXELS)} | strict
    for track in container.streams.audio:
        if track.codec_context is not None and track.codec_context.name in _SUMMED:
            track.codec_context.options = {"err_detect": "crccheck+explode"}
    return container


def packets(container: InputContainer, streams: Any, failed: Callable[[], None]) -> Iterator[Any]:
    """Yield the packets of some streams and, last, an empty one that has decoders give what they hold.

    What cannot be read is told by ``failed`` and passed over; after some errors one behind the other nothing more is
    tried.
    """
    failures = 0
    while failures < _TRIES:
        try:
            for packet in container.demux(streams):
                failures = 0
                yield packet
            return
        except (av.error.FFmpegError, IndexError):  # PyAV's word on packets of a track that it does not know
            failures += 1
            failed()
    yield av.Packet()


def picture_stream(container: InputContainer) -> VideoStream | None:
    """Return the track whose pictures are shown: the default one, else the first that a decoder knows."""
    known = [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic and stream.codec_context is not None
    ]
    return next(
        (stream for stream in known if stream.disposition & Disposition.default), next(iter(known), None)
    )


def sound_stream(container: InputContainer) -> AudioStream | None:
    """Return the track that is heard: the default one, else the first that a decoder knows.

    Phones record tracks beside it that FFmpeg cannot decode (Apple's spatial sound); these are passed over.
    """
    known = [stream for stream in container.streams.audio if _decodable(stream)]
    meant = [stream for stream in known if stream.disposition & Disposition.default]
    return next(iter(meant or known), None)


def _decodable(stream: AudioStream) -> bool:
    return stream.codec_context is not None and stream.rate > 0 and stream.channels > 0
