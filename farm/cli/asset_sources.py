"""The sources given to `farm assets add`: files, folders, URLs, and the pictures of products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from farm.draft.spelling import spelled_on_disk

SUFFIXES = frozenset(
    (
        *(".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".tif", ".tiff", ".bmp", ".qoi"),
        *(".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".ts", ".mpg", ".mpeg", ".ogv"),
        *(".mp3", ".wav", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac"),
    )
)
"""Suffixes of files taken from folders; a file named explicitly may have any name."""


@dataclass(frozen=True, slots=True)
class AssetSource:
    """Something to add to the library."""

    source: str
    """A path or a URL."""
    name: str
    """Its name."""
    tags: tuple[str, ...]
    """Tags for what it shows."""
    licence: str
    """Its licence, as its owner states it."""
    product: str
    """The shop's id of the product that it shows."""


def pictures_of(file: Path, tags: tuple[str, ...], licence: str) -> list[AssetSource]:
    """Return the pictures and clips in a list of products, as assets to add; paths are relative to the list."""
    from farm.cli.product_file import read_text
    from farm.script.category import ancestry, kinds_of
    from farm.script.product import read_products

    found = []
    for name, read in read_products(read_text(file), source=file.name):
        product = read.product
        kinds = [
            kind for match in kinds_of(product.category, product.name)[:2] for kind in ancestry(match.kind)
        ]
        given = [one.strip() for one in product.category.replace("/", ">").split(">") if one.strip()]
        words = dict.fromkeys([*tags, *kinds, *given, *([product.brand] if product.brand else [])])
        for index, photo in enumerate(read.photos):
            at = photo if "://" in photo else str(_beside(file, photo))
            called = f"{product.name[:120]} {index + 1}{Path(photo).suffix}"
            found.append(AssetSource(at, called, tuple(words), licence, name))
    return found


def _beside(file: Path, photo: str) -> Path:
    """Return the path of a product's picture, relative to the list's folder or to that folder's parent."""
    for folder in (file.parent, file.parent.parent):
        if (found := spelled_on_disk(folder / photo)).exists():
            return found
    return file.parent / photo


def files_of(sources: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (source, name) of each file; folders are searched recursively."""
    for source in sources:
        if "://" in source:
            yield source, source.split("?", 1)[0].rstrip("/").rsplit("/", 1)[-1] or source
            continue
        path = spelled_on_disk(Path(source).expanduser())
        if not path.is_dir():
            yield str(path), path.name
            continue
        for file in sorted(path.rglob("*")):
            inside = file.relative_to(path)
            hidden = any(part.startswith(".") for part in inside.parts)
            if file.is_file() and file.suffix.lower() in SUFFIXES and not hidden:
                # The name includes its folders, since shops call every main picture 01.jpg.
                yield str(file), inside.as_posix()
