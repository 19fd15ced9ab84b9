"""SVG drawings, drawn by resvg at the size at which they are shown."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

import resvg_py
from PIL import Image

from farm.errors import MediaError
from farm.model.asset import Asset, MediaKind
from farm.render.fonts import FOLDER

MAX_BYTES: Final = 8 * 2**20
"""Larger files are refused."""
LONGEST_PX: Final = 2048
"""The longer side of a drawing whose size is asked for; it is sharp at any other."""
_HEAD_BYTES: Final = 4096
_NUMBER: Final = re.compile(r"^\s*(\d+(?:\.\d+)?|\.\d+)\s*(px)?\s*$")
_DEFAULT: Final = (300.0, 150.0)
"""The size of a drawing that states none (CSS 2.2, section 10.3.2)."""
_FAMILIES: Final = re.compile(r"font-family\s*(?:=\s*[\"']|:)\s*((?:[^;}<>\"']|'[^']*'|&quot;[^&]*&quot;)+)")
_KNOWN: Final = frozenset({"Outfit", "Farm Serif", "Noto Sans", "Noto Serif", "sans-serif", "serif"})
"""Font families that texts may name; Chinese and other scripts are set in farm's fonts for them beside any."""
_OUTFIT: Final = "Outfit Thin"
"""What the variable font Outfit calls its family; resvg sets it at any weight."""
_REFERENCES: Final = ("image", "feImage", "use")
_MOVING: Final = ("animate", "animateTransform", "animateMotion", "set", "script", "foreignObject")


def is_svg(path: Path) -> bool:
    """Return whether a file is an SVG drawing, judged by its beginning."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES).decode("utf-8", "ignore").lstrip("\ufeff \t\r\n")
    return head.startswith("<") and re.search(r"<(?:\w+:)?svg[\s>]", head) is not None


def probe_svg(path: Path, digest: str) -> Asset:
    """Return the asset of an SVG drawing.

    Raises:
        MediaError: it is too large, not well-formed, refers to other files, or cannot be drawn.
    """
    if path.stat().st_size > MAX_BYTES:
        raise MediaError(f"{path.name} is larger than {MAX_BYTES // 2**20} MiB; simplify the drawing")
    root = _root(path)
    width, height = _size(root)
    scale = LONGEST_PX / max(width, height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    asset = Asset(
        digest,
        str(path),
        MediaKind.IMAGE,
        *size,
        has_alpha=True,
        drawn_by=f"resvg_py {version('resvg_py')}",
    )
    draw_svg(asset, 64, max(1, round(64 * height / width)))
    return asset


def _root(path: Path) -> ET.Element:
    text = path.read_bytes()
    if b"<!ENTITY" in text:
        raise MediaError(f"{path.name} defines XML entities, which are not read; save it without them")
    try:
        root = ET.fromstring(text)
    except (ET.ParseError, ValueError) as error:
        raise MediaError(f"{path.name} is not a well-formed SVG: {error}") from error
    for node in root.iter():
        name = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
        if name in _MOVING:
            raise MediaError(
                f"{path.name} contains `<{name}>`, which is not drawn; remove it, or save an animated WebP instead"
            )
        links = (value for key, value in node.attrib.items() if key.rpartition("}")[2] == "href")
        if name in _REFERENCES and any(not link.strip().startswith(("#", "data:")) for link in links):
            raise MediaError(f"{path.name} refers to another file in `<{name}>`; embed it in the drawing")
    if b"<text" in text:
        _check_fonts(path, text.decode("utf-8", "replace"))
    return root


def _check_fonts(path: Path, text: str) -> None:
    """Raise MediaError if a text asks only for fonts that farm does not have; resvg would leave it out."""
    for match in _FAMILIES.finditer(text):
        names = [name.strip(" \t\r\n'\"") for name in match.group(1).replace("&quot;", "").split(",")]
        if not any(name in _KNOWN for name in names):
            raise MediaError(
                f"{path.name} has text in the font {names[0]}, which farm does not have; convert the text to paths, or "
                f"name one of {', '.join(sorted(_KNOWN))}"
            )


def _size(root: ET.Element) -> tuple[float, float]:
    """Return the size that a drawing states, else that of its view box."""
    stated = [_NUMBER.match(root.get(name, "")) for name in ("width", "height")]
    if stated[0] and stated[1]:
        width, height = float(stated[0].group(1)), float(stated[1].group(1))
    else:
        box = [float(part) for part in re.findall(r"-?\d*\.?\d+(?:[eE][-+]?\d+)?", root.get("viewBox", ""))]
        width, height = (box[2], box[3]) if len(box) == 4 else _DEFAULT
    ratio = max(width, height) / min(width, height) if min(width, height) > 0 else 0.0
    if not 0 < ratio <= 100:
        raise MediaError(
            f"an SVG of {width:g}x{height:g} cannot be drawn; its sides must be above 0 and within 1:100"
        )
    return width, height


def draw_svg(asset: Asset, width: int, height: int) -> Image.Image:
    """Return a drawing at a size, RGBA with straight alpha.

    Text is set in the fonts that ship with farm, never in those of the machine.

    Raises:
        MediaError: it cannot be drawn.
    """
    text = _FAMILIES.sub(
        lambda match: match.group(0).replace("Outfit", _OUTFIT), _text(asset.path, asset.sha256)
    )
    try:
        data = resvg_py.svg_to_bytes(
            svg_string=text,
            width=width,
            height=height,
            skip_system_fonts=True,
            font_dirs=[str(FOLDER)] if "<text" in text else [],
            font_family=_OUTFIT,
            sans_serif_family=_OUTFIT,
            serif_family="Farm Serif",
        )
    except ValueError as error:
        raise MediaError(f"{asset.label} cannot be drawn: {error}") from error
    with Image.open(io.BytesIO(bytes(data)), formats=("PNG",)) as image:
        picture = image.convert("RGBA")
    # The proportions are kept, so that a side may be a pixel short of the even size that is asked for.
    return (
        picture
        if picture.size == (width, height)
        else picture.resize((width, height), Image.Resampling.LANCZOS)
    )


@lru_cache(maxsize=8)
def _text(path: str, sha256: str) -> str:
    del sha256  # the file's content, for the cache
    return Path(path).read_text("utf-8-sig")
