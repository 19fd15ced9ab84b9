"""The library's declarative templates: those that ship with farm, and those saved by owners."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from farm.cut.policy import Trial
from farm.cut.policy import choose as choose_by_policy
from farm.errors import ConflictError, DocumentError, Problem, did_you_mean
from farm.model.script import Tone
from farm.model.template_document import TemplateDocument
from farm.plugins.registry import Registry
from farm.script.category import ancestry, kind_named
from farm.services.assets import OpenCatalog
from farm.services.scripts import split_name
from farm.services.starter_templates import starter_templates, template_from
from farm_catalog.asset_entry import OFFICIAL

Choose = Literal["rules", "learned"]
"""How a template is chosen: by suitability alone, or among suitable ones by sales results."""
NOTHING_LEARNED: Final = "nothing was learned yet (`farm events import`), so the rules chose"


@dataclass(frozen=True, slots=True)
class ShelvedTemplate:
    """A template on the shelf."""

    document: TemplateDocument
    """The template."""
    owner: str
    """Its owner."""
    version: int
    """Its version; 1 for those that ship with farm."""


class TemplateDesk:
    """Templates as an owner sees them: their own take precedence over official ones with the same name."""

    def __init__(self, catalog: OpenCatalog, registry: Callable[[], Registry]) -> None:
        self._catalog = catalog
        self._registry = registry

    def shelved(self, sees: str | None) -> list[ShelvedTemplate]:
        """Return all templates that an owner sees, sorted by name."""
        found = {name: ShelvedTemplate(one, OFFICIAL, 1) for name, one in starter_templates().items()}
        for one in sorted(self._catalog().templates.page(sees), key=lambda one: one.owner == sees):
            found[one.name] = ShelvedTemplate(
                TemplateDocument.model_validate(one.document), one.owner, one.version
            )
        return [found[name] for name in sorted(found)]

    def page(self, sees: str | None) -> list[dict[str, Any]]:
        """Return the templates that an owner sees, with the number of productions using each."""
        used = self._catalog().productions.template_uses()
        return [_brief(one) | {"productions": used.get(one.document.name, 0)} for one in self.shelved(sees)]

    def show(self, sees: str | None, name: str) -> dict[str, Any] | None:
        """Return a template in full; None if there is none."""
        one = self.find(sees, name)
        if one is None:
            return None
        return _brief(one) | {"document": one.document.model_dump(mode="json", exclude_defaults=True)}

    def find(self, sees: str | None, name: str) -> ShelvedTemplate | None:
        """Return a template by NAME or NAME@VERSION."""
        bare, version = split_name(name)
        kept = self._catalog().templates.get(bare, sees, version)
        if kept is not None:
            return ShelvedTemplate(TemplateDocument.model_validate(kept.document), kept.owner, kept.version)
        starter = starter_templates().get(bare)
        return ShelvedTemplate(starter, OFFICIAL, 1) if starter is not None else None

    def named(self, sees: str | None, name: str) -> ShelvedTemplate:
        """Return a template by its name.

        Raises:
            DocumentError: there is none.
        """
        one = self.find(sees, name)
        if one is None:
            names = [other.document.name for other in self.shelved(sees)]
            said = f"no declarative template is called `{name}`{did_you_mean(name, names)}"
            raise DocumentError([Problem("template", said)], source=name)
        return one

    def suited(
        self, sees: str | None, category: str, tone: Tone, choose: Choose = "rules", seed: int = 0
    ) -> tuple[ShelvedTemplate, str]:
        """Return the template that best suits a kind of goods and a tone, and why.

        With ``learned``, it is drawn from the suitable ones, using the seed, in line with their videos' clicks.
        """
        if choose == "learned":
            return self._learned(sees, category, tone, seed)
        return self._by_rules(sees, category, tone)

    def drawn(
        self, sees: str | None, category: str, tone: Tone, count: int, seed: int
    ) -> tuple[list[ShelvedTemplate], str]:
        """Return ``count`` draws of suitable templates, as in ``suited``, and why; none if nothing was learned yet."""
        suiting = {one.document.name: one for one in self._suiting(sees, category, tone)}
        trials = self._trials(sees)
        if not any(trial.tries for trial in trials):
            return [], NOTHING_LEARNED
        choices = [
            choose_by_policy(trials, category, list(suiting), seed + number) for number in range(count)
        ]
        return [suiting[choice.order[0].arm] for choice in choices], choices[0].why

    def _learned(self, sees: str | None, category: str, tone: Tone, seed: int) -> tuple[ShelvedTemplate, str]:
        found, why = self.drawn(sees, category, tone, 1, seed)
        if found:
            return found[0], why
        one, reason = self._by_rules(sees, category, tone)
        return one, f"{reason}; {why}"

    def _trials(self, sees: str | None) -> list[Trial]:
        tallies = self._catalog().learned.tallies(sees)
        return [Trial(one.template, one.category, one.plays, one.clicks) for one in tallies]

    def _suiting(self, sees: str | None, category: str, tone: Tone) -> list[ShelvedTemplate]:
        """Return the templates for a kind of goods, or for any kind, in a tone; in any tone if there are none."""
        kinds = ancestry(kind_named(category)) if category else ()
        made_for = [
            one
            for one in self.shelved(sees)
            if not one.document.categories or any(kind in one.document.categories for kind in kinds)
        ]
        toned = [one for one in made_for if not one.document.tones or tone in one.document.tones]
        return toned or made_for or self.shelved(sees)

    def _by_rules(self, sees: str | None, category: str, tone: Tone) -> tuple[ShelvedTemplate, str]:
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

        rated = [(*rate(one), one) for one in self.shelved(sees)]
        rated.sort(key=lambda row: (-row[0], row[2].document.name != "story.clean", row[2].document.name))
        return rated[0][2], rated[0][1]

    def save(self, owner: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """Save a template under the name it contains.

        Raises:
            DocumentError: with all its problems.
        """
        template = template_from(document, self._registry(), source=str(document.get("name", "template")))
        if template.name in self._registry().templates:
            said = f"`{template.name}` is a plugin's template; choose another name"
            raise DocumentError([Problem("name", said)], source=template.name)
        kept = template.model_dump(mode="json", exclude_defaults=True)
        version = self._catalog().templates.save(template.name, owner, kept, owner)
        return {"name": template.name, "owner": owner, "version": version}

    def remove(self, owner: str, name: str) -> bool:
        """Remove a template from an owner's shelf; False if there is none.

        Raises:
            ConflictError: it ships with farm.
        """
        gone = self._catalog().templates.remove(name, owner)
        if not gone and name in starter_templates():
            raise ConflictError(
                f"the template {name} ships with farm; it cannot be removed, only covered by yours"
            )
        return gone


def _brief(one: ShelvedTemplate) -> dict[str, Any]:
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
