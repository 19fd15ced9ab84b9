"""Codecs: how each encoder is set so that equal frames give equal bytes and segments join."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

X264_PARAMS: Final = (
    "scenecut=0:open-gop=0:keyint=infinite:min-keyint=1:stitchable=1:force-cfr=1:sliced-threads=0"
)
"""One IDR at the start; ``stitchable`` keeps headers independent of the content, so that segments share them."""
X265_PARAMS: Final = (
    "scenecut=0:open-gop=0:keyint=-1:min-keyint=1:pools=none:frame-threads=1:wpp=0:pmode=0:pme=0:info=0:"
    "repeat-headers=0:hrd=0:log-level=error"
)
"""One IDR at the start, one thread. Without ``info``, the stream does not name the CPU's instruction sets."""
SVT_PARAMS: Final = "keyint=-1:lp=1:pin=0:scd=0:enable-stat-report=0"
"""One key frame at the start, one thread."""

X86_SETS: Final = (
    ("avx2", "MMX2,SSE2Fast,LZCNT,SSSE3,SSE4.2,AVX,FMA3,BMI2,AVX2"),
    ("sse4_2", "MMX2,SSE2Fast,SSSE3,SSE4.2"),
)
"""(CPU flag, x264's names of the instruction sets allowed with it), best first.

x264's AVX-512 macroblock-tree code reads uninitialised memory, so equal frames gave different files for about one
segment in ten; all smaller sets give identical files. Naming the sets also makes the bytes independent of the CPU.
"""


@dataclass(frozen=True, slots=True)
class Container:
    """What a coding's segments are stored in."""

    format: str
    """FFmpeg's name of the format."""
    suffix: str
    """The suffix of its files."""


CODEC_TAGS: Final = {"libx265": "hvc1", "prores_ks": "ap4h"}
"""Tags of streams where FFmpeg's are not what players expect: Apple's know only ``hvc1``, and ``apch`` has no alpha."""
MP4: Final = Container("mp4", ".mp4")
_CONTAINERS: Final = {
    "libvpx-vp9": Container("webm", ".webm"),
    "prores_ks": Container("mov", ".mov"),
    "png": Container("mov", ".mov"),
}


def container_of(encoder: str) -> Container:
    """Return what segments of an encoder are stored in; each plays on its own."""
    return _CONTAINERS.get(encoder, MP4)


def pixels_of(encoder: str, *, alpha: bool) -> str:
    """Return FFmpeg's name of the pixels that an encoder is given."""
    match encoder:
        case "libvpx-vp9":
            return "yuva420p" if alpha else "yuv420p"
        case "prores_ks":
            return "yuva444p10le" if alpha else "yuv444p10le"
        case "png":
            return "rgba" if alpha else "rgb24"
        case _:
            return "yuv420p"


def options_of(encoder: str, preset: str, crf: int, options: str = "") -> dict[str, str]:
    """Return the codec options for a quality; ``options`` are the encoder's own, as ``name=value:name=value``."""
    match encoder:
        case "libx264":
            sets = instruction_sets()
            params = [X264_PARAMS, *([f"asm={sets}"] if sets else []), *([options] if options else [])]
            return {"preset": preset, "crf": str(crf), "x264-params": ":".join(params)}
        case "libx265":
            params = [X265_PARAMS, *([options] if options else [])]
            return {"preset": preset, "crf": str(crf), "x265-params": ":".join(params)}
        case "libsvtav1":
            params = [SVT_PARAMS, *([options] if options else [])]
            return {"preset": preset, "crf": str(crf), "svtav1-params": ":".join(params)}
        case "libvpx-vp9":
            deadline = "realtime" if int(preset) > 5 else "good"
            return {
                "deadline": deadline,
                "cpu-used": preset,
                "crf": str(crf),
                "b": "0",
                "g": "100000",
                "auto-alt-ref": "0",
                "lag-in-frames": "0" if deadline == "realtime" else "16",
                "row-mt": "0",
                "tile-columns": "0",
            }
        case "prores_ks":
            return {"profile": "4444", "vendor": "apl0", "alpha_bits": "16"}
        case "png":
            return {"pred": "mixed"}
        case _:
            return {
                "preset": preset,
                "rc": "vbr",
                "cq": str(crf),
                "forced-idr": "1",
                "g": "100000",
                "no-scenecut": "1",
            }


@lru_cache(maxsize=1)
def instruction_sets() -> str:
    """Return the instruction sets that x264 may use on this machine; empty where all of them are safe (not x86)."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return ""
    flags = Path("/proc/cpuinfo").read_text().split() if Path("/proc/cpuinfo").exists() else []
    return next((sets for flag, sets in X86_SETS if flag in flags), "MMX2,SSE2")


def fastest(encoder: str) -> str:
    """Return the encoder's fastest preset."""
    return {"libx264": "ultrafast", "libx265": "ultrafast", "libsvtav1": "12", "libvpx-vp9": "8"}.get(
        encoder, "p1"
    )
