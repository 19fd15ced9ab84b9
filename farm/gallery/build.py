"""Building the gallery: shoots the exhibits and writes the page with its videos, posters and sheets."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from farm.errors import DocumentError, MachineError, Problem
from farm.gallery.exhibit import Exhibit, Section
from farm.gallery.exhibits import all_exhibits
from farm.gallery.page import page
from farm.gallery.samples import PHOTOS
from farm.gallery.scenes import Material
from farm.gallery.sheets import sheet
from farm.gallery.shoot import Shot, shoot
from farm.worker.worker import Worker

CLIP: Final = "media/clip.mp4"
_PICTURES: Final = (".jpg", ".jpeg", ".png", ".webp")


@dataclass(frozen=True, slots=True)
class Gallery:
    """A gallery that was written."""

    page: Path
    """The page."""
    exhibits: int
    """How many it shows."""


def material_of(folder: Path | None) -> Material:
    """Return the photos of a folder, or those of the starter library.

    Raises:
        DocumentError: the folder has fewer than two photos.
    """
    if folder is None:
        return Material(PHOTOS, CLIP)
    try:
        photos = sorted(str(path.resolve()) for path in folder.iterdir() if path.suffix.lower() in _PICTURES)
    except OSError as error:
        raise DocumentError(
            [Problem("--photos", f"cannot be read: {error.strerror}")], source="gallery"
        ) from error
    if len(photos) < 2:
        message = f"{folder} has {len(photos)} pictures ({', '.join(_PICTURES)}); at least 2 are needed"
        raise DocumentError([Problem("--photos", message)], source="gallery")
    return Material(tuple(photos[:12]), CLIP)


def chosen(worker: Worker, material: Material, only: Sequence[str]) -> list[Exhibit]:
    """Return the exhibits whose section or name contains one of ``only``; all if that is empty.

    Raises:
        DocumentError: there are none.
    """
    found = [
        one
        for one in all_exhibits(worker.registry, material)
        if not only or any(word.lower() in f"{one.section.value} {one.name}".lower() for word in only)
    ]
    if not found:
        sections = ", ".join(section.value for section in Section)
        message = f"no exhibit has `{' '.join(only)}` in its name; sections: {sections}"
        raise DocumentError([Problem("--only", message)], source="gallery")
    return found


def build(
    worker: Worker,
    exhibits: Sequence[Exhibit],
    out: Path,
    *,
    measured: bool = True,
    done: Callable[[Shot], None] | None = None,
) -> Gallery:
    """Write the gallery of some exhibits to a folder.

    Args:
        worker: Composes them.
        exhibits: What is shown.
        out: The folder; created if it is missing.
        measured: Whether their cost at 720x1280 is measured, which takes most of the time.
        done: Called after each.

    Raises:
        MachineError: the folder cannot be written.
        DocumentError: the material cannot be used.
        PluginError: an element failed.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        shots = list(_shot(worker, exhibits, out, measured, done))
        for section in Section:
            members = [shot for shot in shots if shot.exhibit.section is section]
            if members:
                _save(sheet(members), out / f"sheet-{section.slug}.jpg", quality=82)
        costs = {
            f"{shot.exhibit.section.value}/{shot.exhibit.name}": round(shot.ms_a_frame, 2)
            for shot in shots
            if shot.ms_a_frame is not None
        }
        (out / "costs.json").write_text(json.dumps(costs, indent=1, ensure_ascii=False) + "\n", "utf-8")
        (out / "index.html").write_text(page(shots), "utf-8")
    except OSError as error:
        raise MachineError(f"the gallery cannot be written to {out}: {error.strerror or error}") from error
    return Gallery(out / "index.html", len(shots))


def _shot(
    worker: Worker,
    exhibits: Sequence[Exhibit],
    out: Path,
    measured: bool,
    done: Callable[[Shot], None] | None,
) -> Iterator[Shot]:
    for exhibit in exhibits:
        shot = shoot(worker, exhibit, measured=measured)
        (out / f"{exhibit.slug}.mp4").write_bytes(shot.video)
        _save(
            Image.fromarray(_poster(shot.stills)),
            out / f"{exhibit.slug}.jpg",
            quality=80,
        )
        if done is not None:
            done(shot)
        yield shot


def _save(picture: Image.Image, path: Path, *, quality: int) -> None:
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=quality, optimize=True)
    path.write_bytes(data.getvalue())


_FLAT: Final = 8.0
"""Deviation of levels below which a frame shows nothing: transitions pass through black or white."""


def _poster(stills: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Return the still that represents an exhibit: the third, unless it is of one colour."""
    usual = stills[min(2, len(stills) - 1)]
    return usual if float(usual.std()) >= _FLAT else max(stills, key=lambda one: float(one.std()))
