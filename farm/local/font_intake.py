"""Font intake: the font files behind paths, URLs and names of a catalogue, ready to be added to the shelf."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from farm.errors import DocumentError, MediaError, Problem
from farm.local.fontsource import PREFIX, obtain
from farm.local.web_fonts import is_woff2, unpack
from farm.render.families import FAMILIES
from farm.render.font_file import MAX_BYTES
from farm.store.fetch import FetchLimits, fetch
from farm.store.fonts import font_files
from farm.store.open import open_store

_ANY_HOST: Final = None
"""The caller works on this machine, and can reach the same hosts anyway."""


@dataclass(slots=True)
class FontIntake:
    """Gathers font files, one argument at a time; problems are kept for the end."""

    folder: Path
    """An empty folder for what is downloaded and unpacked."""
    weights: tuple[int, ...] = ()
    """Weights of families of the catalogue."""
    italic: bool = False
    """Whether their italics are wanted too."""
    paths: list[Path] = field(default_factory=list)
    """The files, none of them WOFF2."""
    labels: dict[Path, str] = field(default_factory=dict)
    """What to call files that the caller did not name by their path."""
    notes: list[str] = field(default_factory=list)
    """What the caller should know about them, such as their licence."""
    problems: list[Problem] = field(default_factory=list)
    """What could not be gathered."""

    def gather(self, arguments: Sequence[str]) -> None:
        """Gather the files of all arguments: paths of files and folders, URLs, names of the catalogue."""
        for argument in arguments:
            try:
                self._gather(argument)
            except MediaError as error:
                self.problems.append(Problem(argument, str(error)))
            except DocumentError as error:
                self.problems.extend(error.problems)

    def _gather(self, argument: str) -> None:
        if argument.startswith(PREFIX):
            self._obtain(argument)
        elif argument.lower().startswith(("http://", "https://")):
            store = open_store(self.folder / "fetched", sys.maxsize)
            fetched = fetch(argument, store, _ANY_HOST, FetchLimits(size_bytes=MAX_BYTES))
            self._take(fetched, argument)
        else:
            path = Path(argument).expanduser()
            if not path.exists():
                raise MediaError(_absent(argument))
            for file in font_files([path]):
                self._take(file, str(file))

    def _take(self, file: Path, label: str) -> None:
        if is_woff2(file):
            try:
                file = unpack(file, Path(mkdtemp(dir=self.folder)))
            except MediaError as error:
                self.problems.append(Problem(label, str(error)))
                return
        self.paths.append(file)
        self.labels[file] = label

    def _obtain(self, argument: str) -> None:
        package = obtain(argument, self.weights, self.italic, Path(mkdtemp(dir=self.folder)))
        files = package.files
        if package.family in FAMILIES:
            files = tuple(file for file in files if file.stem.endswith("-italic"))
            if not files:
                raise MediaError(
                    f"the family `{package.family}` ships with farm; name it in a style: families: [{package.family}]"
                )
        for file in files:
            self.paths.append(file)
            self.labels[file] = file.name
        self.notes.append(f"{package.family} {package.version}: licence {package.licence or 'not stated'}")


def _absent(argument: str) -> str:
    """Return the message about an argument that is no file."""
    plain = argument.lower().replace("-", " ")
    for family in FAMILIES:
        if family.lower() == plain:
            return f"`{family}` ships with farm; nothing needs to be added, name it in a style: families: [{family}]"
    message = "there is no such file or folder"
    if "/" not in argument and "." not in argument:
        message += f"; a family of the Fontsource catalogue is added by {PREFIX}{plain.replace(' ', '-')}"
    return message
