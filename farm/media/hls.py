"""HLS: H.264 segments become fragments of MP4 with a playlist, and several sizes a master playlist (RFC 8216)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av

from farm.media.join import join

PIECE_S: Final = 4
"""A piece ends with the first segment that ends after this many seconds; segments are at most ten seconds long."""
MASTER: Final = "index.m3u8"
"""The playlist that players open."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """A video in one size."""

    name: str
    """Its name, such as ``720p``."""
    segments: Sequence[Path]
    """Its segments, in order."""
    width_px: int
    """Its width."""
    height_px: int
    """Its height."""


def write_hls(renditions: Sequence[Rendition], sound: Path | None, rate: Fraction, folder: Path) -> int:
    """Write renditions of one video with their playlists into an empty folder; return the frames of each.

    Args:
        renditions: The sizes, largest first.
        sound: An MP4 with one AAC track, or None for a silent video.
        rate: Frames per second.
        folder: The folder.

    Raises:
        MediaError: the segments of a rendition do not join.
        MachineError: the folder cannot be written.
    """
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    frames = 0
    for one in renditions:
        playlist = folder / f"{one.name}.m3u8"
        frames = join(
            one.segments,
            sound,
            rate,
            playlist,
            format="hls",
            options={
                "hls_time": str(PIECE_S),
                "hls_playlist_type": "vod",
                "hls_segment_type": "fmp4",
                "hls_flags": "independent_segments",
                "hls_fmp4_init_filename": f"{one.name}.init.mp4",
                "hls_segment_filename": str(folder / f"{one.name}.%04d.m4s"),
                "hls_segment_options": "fflags=+bitexact",
            },
        )
        peak, mean = _bit_rates(playlist)
        codecs = ",".join([_avc(one.segments[0]), *(["mp4a.40.2"] if sound is not None else [])])
        lines.append(
            f"#EXT-X-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={mean},RESOLUTION={one.width_px}x{one.height_px},"
            f'FRAME-RATE={float(rate):.3f},CODECS="{codecs}"'
        )
        lines.append(playlist.name)
    (folder / MASTER).write_text("\n".join(lines) + "\n")
    return frames


def _bit_rates(playlist: Path) -> tuple[int, int]:
    """Return the largest bit rate of a playlist's pieces and their mean."""
    length_s, peak, bits, total_s = 0.0, 0.0, 0, 0.0
    for line in playlist.read_text().splitlines():
        if line.startswith("#EXTINF:"):
            length_s = float(line.removeprefix("#EXTINF:").rstrip(","))
        elif line and not line.startswith("#"):
            size = 8 * (playlist.parent / line).stat().st_size
            peak, bits, total_s = max(peak, size / max(length_s, 0.001)), bits + size, total_s + length_s
    return int(peak), int(bits / max(total_s, 0.001))


def _avc(segment: Path) -> str:
    """Return the codec of an H.264 segment as playlists name it (RFC 6381): profile, constraints and level."""
    with av.open(str(segment)) as container:
        header = container.streams.video[0].codec_context.extradata or b""
    return f"avc1.{header[1:4].hex()}"
