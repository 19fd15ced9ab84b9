"""Script documents as text: parsed with all problems reported at once, and written for editing by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from farm.errors import DocumentError, Problem
from farm.model.parse import load_document
from farm.model.problems import problems_of, stray_booleans
from farm.model.schema import json_schema
from farm.model.script import ScriptDocument
from farm.model.shelf import ShelvedScript
from farm.script.names import is_chinese
from farm.script.slots import slot_problem

STARTER_OWNER = "farm"
"""Owner of the scripts in the starter set."""


def parse_script(text: str, *, source: str = "script") -> ScriptDocument:
    """Return the script in a YAML or JSON text.

    Raises:
        DocumentError: with all its problems: unknown names, invalid values, unknown slots.
    """
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        raise DocumentError(
            [Problem("", "this is HTML or XML, not a script; write YAML or JSON")], source=source
        )
    try:
        data = load_document(text.lstrip("\ufeff"), source=source)
    except DocumentError as error:
        message = error.problems[0].message.replace(
            "a job document is a mapping with `template` or `timeline`",
            "a script is a mapping with `title`, `language` and `shots`",
        )
        raise DocumentError([Problem("", message)], source=source) from error
    return script_from(data, source=source)


def script_from(data: Mapping[str, Any], *, source: str = "script") -> ScriptDocument:
    """Return the script in a parsed document; see `parse_script`."""
    problems = stray_booleans(dict(data), json_schema(ScriptDocument), "")
    try:
        script = ScriptDocument.model_validate(data)
    except ValidationError as error:
        reported = {problem.path for problem in problems}
        problems += [one for one in problems_of(error, ScriptDocument) if one.path not in reported]
        raise DocumentError(problems, source=source) from error
    problems += form_problems(script)
    if problems:
        raise DocumentError(problems, source=source)
    return script


def form_problems(script: ScriptDocument) -> list[Problem]:
    """Return the problems of a script beyond names and types: invalid slots, and words in the wrong language."""
    found = []
    for index, shot in enumerate(script.shots):
        for name, text in (("label", shot.label), ("words", shot.words), ("instead", shot.instead)):
            if message := slot_problem(text):
                found.append(Problem(f"shots[{index}].{name}", message))
    text = " ".join(shot.words for shot in script.shots)
    bare = re.sub(r"\{[^{}]*\}", "", text)
    if script.language == "en" and is_chinese(bare):
        found.append(Problem("language", "is en, but the text is Chinese; write `language: zh`"))
    if script.language == "zh" and re.search("[A-Za-z]{3}", bare) and not is_chinese(bare):
        found.append(Problem("language", "is zh, but none of the text is Chinese; write `language: en`"))
    return found


def script_yaml(script: ScriptDocument) -> str:
    """Return a script as YAML, without fields at their defaults."""
    data = script.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)


class FolderShelf:
    """The scripts in a folder, one per file, named after the file without ``.yaml``."""

    def __init__(self, folder: Path, *, owner: str = STARTER_OWNER) -> None:
        self._folder = folder
        self._owner = owner

    def list(self) -> list[ShelvedScript]:
        """Return all scripts in the folder, by name.

        Raises:
            DocumentError: a file is not a valid script.
        """
        return [
            ShelvedScript(
                path.stem, parse_script(path.read_text(encoding="utf-8"), source=path.name), self._owner, 1
            )
            for path in sorted(self._folder.glob("*.yaml"))
        ]
