"""The font shelf: font files added by a farm's operator, identical on all its machines."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from farm.errors import DocumentError, Problem, StoreError
from farm.model.font_file import FONT_SUFFIXES, FontFault, FontFile
from farm.store.place import SharedPlace
from farm.store.temp import settle, temp_in

INDEX: Final = "fonts.json"
"""The shelf's index file, in the shared place or else in the store's folder."""
_FRESH_S: Final = 5.0
"""How long the index is cached before it is read again: a shared place may be slow to reach."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A face on the shelf."""

    sha256: str
    """Hash of its file."""
    index: int
    """Index of the face in the file."""
    family: str
    """The family name that text styles use."""
    weights: tuple[int, int]
    """Lightest and heaviest weight."""
    file: str
    """Original file name."""


class FontShelf:
    """Keeps font files and their index in the place shared by all machines, and a copy of each file on this machine."""

    def __init__(self, place: SharedPlace, folder: Path) -> None:
        self._place = place
        self._folder = folder
        self._seen: tuple[float, tuple[Shelved, ...]] | None = None

    def faces(self) -> tuple[Shelved, ...]:
        """Return the faces on the shelf, ordered by family, weight and hash.

        Raises:
            MachineError: the shared place cannot be reached.
        """
        now = time.monotonic()
        if self._seen is None or now - self._seen[0] > _FRESH_S:
            self._seen = now, self._read()
        return self._seen[1]

    def files(self) -> tuple[FontFile, ...]:
        """Return the faces with their local paths, fetching files as needed.

        Raises:
            StoreError: a file in the index is no longer in the farm.
            MachineError: the shared place cannot be reached.
        """
        return tuple(self._file(face) for face in self.faces())

    def _file(self, face: Shelved) -> FontFile:
        path = self._folder / face.sha256
        if not path.exists():
            temp = temp_in(self._folder)
            try:
                if not self._place.get(_stored(face.sha256), temp):
                    raise StoreError(
                        f"the font {face.family} ({face.file}) is in the index but its file is missing; add it "
                        f"again, or remove it: farm fonts rm {face.sha256[:12]}"
                    )
                settle(temp, path)
            finally:
                temp.unlink(missing_ok=True)
        return FontFile(face.sha256, str(path), face.index, face.family, face.weights)

    def add(
        self,
        paths: Sequence[Path],
        *,
        inspect: Callable[[Path], list[FontFile]],
        shipped: Collection[str],
        labels: Mapping[Path, str] = MappingProxyType({}),
        found: Sequence[Problem] = (),
    ) -> list[Shelved]:
        """Add font files, including those in folders; return their faces.

        Args:
            paths: Font files, and folders of them.
            inspect: Returns the faces of a file, or raises `FontFault`; `farm.render.font_faces.faces_of`.
            shipped: Families that come with farm, which an added file cannot replace.
            labels: What to call files other than by their path: a URL, a name of a catalogue.
            found: Problems with other files that were to be added; nothing is added then.

        Raises:
            DocumentError: some are not usable fonts, or would never be used; then none is added.
        """
        kept = {(face.sha256, face.index): face for face in self._read()}
        added: dict[tuple[str, int], Shelved] = {}
        sources: dict[str, Path] = {}
        problems = list(found)
        for path in font_files(paths):
            label = labels.get(path, str(path))
            name = Path(label).name
            try:
                faces = [
                    Shelved(face.sha256, face.index, face.family, face.weights, name)
                    for face in inspect(path)
                ]
            except FontFault as error:
                problems.append(Problem(label, str(error)))
                continue
            for face in faces:
                if wrong := _clash(face, (*kept.values(), *added.values()), shipped):
                    problems.append(Problem(label, wrong))
                added[face.sha256, face.index] = face
                sources[face.sha256] = path
        if problems:
            raise DocumentError(problems, source="fonts")
        for sha256, path in sources.items():
            self._place.put(_stored(sha256), path)
        self._write((kept | added).values())
        return list(added.values())

    def remove(self, name: str) -> list[Shelved]:
        """Remove a family, or the file with this hash prefix, from the index; return its faces.

        The file itself is kept: videos already planned with it are still rendered.

        Raises:
            DocumentError: nothing on the shelf matches.
        """
        faces = self._read()
        gone = [
            face for face in faces if face.family == name or (len(name) >= 6 and face.sha256.startswith(name))
        ]
        if not gone:
            known = ", ".join(sorted({face.family for face in faces})) or "none"
            message = f"no added font is called `{name}`; added: {known}"
            raise DocumentError([Problem(name, message)], source="fonts")
        self._write(face for face in faces if face not in gone)
        return gone

    def _read(self) -> tuple[Shelved, ...]:
        if self._place.stat(INDEX) is None:
            return ()  # merely reading a document must not write anything
        temp = temp_in(self._folder)
        try:
            if not self._place.get(INDEX, temp):
                return ()
            entries: list[dict[str, Any]] = json.loads(temp.read_text(encoding="utf-8"))
        finally:
            temp.unlink(missing_ok=True)
        return tuple(Shelved(**{**one, "weights": tuple(one["weights"])}) for one in entries)

    def _write(self, faces: Iterable[Shelved]) -> None:
        ordered = sorted(faces, key=lambda face: (face.family, face.weights, face.sha256, face.index))
        temp = temp_in(self._folder)
        try:
            temp.write_text(json.dumps([asdict(face) for face in ordered], indent=1), encoding="utf-8")
            self._place.put(INDEX, temp)
        finally:
            temp.unlink(missing_ok=True)
        self._seen = None


def _stored(sha256: str) -> str:
    return f"fonts/{sha256}"


def font_files(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the paths, and the font files of those that are folders.

    Raises:
        DocumentError: a folder holds none.
    """
    for path in paths:
        if path.is_dir():
            inner = sorted(
                file for file in path.rglob("*") if file.suffix.lower() in FONT_SUFFIXES and file.is_file()
            )
            if not inner:
                message = f"the folder holds no fonts ({', '.join(FONT_SUFFIXES)})"
                raise DocumentError([Problem(str(path), message)], source="fonts")
            yield from inner
        else:
            yield path


def _clash(face: Shelved, others: Iterable[Shelved], shipped: Collection[str]) -> str:
    """Return why a face would never be used alongside others; empty if it would be."""
    for family in shipped:
        if family.lower() == face.family.lower():
            return (
                f"its family `{family}` ships with farm, whose own files are used; leave it out, or rename it"
            )
    for other in others:
        if other.family.lower() != face.family.lower() or (
            other.sha256 == face.sha256 and other.index == face.index
        ):
            continue
        if other.family != face.family:
            return f"its family `{face.family}` differs from `{other.family}` of {other.file} only in case; rename it"
        if face.weights[0] <= other.weights[1] and other.weights[0] <= face.weights[1]:
            return (
                f"`{face.family}` has a face of weight {_weights_text(other.weights)} already, {other.file}; add only "
                f"one of them, or remove that first: farm fonts rm {other.sha256[:12]}"
            )
    return ""


def _weights_text(weights: tuple[int, int]) -> str:
    low, high = weights
    return str(low) if low == high else f"{low}–{high}"
