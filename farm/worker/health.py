"""Health: checks of everything that a machine needs to render."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farm.errors import FarmError
from farm.settings import Settings

MIN_DISK_BYTES: Final = 2 * 2**30
MIN_SHM_BYTES: Final = 128 * 2**20
"""For Ray's object store in it, which farm configures to 96 MiB."""
MIN_MEMORY_BYTES: Final = 2 * 2**30


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The result of one check."""

    what: str
    """The subject of the check."""
    ok: bool
    """Whether it meets farm's needs."""
    found: str
    """The finding."""
    remedy: str = ""
    """The command that fixes it."""


def examine(settings: Settings) -> list[HealthCheck]:
    """Check everything that farm needs on this machine."""
    checks: list[tuple[str, Callable[[], HealthCheck]]] = [
        ("Python", _python),
        ("system libraries", _skia),
        ("fonts", _fonts),
        ("H.264 and AAC encoders", _codecs),
        ("GPU", _gpu),
        ("GPU decoder", _nvdec),
        ("GPU encoder", _nvenc),
        ("kernels", _kernels),
        ("plugins", _plugins),
        ("Ray", _ray),
        ("disk", lambda: _disk(settings)),
        ("/dev/shm", _shm),
        ("memory", _memory),
        ("cores", lambda: HealthCheck("cores", True, str(len(os.sched_getaffinity(0))))),
    ]
    findings = []
    for what, check in checks:
        try:
            findings.append(check())
        except FarmError as error:
            findings.append(HealthCheck(what, False, str(error)))
        except Exception as error:
            findings.append(
                HealthCheck(
                    what,
                    False,
                    f"{type(error).__name__}: {error}",
                    "pip install --force-reinstall farm-video",
                )
            )
    return findings


def _python() -> HealthCheck:
    found = ".".join(map(str, sys.version_info[:3]))
    ok = sys.version_info >= (3, 11)
    return HealthCheck("Python", ok, found, "" if ok else "install Python 3.11 or newer")


def _skia() -> HealthCheck:
    import importlib

    try:
        skia = importlib.import_module("skia")
    except ImportError as error:
        return HealthCheck("system libraries", False, str(error), "apt-get install -y libegl1 libgl1")
    return HealthCheck("system libraries", True, f"skia {skia.__version__} loads (libEGL, libGL)")


def _fonts() -> HealthCheck:
    from farm.model.look import TextLook
    from farm.render.text import raster_text

    sample = "限时 Sale 🎉 giảm Κόσμε Привет שלום مرحبا ไทย नमस्ते 안녕 かな ₹ ✓"
    raster = raster_text(sample, TextLook(("Outfit", "Noto Sans SC"), 40.0, 20.0), 1200, 120)
    missing = raster.missing
    if missing or not raster.rgba[..., 3].any():
        return HealthCheck(
            "fonts", False, f"no glyphs for {missing!r}", "pip install --force-reinstall farm-video"
        )
    return HealthCheck("fonts", True, "the scripts of the world and colour emoji are drawn")


def _codecs() -> HealthCheck:
    import numpy as np

    from farm.media.aac import encode_sound
    from farm.media.audio_fifo import SAMPLE_RATE
    from farm.media.encode import encoder_works

    if not encoder_works("libx264"):
        return HealthCheck(
            "H.264 and AAC encoders", False, "libx264 does not encode", "pip install --force-reinstall av"
        )
    with tempfile.NamedTemporaryFile() as file:
        encode_sound([np.zeros((2, SAMPLE_RATE // 10), np.float32)], Path(file.name))
    return HealthCheck("H.264 and AAC encoders", True, "libx264 and aac encode")


def _gpu() -> HealthCheck:
    from farm.render.cuda.device import probe_cuda

    facts = probe_cuda()
    gpu = facts.name if facts.works else f"none ({facts.why_not})"
    return HealthCheck("GPU", True, gpu if facts.works else f"{gpu}; jobs with `device: gpu` need one")


def _nvdec() -> HealthCheck:
    from farm.media.nvdec import why_no_nvdec

    why = why_no_nvdec()
    return HealthCheck(
        "GPU decoder", True, f"none ({why}); clips are decoded in software" if why else "NVDEC decodes"
    )


def _nvenc() -> HealthCheck:
    from farm.media.encode import encoder_works

    works = encoder_works("h264_nvenc")
    return HealthCheck(
        "GPU encoder", True, "h264_nvenc encodes" if works else "none; jobs with `encoder: nvenc` need one"
    )


def _kernels() -> HealthCheck:
    import time

    started = time.perf_counter()
    from farm.render import kernels, sampling, turning

    found = [value for module in (kernels, sampling, turning) for value in vars(module).values()]
    count = sum(
        hasattr(one, "signatures") for loop in found for one in (loop, getattr(loop, "__wrapped__", 0))
    )
    return HealthCheck("kernels", True, f"{count} compiled kernels in {time.perf_counter() - started:.1f} s")


def _plugins() -> HealthCheck:
    from farm.plugins.registry import load_registry

    registry = load_registry()
    registry.collect()
    if registry.disabled:
        causes = "; ".join(str(one) for one in registry.disabled.values())
        return HealthCheck("plugins", False, causes, "repair or remove the plugin: pip uninstall …")
    return HealthCheck("plugins", True, ", ".join(one.mark for one in registry.plugins.values()))


def _ray() -> HealthCheck:
    from importlib.metadata import version

    return HealthCheck("Ray", True, version("ray"))


def _disk(settings: Settings) -> HealthCheck:
    folder = settings.home
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    writable = os.access(folder, os.W_OK)
    ok = free >= MIN_DISK_BYTES and writable
    found = f"{free / 2**30:.1f} GiB free for {settings.home}{'' if writable else ', not writable'}"
    return HealthCheck("disk", ok, found, "" if ok else "free space, or set FARM_HOME to a folder with 2 GiB")


def _shm() -> HealthCheck:
    shm = Path("/dev/shm")
    if not shm.is_dir():
        return HealthCheck("/dev/shm", False, "missing", "mount -t tmpfs tmpfs /dev/shm")
    free = shutil.disk_usage(shm).free
    ok = free >= MIN_SHM_BYTES
    return HealthCheck(
        "/dev/shm", ok, f"{free / 2**20:.0f} MiB free", "" if ok else "mount -o remount,size=512M /dev/shm"
    )


def _memory() -> HealthCheck:
    pages = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for line in Path("/proc/meminfo").read_text().splitlines() if Path("/proc/meminfo").exists() else ():
        if line.startswith("MemAvailable:"):
            pages = int(line.split()[1]) * 1024
    ok = pages >= MIN_MEMORY_BYTES
    return HealthCheck(
        "memory", ok, f"{pages / 2**30:.1f} GiB available", "" if ok else "stop other programs, or add memory"
    )
