"""Lottie animations, drawn by rlottie (``farm-video[lottie]``) at their own frame rate, with transparency."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from fractions import Fraction
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray

from farm.errors import MachineError, MediaError
from farm.media.damage import DamageLog
from farm.media.reader import Timed
from farm.model.asset import Asset, MediaKind

MAX_BYTES: Final = 16 * 2**20
"""Larger files are refused."""
SHORTEST_PX: Final = 1024
"""Smaller animations are drawn with their longer side enlarged to this: they are vectors, and sharp at any size."""
_MAX_SIDE_PX: Final = 4096
_MAX_FRAMES: Final = 36_000
_MAX_RATE: Final = 240


def probe_lottie(path: Path, digest: str) -> Asset | None:
    """Return the asset of a Lottie animation; None if the file is not one.

    Raises:
        MediaError: it is too large, uses pictures in other files, cannot be drawn, or rlottie is not installed.
    """
    if path.suffix.lower() not in (".json", "") or path.stat().st_size > MAX_BYTES:
        return None
    with path.open("rb") as file:
        if not file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return None
    document = _document(path)
    if document is None:
        return None
    if find_spec("rlottie_python") is None:
        raise MediaError(
            f"{path.name} is a Lottie animation; install what draws it: pip install 'farm-video[lottie]'"
        )
    assets = document.get("assets")
    for one in assets if isinstance(assets, list) else ():
        if isinstance(one, dict) and one.get("p") and not str(one["p"]).startswith("data:"):
            raise MediaError(
                f"{path.name} refers to the picture `{one['p']}` in another file; embed its pictures"
            )
    width, height = int(document["w"]), int(document["h"])
    if not 0 < document["fr"] <= _MAX_RATE:
        raise MediaError(
            f"{path.name} is a Lottie animation of {document['fr']:g} frames a second; allowed: above 0 and up to "
            f"{_MAX_RATE}"
        )
    rate = max(Fraction(1, 1001), Fraction(document["fr"]).limit_denominator(1001))
    count = round(float(document["op"]) - float(document["ip"]))
    if not (0 < width <= _MAX_SIDE_PX and 0 < height <= _MAX_SIDE_PX and 0 < count <= _MAX_FRAMES):
        raise MediaError(
            f"{path.name} is a Lottie animation of {width}x{height} and {count} frames; at most {_MAX_SIDE_PX} pixels "
            f"a side and {_MAX_FRAMES} frames are read"
        )
    scale = max(1.0, SHORTEST_PX / max(width, height))
    asset = Asset(
        digest,
        str(path),
        MediaKind.VIDEO,
        round(width * scale),
        round(height * scale),
        count / rate,
        rate,
        has_alpha=True,
        steady=True,
        animated=True,
        plays=0,
        drawn_by=f"rlottie-python {version('rlottie-python')}",
    )
    reader = LottieReader(asset)
    try:
        next(reader.frames_from(Fraction(0)))
    finally:
        reader.close()
    return asset


def _document(path: Path) -> dict[str, Any] | None:
    """Return a file's JSON if it has what every Lottie animation has, else None."""
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("layers"), list):
        return None
    numbers = [document.get(name) for name in ("w", "h", "fr", "ip", "op")]
    return (
        document
        if all(
            isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one)
            for one in numbers
        )
        else None
    )


class LottieReader:
    """Reads one play of a Lottie animation."""

    def __init__(self, asset: Asset) -> None:
        self.damage = DamageLog()
        self._asset = asset
        self._animation: Any = None

    def frames_from(self, seconds: Fraction) -> Iterator[Timed]:
        """Yield the frames from the one shown at ``seconds`` on."""
        asset = self._asset
        try:
            from rlottie_python import LottieAnimation
        except ImportError as error:
            raise MachineError(
                "this machine cannot draw Lottie animations: pip install 'farm-video[lottie]'"
            ) from error
        if self._animation is None:
            self._animation = LottieAnimation.from_data(Path(asset.path).read_text("utf-8-sig"))
        count = round(asset.duration_s * asset.rate)
        size = asset.width_px, asset.height_px
        for index in range(min(count - 1, int(seconds * asset.rate)), count):
            data = self._animation.lottie_animation_render(index, None, *size, None)
            if not data:
                raise MediaError(f"{asset.label} cannot be drawn")
            pixels = np.frombuffer(data, np.uint8).reshape(size[1], size[0], 4)
            yield index / asset.rate, av.VideoFrame.from_ndarray(_straight(pixels), format="rgba")

    def close(self) -> None:
        """Release the animation."""
        self._animation = None


def _straight(bgra: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return premultiplied BGRA as straight RGBA, rounded."""
    alpha = bgra[..., 3:].astype(np.uint16)
    color = (bgra[..., 2::-1].astype(np.uint16) * 255 + alpha // 2) // np.maximum(alpha, 1)
    return np.concatenate([np.minimum(color, 255).astype(np.uint8), bgra[..., 3:]], axis=2)
