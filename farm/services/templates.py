"""The library's declarative templates: those that ship with farm, and those saved by owners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from farm.contract.scope import Scope
from farm.contract.scripts import SavedDocument, TemplateDetails, TemplateItem, TemplateService
from farm.contract.works import Choose
from farm.cut.policy import Trial
from farm.cut.policy import choose as choose_by_policy
from farm.errors import ConflictError, DocumentError, MissingError, Problem, did_you_mean
from farm.model.script import Tone
from farm.model.template_document import TemplateDocument
from farm.plugins.registry import Registry
from farm.script.category import ancestry, kind_named
from farm.services.assets import OpenCatalog
from farm.services.scripts import split_name
from farm.services.starter_templates import starter_templates, template_from
from farm_catalog.asset_entry import OFFICIAL

NOTHING_LEARNED: Final = "there are no events yet (`farm events import`), so the rules chose"


@dataclass(frozen=True, slots=True)
class ShelvedTemplate:
    """A template of the library."""

    document: TemplateDocument
    """The template."""
    owner: str
    """Its owner."""
    version: int
    """Its version; 1 for those that ship with farm."""


class CatalogTemplates(TemplateService):
    """Templates that ship with farm, and those in the catalog."""

    def __init__(self, catalog: OpenCatalog, registry: Callable[[], Registry]) -> None:
        self._catalog = catalog
        self._registry = registry

    def shelved(self, owner: str | None) -> list[ShelvedTemplate]:
        """Return all templates that an owner sees, sorted by name."""
        found = {name: ShelvedTemplate(one, OFFICIAL, 1) for name, one in starter_templates().items()}
        for one in sorted(self._catalog().templates.page(owner), key=lambda one: one.owner == owner):
            found[one.name] = ShelvedTemplate(
                TemplateDocument.model_validate(one.document), one.owner, one.version
            )
        return [found[name] for name in sorted(found)]

    def page(self, scope: Scope) -> list[TemplateItem]:
        """See the contract."""
        used = self._catalog().productions.template_uses()
        return [
            TemplateItem(**_item(one), productions=used.get(one.document.name, 0))
            for one in self.shelved(scope.owner_seen)
        ]

    def show(self, scope: Scope, *, name: str) -> TemplateDetails:
        """See the contract."""
        one = self.find(scope.owner_seen, name)
        if one is None:
            raise MissingError("template", name)
        document = one.document.model_dump(mode="json", exclude_defaults=True)
        return TemplateDetails(**_item(one), document=document)

    def find(self, owner: str | None, name: str) -> ShelvedTemplate | None:
        """Return a template by NAME or NAME@VERSION."""
        bare, version = split_name(name)
        kept = self._catalog().templates.get(bare, owner, version)
        if kept is not None:
            return ShelvedTemplate(TemplateDocument.model_validate(kept.document), kept.owner, kept.version)
        starter = starter_templates().get(bare)
        return ShelvedTemplate(starter, OFFICIAL, 1) if starter is not None else None

    def named(self, owner: str | None, name: str) -> ShelvedTemplate:
        """Return a template by its name.

        Raises:
            DocumentError: there is none.
        """
        one = self.find(owner, name)
        if one is None:
            names = [other.document.name for other in self.shelved(owner)]
            message = f"no declarative template is called `{name}`{did_you_mean(name, names)}"
            raise DocumentError([Problem("template", message)], source=name)
        return one

    def suited(
        self, owner: str | None, category: str, tone: Tone, choose: Choose = "rules", seed: int = 0
    ) -> tuple[ShelvedTemplate, str]:
        """Return the template that best suits a kind of goods and a tone, and why.

        With ``learned``, it is drawn from the suitable ones, using the seed, in line with their videos' clicks.
        """
        if choose == "learned":
            return self._learned(owner, category, tone, seed)
        return self._by_rules(owner, category, tone)

    def drawn(
        self, owner: str | None, category: str, tone: Tone, count: int, seed: int
    ) -> tuple[list[ShelvedTemplate], str]:
        """Return ``count`` draws of suitable templates, as in ``suited``, and why; none if there are no events yet."""
        suiting = {one.document.name: one for one in self._suiting(owner, category, tone)}
        trials = self._trials(owner)
        if not any(trial.tries for trial in trials):
            return [], NOTHING_LEARNED
        choices = [
            choose_by_policy(trials, category, list(suiting), seed + number) for number in range(count)
        ]
        return [suiting[choice.order[0].arm] for choice in choices], choices[0].why

    def _learned(
        self, owner: str | None, category: str, tone: Tone, seed: int
    ) -> tuple[ShelvedTemplate, str]:
        found, why = self.drawn(owner, category, tone, 1, seed)
        if found:
            return found[0], why
        one, reason = self._by_rules(owner, category, tone)
        return one, f"{reason}; {why}"

    def _trials(self, owner: str | None) -> list[Trial]:
        tallies = self._catalog().learned.tallies(owner)
        return [Trial(one.template, one.category, one.plays, one.clicks) for one in tallies]

    def _suiting(self, owner: str | None, category: str, tone: Tone) -> list[ShelvedTemplate]:
        """Return the templates for a kind of goods, or for any kind, in a tone; in any tone if none match."""
        kinds = ancestry(kind_named(category)) if category else ()
        made_for = [
            one
            for one in self.shelved(owner)
            if not one.document.categories or any(kind in one.document.categories for kind in kinds)
        ]
        toned = [one for one in made_for if not one.document.tones or tone in one.document.tones]
        return toned or made_for or self.shelved(owner)

    def _by_rules(self, owner: str | None, category: str, tone: Tone) -> tuple[ShelvedTemplate, str]:
        kinds = ancestry(kind_named(category)) if category else ()

        def rate(one: ShelvedTemplate) -> tuple[float, str]:
            score, reasons = 0.0, []
            met = [kind for kind in kinds if kind in one.document.categories]
            if met:
                score += 2.0 - 0.3 * kinds.index(met[0])
                reasons.append(f"made for {met[0]}")
            elif one.document.categories:
                score -= 0.6
            if tone in one.document.tones:
                score += 1.0
                reasons.append(f"suits a {tone} tone")
            return score, " and ".join(reasons) or "suits anything"

        rated = [(*rate(one), one) for one in self.shelved(owner)]
        rated.sort(key=lambda row: (-row[0], row[2].document.name != "story.clean", row[2].document.name))
        return rated[0][2], rated[0][1]

    def save(self, scope: Scope, *, name: str, document: dict[str, Any]) -> SavedDocument:
        """See the contract.

        Raises:
            DocumentError: with all its problems.
        """
        template = template_from({**document, "name": name}, self._registry(), source=name)
        if template.name in self._registry().templates:
            message = f"`{template.name}` is a plugin's template; choose another name"
            raise DocumentError([Problem("name", message)], source=template.name)
        kept = template.model_dump(mode="json", exclude_defaults=True)
        version = self._catalog().templates.save(template.name, scope.owner, kept, scope.owner)
        return SavedDocument(name=template.name, owner=scope.owner, version=version)

    def remove(self, scope: Scope, *, name: str) -> None:
        """See the contract.

        Raises:
            ConflictError: it ships with farm.
        """
        if self._catalog().templates.remove(name, scope.owner):
            return
        if name in starter_templates():
            raise ConflictError(
                f"the template {name} ships with farm; it cannot be removed, only overridden by one of yours"
            )
        raise MissingError("template", name, detail=f"of {scope.owner}")


def _item(one: ShelvedTemplate) -> dict[str, Any]:
    document = one.document
    return {
        "name": document.name,
        "owner": one.owner,
        "version": one.version,
        "title": document.title,
        "summary": document.summary,
        "categories": list(document.categories),
        "tones": list(document.tones),
        "engine": document.engine,
        "music": str(document.music) if document.music else "",
    }
