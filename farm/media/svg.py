"""SVG drawings, drawn by resvg at the size at which they are shown."""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

import resvg_py
from PIL import Image

from farm.errors import MediaError
from farm.media.svg_extent import check_extent
from farm.model.asset import Asset, MediaKind
from farm.render.families import FAMILIES, is_serif

MAX_BYTES: Final = 8 * 2**20
"""Larger files are refused."""
LONGEST_PX: Final = 2048
"""The longer side of a drawing whose size is asked for; it is sharp at any other."""
_HEAD_BYTES: Final = 4096
_NUMBER: Final = re.compile(r"^\s*(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\.\d+)\s*(px|pt|pc|mm|cm|in|em|ex)?\s*$")
_UNITS: Final = {"pt": 4 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 960 / 25.4, "in": 96, "em": 12, "ex": 6}
"""Pixels of each unit (CSS 2.2, section 4.3.2); a font size of 12 as resvg has it."""
_DEFAULT: Final = (300.0, 150.0)
"""The size of a drawing that states none (CSS 2.2, section 10.3.2)."""
_FAMILIES: Final = re.compile(r"font-family\s*(?:=\s*[\"']|:)\s*((?:[^;}<>\"']|'[^']*'|&quot;[^&]*&quot;)+)")
_SHORTHAND: Final = re.compile(
    r"[;{\"'\s]font\s*:[^;}<>]*?\d(?:px|pt|pc|mm|cm|in|em|ex|rem|%)?(?:\s*/\s*[\w.%]+)?\s+((?:[^;}<>\"']|'[^']*'|&quot;[^&]*&quot;)+)"
)
"""The families of a `font:` that gives size and family at once."""
_KNOWN: Final = frozenset({"Outfit", "Farm Serif", "Noto Sans", "Noto Serif", "sans-serif", "serif"})
"""Font families that texts may name; Chinese and other scripts are set in farm's fonts for them beside any."""
_OUTFIT: Final = "Outfit Thin"
"""What the variable font Outfit calls its family; resvg sets it at any weight."""
_MAX_EMBEDDED_PIXELS: Final = 40_000_000
_SPACE: Final = "http://www.w3.org/2000/svg"
_MOVING: Final = ("animate", "animateTransform", "animateMotion", "set", "script", "foreignObject")
_ELSEWHERE: Final = re.compile(
    r"(?:url\(\s*|@import\s+)(?:&quot;|[\"'])?(?!#|data:|url\()\s*[^)\s]", re.IGNORECASE
)

ET.register_namespace("", _SPACE)
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")


