"""The library's scripts: those that ship with farm, and those saved by owners."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from farm.contract.scope import Scope
from farm.contract.scripts import SavedDocument, ScriptDetails, ScriptItem, ScriptService
from farm.draft.starter_library import starter_folder
from farm.errors import ConflictError, DocumentError, MissingError, Problem, did_you_mean
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


class CatalogScripts(ScriptService):
    """Scripts that ship with farm, and those in the catalog."""

    def __init__(self, catalog: OpenCatalog, starters: Starters = starter_scripts) -> None:
        self._catalog = catalog
        self._starters = starters

    def shelved(self, owner: str | None) -> list[ShelvedScript]:
        """Return all scripts that an owner sees, sorted by name."""
        found = {one.name: one for one in self._starters()}
        kept = sorted(self._catalog().scripts.page(owner), key=lambda one: one.owner == owner)
        for one in kept:
            document = ScriptDocument.model_validate(one.document)
            found[one.name] = ShelvedScript(one.name, document, one.owner, one.version)
        return [found[name] for name in sorted(found)]

    def page(
        self,
        scope: Scope,
        *,
        language: str = "",
        category: str = "",
        tone: str = "",
        role: str = "",
        whole: bool = False,
    ) -> list[ScriptItem]:
        """See the contract."""

        def suits(document: ScriptDocument) -> bool:
            return (
                language in ("", document.language)
                and tone in ("", document.tone)
                and (not category or category.casefold() in document.categories)
                and (not role or any(shot.role == role for shot in document.shots))
            )

        return [
            ScriptItem(**_item(one), document=one.document if whole else None)
            for one in self.shelved(scope.owner_seen)
            if suits(one.document)
        ]

    def show(self, scope: Scope, *, name: str) -> ScriptDetails:
        """See the contract."""
        one = self.find(scope.owner_seen, name)
        if one is None:
            raise MissingError("script", name)
        return ScriptDetails(**_item(one), document=one.document)

    def find(self, owner: str | None, name: str) -> ShelvedScript | None:
        """Return a script by NAME or NAME@VERSION."""
        name, version = split_name(name)
        kept = self._catalog().scripts.get(name, owner, version)
        if kept is not None:
            return ShelvedScript(name, ScriptDocument.model_validate(kept.document), kept.owner, kept.version)
        return next((one for one in self._starters() if one.name == name), None)

    def named(self, owner: str | None, name: str) -> ShelvedScript:
        """Return a script by its name.

        Raises:
            DocumentError: there is none.
        """
        one = self.find(owner, name)
        if one is None:
            names = [other.name for other in self.shelved(owner)]
            raise DocumentError(
                [Problem("script", f"no script is called `{name}`{did_you_mean(name, names)}")], source=name
            )
        return one

    def save(self, scope: Scope, *, name: str, document: dict[str, Any]) -> SavedDocument:
        """See the contract.

        Raises:
            DocumentError: with all its problems.
        """
        script = script_from(document, source=name)
        if problems := form_problems(script):
            raise DocumentError(problems, source=name)
        owner = scope.owner
        version = self._catalog().scripts.save(name, owner, script.model_dump(mode="json"), owner)
        banned = [f"{one.place}: `{one.word}`: {one.reason}" for one in findings_of(script)]
        return SavedDocument(name=name, owner=owner, version=version, warnings=banned)

    def remove(self, scope: Scope, *, name: str) -> None:
        """See the contract.

        Raises:
            ConflictError: it ships with farm.
        """
        if self._catalog().scripts.remove(name, scope.owner):
            return
        if any(one.name == name for one in self._starters()):
            raise ConflictError(
                f"the script {name} ships with farm; it cannot be removed, only overridden by one of yours"
            )
        raise MissingError("script", name, detail=f"of {scope.owner}")


def split_name(name: str) -> tuple[str, int | None]:
    """Return (name, version) of NAME or NAME@VERSION."""
    bare, at, number = name.partition("@")
    return (bare, int(number)) if at and number.isdecimal() else (name, None)


def _item(one: ShelvedScript) -> dict[str, Any]:
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
