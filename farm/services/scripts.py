"""The library's scripts: those that ship with farm, and those saved by owners."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from farm.draft.starter_library import starter_folder
from farm.errors import ConflictError, DocumentError, Problem, did_you_mean
from farm.model.script import ScriptDocument
from farm.model.shelf import ShelvedScript
from farm.script.banned import findings_of
from farm.script.document import FolderShelf, form_problems, script_from
from farm.services.assets import OpenCatalog
from farm_catalog.asset_entry import OFFICIAL

Starters = Callable[[], Sequence[ShelvedScript]]


def starter_scripts() -> Sequence[ShelvedScript]:
    """Return the scripts that ship with farm."""
    return FolderShelf(starter_folder() / "scripts").list()


class ScriptDesk:
    """Scripts as an owner sees them: their own take precedence over official ones with the same name."""

    def __init__(self, catalog: OpenCatalog, starters: Starters = starter_scripts) -> None:
        self._catalog = catalog
        self._starters = starters

    def shelved(self, sees: str | None) -> list[ShelvedScript]:
        """Return all scripts that an owner sees, sorted by name."""
        found = {one.name: one for one in self._starters()}
        kept = sorted(self._catalog().scripts.page(sees), key=lambda one: one.owner == sees)
        for one in kept:
            document = ScriptDocument.model_validate(one.document)
            found[one.name] = ShelvedScript(one.name, document, one.owner, one.version)
        return [found[name] for name in sorted(found)]

    def page(self, sees: str | None, asked: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return the scripts that an owner sees, without their shots.

        Filters: language, category, tone, role; ``whole`` includes the shots.
        """
        whole = bool(asked.get("whole"))
        return [
            brief(one) | ({"document": one.document.model_dump(mode="json")} if whole else {})
            for one in self.shelved(sees)
            if _wanted(one, asked)
        ]

    def show(self, sees: str | None, name: str, version: int | None = None) -> dict[str, Any] | None:
        """Return a script in full; None if there is none."""
        one = self.find(sees, name, version)
        return None if one is None else brief(one) | {"document": one.document.model_dump(mode="json")}

    def find(self, sees: str | None, name: str, version: int | None = None) -> ShelvedScript | None:
        """Return a script by NAME or NAME@VERSION."""
        name, version = split_name(name, version)
        kept = self._catalog().scripts.get(name, sees, version)
        if kept is not None:
            return ShelvedScript(name, ScriptDocument.model_validate(kept.document), kept.owner, kept.version)
        return next((one for one in self._starters() if one.name == name), None)

    def named(self, sees: str | None, name: str) -> ShelvedScript:
        """Return a script by its name.

        Raises:
            DocumentError: there is none.
        """
        one = self.find(sees, name)
        if one is None:
            names = [other.name for other in self.shelved(sees)]
            raise DocumentError(
                [Problem("script", f"no script is called `{name}`{did_you_mean(name, names)}")], source=name
            )
        return one

    def save(self, owner: str, name: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """Save a script; return its version, and its words that advertising law forbids.

        Raises:
            DocumentError: with all its problems.
        """
        script = script_from(document, source=name)
        if problems := form_problems(script):
            raise DocumentError(problems, source=name)
        version = self._catalog().scripts.save(name, owner, script.model_dump(mode="json"), owner)
        banned = [f"{one.place}: `{one.word}`: {one.reason}" for one in findings_of(script)]
        return {"name": name, "owner": owner, "version": version, "warnings": banned}

    def remove(self, owner: str, name: str) -> bool:
        """Remove a script from an owner's shelf; False if there is none.

        Raises:
            ConflictError: it ships with farm.
        """
        gone = self._catalog().scripts.remove(name, owner)
        if not gone and any(one.name == name for one in self._starters()):
            raise ConflictError(
                f"the script {name} ships with farm; it cannot be removed, only covered by one of yours"
            )
        return gone


def split_name(name: str, version: int | None = None) -> tuple[str, int | None]:
    """Return (name, version) of NAME or NAME@VERSION."""
    bare, at, number = name.partition("@")
    return (bare, int(number)) if at and number.isdecimal() else (name, version)


def brief(one: ShelvedScript) -> dict[str, Any]:
    """Return a script's summary for lists."""
    document = one.document
    return {
        "name": one.name,
        "owner": one.owner,
        "version": one.version,
        "official": one.owner == OFFICIAL,
        "title": document.title,
        "language": document.language,
        "tone": document.tone,
        "categories": list(document.categories),
        "roles": list(dict.fromkeys(shot.role for shot in document.shots)),
        "shots": len(document.shots),
        "slots": list(document.slots),
    }


def _wanted(one: ShelvedScript, asked: Mapping[str, str]) -> bool:
    document = one.document
    return (
        asked.get("language") in (None, "", document.language)
        and asked.get("tone") in (None, "", document.tone)
        and (not asked.get("category") or asked["category"].casefold() in document.categories)
        and (not asked.get("role") or any(shot.role == asked["role"] for shot in document.shots))
    )