def is_svg(path: Path) -> bool:
    """Return whether a file is an SVG drawing, judged by its beginning."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = head.decode("utf-16" if wide else "utf-8", "ignore").lstrip("\ufeff \t\r\n")
    return text.startswith("<") and re.search(r"<(?:\w+:)?svg[\s>]", text) is not None


def probe_svg(path: Path, digest: str) -> Asset:
    """Return the asset of an SVG drawing.

    Raises:
        MediaError: it is too large, not well-formed, refers to other files, shows nothing, or cannot be drawn.
    """
    if path.stat().st_size > MAX_BYTES:
        raise MediaError(f"{path.name} is larger than {MAX_BYTES // 2**20} MiB; simplify the drawing")
    root = _root(path)
    _check(path, root)
    width, height = _size(path, root)
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
    scale = _TRIAL_PX / max(width, height)
    drawn = draw_svg(asset, max(1, round(width * scale)), max(1, round(height * scale)))
    if not drawn.getchannel("A").getbbox():
        raise MediaError(
            f"{path.name} shows nothing: what it draws is missing, clear, or outside of its area"
        )
    return asset


_TRIAL_PX: Final = 256
"""The longer side at which a drawing is tried."""


def _root(path: Path) -> ET.Element:
    data = path.read_bytes()
    if b"<!ENTITY" in data or b"<\0!\0E\0N" in data:
        raise MediaError(f"{path.name} defines XML entities, which are not read; save it without them")
    try:
        return ET.fromstring(data)
    except (ET.ParseError, ValueError, LookupError, RecursionError) as error:
        raise MediaError(f"{path.name} is not a well-formed SVG: {error}") from error


def local(name: object) -> str:
    """Return the name of an element or attribute without its namespace; empty for a comment."""
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def _check(path: Path, root: ET.Element) -> None:
    """Raise MediaError if a drawing holds what is not drawn, or would take too long."""
    texts = False
    for node in root.iter():
        name = local(node.tag)
        texts = texts or name == "text"
        if name in _MOVING:
            raise MediaError(
                f"{path.name} contains `<{name}>`, which is not drawn; remove it, or save an animated WebP instead"
            )
        links = (
            [value.strip() for key, value in node.attrib.items() if local(key) == "href"]
            if name != "a"
            else []
        )
        elsewhere = any(not link.startswith(("#", "data:")) for link in links)
        styles = (*node.attrib.values(), (node.text or "") if name == "style" else "")
        if elsewhere or any(_ELSEWHERE.search(style) for style in styles):
            raise MediaError(f"{path.name} refers to another file in `<{name}>`; embed it in the drawing")
        for link in links:
            if link.startswith("data:"):
                _check_embedded(path, link)
    check_extent(path.name, root)
    if texts:
        _check_fonts(path, ET.tostring(root, encoding="unicode"))


def _check_embedded(path: Path, link: str) -> None:
    """Raise MediaError if an embedded picture is none, such as another drawing, or too large."""
    head, _, body = link.partition(",")
    try:
        data = base64.b64decode(body) if head.endswith(";base64") else unquote_to_bytes(body)
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP")) as image:
            width, height = image.size
    except (ValueError, OSError) as error:
        raise MediaError(
            f"{path.name} embeds what is no PNG, JPEG, GIF or WebP picture; remove it"
        ) from error
    if width * height > _MAX_EMBEDDED_PIXELS:
        raise MediaError(
            f"{path.name} embeds a picture of {width}x{height}; at most {_MAX_EMBEDDED_PIXELS // 10**6} megapixels are "
            "read: scale it down"
        )


def _check_fonts(path: Path, text: str) -> None:
    """Raise MediaError if a text asks only for fonts that farm does not have; resvg would leave it out."""
    for names in _families_in(text):
        if not any(name in _KNOWN for name in names):
            raise MediaError(
                f"{path.name} has text in the font {names[0]}, which farm does not have; convert the text to paths, or "
                f"name one of {', '.join(sorted(_KNOWN))}"
            )


def _size(path: Path, root: ET.Element) -> tuple[float, float]:
    """Return the size that a drawing states in pixels; what it does not state follows from its view box."""
    stated = [_NUMBER.match(root.get(name, "")) for name in ("width", "height")]
    width, height = (
        float(one.group(1)) * _UNITS.get(one.group(2) or "", 1) if one else None for one in stated
    )
    box = [float(part) for part in re.findall(r"-?\d*\.?\d+(?:[eE][-+]?\d+)?", root.get("viewBox", ""))]
    own = (box[2], box[3]) if len(box) == 4 and min(box[2:]) > 0 else None
    if own is not None and (width is None) != (height is None):
        by = width / own[0] if width is not None else (height or 0) / own[1]
        width, height = own[0] * by, own[1] * by
    fallback = own if own is not None and width is None else _DEFAULT
    width, height = fallback[0] if width is None else width, fallback[1] if height is None else height
    if len(box) == 4 and own is None:
        width, height = box[2], box[3]
    ratio = max(width, height) / min(width, height) if min(width, height) > 0 else 0.0
    if not 0 < ratio <= 100:
        raise MediaError(
            f"{path.name} is {width:g}x{height:g}, which cannot be drawn; its sides must be above 0 and within 1:100"
        )
    return width, height


@cache
def _font_files(serif: bool) -> tuple[str, ...]:
    """Return the fonts for texts, in the order in which resvg searches them for what a text's own family lacks.

    It would read a folder in the order of the file system, which differs between machines.
    """
    first = (
        ("Farm Serif", "Noto Serif", "Noto Serif SC") if serif else ("Outfit", "Noto Sans", "Noto Sans SC")
    )
    shipped = [name for name, family in FAMILIES.items() if not family.display]
    order = dict.fromkeys((*first, *sorted(shipped, key=is_serif)))
    paths = [path for weight in (400, 700) for name in order for path in FAMILIES[name].at(weight)]
    return tuple(dict.fromkeys(map(str, paths)))


def _is_in_serif(text: str) -> bool:
    """Return whether all texts of a drawing ask for a serif first."""
    first = [names[0] for names in _families_in(text)]
    return bool(first) and all(name in ("serif", "Farm Serif", "Noto Serif") for name in first)


def _families_in(text: str) -> Iterator[list[str]]:
    for match in (*_FAMILIES.finditer(text), *_SHORTHAND.finditer(text)):
        yield [name.strip(" \t\r\n'\"") for name in match.group(1).replace("&quot;", "").split(",")]


def lettering_of(asset: Asset) -> str:
    """Return the characters of a drawing's texts; empty if it has none."""
    root = _root(Path(asset.path))
    return "".join("".join(node.itertext()) for node in root.iter() if local(node.tag) == "text")


def draw_svg(asset: Asset, width: int, height: int) -> Image.Image:
    """Return a drawing at a size, RGBA with straight alpha.

    Text is set in the fonts that ship with farm, never in those of the machine.

    Raises:
        MediaError: it cannot be drawn.
    """
    text = _text(asset.path, asset.sha256)
    try:
        data = resvg_py.svg_to_bytes(
            svg_string=text,
            width=width,
            height=height,
            dpi=96,
            skip_system_fonts=True,
            font_files=list(_font_files(_is_in_serif(text))) if "<text" in text else [],
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
    """Return a drawing as resvg takes it: in Unicode, with its size stated, in the font family as its file calls it."""
    del sha256  # the file's content, for the cache
    root = _root(Path(path))
    width, height = _size(Path(path), root)
    root.set("width", repr(width))
    root.set("height", repr(height))
    text = ET.tostring(root, encoding="unicode")
    return _FAMILIES.sub(lambda match: match.group(0).replace("Outfit", _OUTFIT), text)
