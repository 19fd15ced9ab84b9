"""Families of the Fontsource catalogue, obtained with the client `npm`, as one font file per weight."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from farm.errors import MediaError
from farm.local.web_fonts import NEEDED, can_unpack, merge

PREFIX: Final = "fontsource:"
"""Begins the name of a family of the catalogue, as in ``fontsource:anton`` or ``fontsource:anton@5.3.0``."""
_NAME: Final = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]{0,80})(?:@(?P<version>\d[\w.+-]{0,40}))?")
_TIMEOUT_S: Final = 300
_MAX_FILE_BYTES: Final = 64 * 2**20
_USUAL: Final = (400, 700)
_BY_HAND: Final = "install Node.js, or give font files: farm fonts add FILE"


@dataclass(frozen=True, slots=True)
class Package:
    """A family as it was obtained."""

    family: str
    """Its name."""
    version: str
    """The package's version."""
    licence: str
    """Its licence, such as ``OFL-1.1``."""
    files: tuple[Path, ...]
    """Its font files, upright before italic, by weight."""


def obtain(reference: str, weights: tuple[int, ...], italic: bool, folder: Path) -> Package:
    """Return a family of the catalogue, its files in ``folder``.

    Args:
        reference: Its name with :data:`PREFIX`.
        weights: The weights; where empty, 400 and 700 as far as it has them, else all.
        italic: Whether to obtain italics too.
        folder: An empty folder.

    Raises:
        MediaError: `npm` or fontTools is missing, there is no such family or weight, or the package is damaged.
    """
    match = _NAME.fullmatch(reference.removeprefix(PREFIX))
    if match is None:
        raise MediaError(
            "is no name of the catalogue; write fontsource:NAME or fontsource:NAME@VERSION, in small letters with "
            "hyphens, as in fontsource:barlow-condensed"
        )
    lacks = (
        [f"it needs the client `npm`, which is not on the PATH; {_BY_HAND}"]
        if not shutil.which("npm")
        else []
    )
    if not can_unpack():
        lacks.append(NEEDED)
    if lacks:
        raise MediaError("; and ".join(lacks))
    name = match["name"]
    archive = _packed(f"@fontsource/{name}@{match['version'] or 'latest'}", folder)
    with tarfile.open(archive) as package:
        about = _read_json(package, "package/metadata.json")
        version = str(_read_json(package, "package/package.json").get("version", ""))
        chosen = _weights(about, weights)
        styles = ["normal", *(["italic"] if italic else [])]
        if missing := [style for style in styles if style not in about.get("styles", [])]:
            raise MediaError(f"has no {' and no '.join(missing)} style")
        files = [_font(package, name, about, weight, style, folder) for style in styles for weight in chosen]
    licence = about.get("license")
    kind = str(licence.get("type", "")) if isinstance(licence, Mapping) else str(licence or "")
    return Package(str(about.get("family", name)), version, kind, tuple(files))


def _packed(package: str, folder: Path) -> Path:
    """Return the package's archive, which the client downloads; nothing of it is run."""
    command = [
        "npm",
        "pack",
        "--loglevel=error",
        "--ignore-scripts",
        "--pack-destination",
        str(folder),
        package,
    ]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise MediaError(f"`npm pack {package}` did not end within {_TIMEOUT_S} s; try again") from None
    except OSError as error:
        raise MediaError(f"`npm` cannot be run: {error.strerror}") from error
    archives = sorted(folder.glob("*.tgz"))
    if done.returncode or not archives:
        told = [line for line in (done.stderr + "\n" + done.stdout).splitlines() if line.strip()]
        missing = any("E404" in line or "ETARGET" in line for line in told)
        said = "there is no such family or version in the catalogue" if missing else "\n".join(told[:3])
        raise MediaError(f"`npm pack {package}` failed: {said[:400] or f'exit status {done.returncode}'}")
    return archives[0]


def _weights(about: Mapping[str, Any], asked: tuple[int, ...]) -> list[int]:
    offered = sorted(int(weight) for weight in about.get("weights", []))
    if unknown := [weight for weight in asked if weight not in offered]:
        raise MediaError(f"has no weight {unknown[0]}; it has {', '.join(map(str, offered))}")
    return sorted(set(asked)) or [weight for weight in offered if weight in _USUAL] or offered


def _font(
    package: tarfile.TarFile, name: str, about: Mapping[str, Any], weight: int, style: str, folder: Path
) -> Path:
    """Return one font file with the characters of all subsets of a weight and style."""
    subsets = sorted(map(str, about.get("subsets", [])), key=lambda one: (one != about.get("defSubset"), one))
    parts = []
    for subset in subsets:
        data = _member(package, f"package/files/{name}-{subset}-{weight}-{style}.woff2")
        if data is not None:
            parts.append(folder / f"{subset}-{weight}-{style}.woff2")
            parts[-1].write_bytes(data)
    if not parts:
        raise MediaError(f"holds no file of weight {weight}, {style}")
    return merge(parts, folder / f"{name}-{weight}-{style}.ttf", str(about.get("family", name)), weight)


def _read_json(package: tarfile.TarFile, name: str) -> Mapping[str, Any]:
    data = _member(package, name)
    try:
        found = json.loads(data or b"")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise MediaError(f"its package has no {name.rsplit('/', 1)[-1]} that can be read")
    return found


def _member(package: tarfile.TarFile, name: str) -> bytes | None:
    try:
        file = package.extractfile(name)
    except KeyError:
        return None
    data = file.read(_MAX_FILE_BYTES + 1) if file is not None else None
    if data is not None and len(data) > _MAX_FILE_BYTES:
        raise MediaError(f"its file {name} is larger than {_MAX_FILE_BYTES >> 20} MB")
    return data
