"""Templates written in the language, as plugins ship them and jobs bring them along."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from farm.errors import DocumentError, Problem
from farm.language.template_text import TemplateText, read_template
from farm.plugins.template import Brief, Template

if TYPE_CHECKING:
    from farm.language.program import Program
    from farm.model.timeline_document import TimelineDocument

KNOWN: Final = 32
"""How many compiled templates a process keeps."""


class WrittenTemplate(Template):
    """A template written in the language; read, checked and compiled when its slots are first asked for."""

    def __init__(self, name: str, text: Callable[[], TemplateText]) -> None:
        self.name = name  # type: ignore[misc]  # a class has one template, and this one as many as there are texts
        self._text = text

    @cached_property
    def program(self) -> Program:
        """The compiled template.

        Raises:
            DocumentError: with all that is wrong with it.
        """
        program = _program(self._text())
        if program.name != self.name:
            message = f"is `{program.name}`, and it is offered as `{self.name}`"
            raise DocumentError([Problem("name", message)], source=self._text().source)
        return program

    @property
    def summary(self) -> str:  # type: ignore[override]  # as above
        """One sentence for ``farm templates``."""
        return self.program.summary

    @property
    def slots(self) -> type[BaseModel]:  # type: ignore[override]  # as above
        """The model of its slots."""
        return self.program.slots

    def draft(self, brief: Brief) -> TimelineDocument:
        """Return the timeline; the same brief gives the same timeline.

        Raises:
            DocumentError: these slots give no valid timeline.
        """
        return self.program.draft(brief)


def template_file(name: str, path: Path) -> WrittenTemplate:
    """Return the template in a file, which is read when it is first used.

    Args:
        name: Its name, as in the file.
        path: A YAML or JSON file; the files that it uses lie beside it.
    """
    return WrittenTemplate(name, lambda: read_template(path))


def template_of(text: TemplateText) -> WrittenTemplate:
    """Return the template in a text.

    Raises:
        DocumentError: with all that is wrong with it.
    """
    return WrittenTemplate(_program(text).name, lambda: text)


@lru_cache(maxsize=KNOWN)
def _program(text: TemplateText) -> Program:
    # Loaded with the first template that is used: it brings the functions that measure text.
    from farm.language.program import compiled

    return compiled(text)
