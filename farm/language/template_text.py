"""The text of a template, and of the files that it uses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farm.errors import DocumentError, Problem
from farm.language.source import Mapping, Scalar, Sequence, read_tree

MAX_FILES: Final = 8
"""A template uses at most so many files."""


@dataclass(frozen=True, slots=True)
class TemplateText:
    """The text of a template and of the files that it uses."""

    source: str
    """The template's file name, for messages."""
    text: str
    """YAML or JSON."""
    used: tuple[tuple[str, str], ...] = ()
    """(file name, text) of the files that it uses."""


def used_names(root: Mapping) -> list[Scalar]:
    """Return the names of the files that a template uses; at most ``MAX_FILES``."""
    section = root.items.get("use")
    items = (
        section.items if isinstance(section, Sequence) else (section,) if isinstance(section, Scalar) else ()
    )
    return [item for item in items if isinstance(item, Scalar) and isinstance(item.value, str)][:MAX_FILES]


def read_template(path: Path) -> TemplateText:
    """Return the text of a template file and of the files that it uses, which lie beside it.

    Raises:
        DocumentError: a file cannot be read.
    """
    text = _read(path)
    used = []
    for item in used_names(read_tree(text, path.name)):
        name = str(item.value)
        if Path(name).name != name:
            message = f"`{name[:80]}` is not the name of a file beside the template"
            raise DocumentError([Problem("use", f"{item.place}: {message}")], source=path.name)
        if (path.parent / name).is_file():
            used.append((name, _read(path.parent / name)))
    return TemplateText(path.name, text, tuple(used))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        message = "not a text file; a template is YAML or JSON in UTF-8"
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
    raise DocumentError([Problem("", message)], source=path.name) from None
