"""Creates works: combines script, product, assets and template into a rough cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from farm.cut.material import Material
from farm.cut.rough import Cut, cut, default_output, shots_of, with_presets
from farm.draft.starter_library import TRACKS, track_beats
from farm.errors import DocumentError, Problem
from farm.model.asset import MediaKind
from farm.model.script import ProductDocument, ScriptDocument
from farm.model.template_document import TemplateDocument
from farm.model.work import MusicDocument, WorkDocument
from farm.model.work_order import WorkOrder
from farm.script.banned import findings_of
from farm.script.category import kinds_of
from farm.script.fill import Filled, fill
from farm.script.names import title
from farm.script.pick import pick
from farm.services.assets import CatalogAssets, OpenCatalog
from farm.services.materials import materials_of
from farm.services.scripts import CatalogScripts
from farm.services.templates import CatalogTemplates, ShelvedTemplate
from farm_catalog.asset_entry import AssetEntry, Wanted

MOST_ASSETS = 500


@dataclass(frozen=True, slots=True)
class MadeWork:
    """A new work with remarks on how it was created."""

    cut: Cut
    """The work as cut."""
    remarks: tuple[str, ...]
    """The choices, their reasons, and what was left out."""


class WorkMaker:
    """Creates works from orders."""

    def __init__(
        self,
        catalog: OpenCatalog,
        assets: CatalogAssets,
        scripts: CatalogScripts,
        templates: CatalogTemplates,
    ) -> None:
        self._catalog = catalog
        self._assets = assets
        self._scripts = scripts
        self._templates = templates

    def make(self, owner: str | None, order: WorkOrder) -> MadeWork:
        """Return the work for an order.

        Raises:
            DocumentError: with all problems of the order.
        """
        remarks: list[str] = []
        problems: list[Problem] = []
        template = self._template(owner, order, problems)
        entries = self._pool(owner, order, problems)
        script, name = self._script(owner, order, template, len(entries), remarks, problems)
        if problems or script is None:
            raise DocumentError(problems, source="work")
        filled = _filled(script, order.product, remarks)
        kinds = kinds_of(order.product.category, order.product.name) if order.product is not None else ()
        category = kinds[0].kind if kinds else next(iter(script.categories), "")
        if template is None:
            template, why = self._templates.suited(
                owner, category, order.tone or script.tone, order.choose, order.seed
            )
            remarks.append(f"template {template.document.name}: {why}")
        music = self.music(owner, order.music, template.document)
        work = WorkDocument(
            name=order.name
            or (title(order.product.name, order.product.brand) if order.product else script.title),
            script=name,
            language=filled.language,
            tone=order.tone or filled.tone,
            category=category or None,
            product=order.product,
            template=template.document,
            template_version=template.version,
            pool=[entry.sha256 for entry in entries],
            shots=with_presets(
                shots_of(filled.shots), _with_filled_presets(template.document, order.product, filled)
            ),
            music=music,
            cta=order.cta,
            seconds=order.seconds,
            seed=order.seed,
            platform=order.platform,
            output=order.output or default_output(None),
        )
        remarks += [f"{one.place}: `{one.word}`: {one.reason}" for one in findings_of(filled)]
        made = cut(work, self.materials(owner, work), daring=0.0 if order.seed == 0 else 0.35)
        return MadeWork(made, tuple(remarks))

    def materials(self, owner: str | None, work: WorkDocument) -> list[Material]:
        """Return the material a work may use: its pool, and its template's own assets."""
        found = materials_of(self._entries(owner, work.pool))
        for role, refs in work.template.assets.items():
            hashes = [ref.removeprefix("sha256:") for ref in refs if ref.startswith("sha256:")]
            found += materials_of(self._entries(None, hashes), role=role)
        return found

    def music(self, owner: str | None, name: str | None, template: TemplateDocument) -> MusicDocument | None:
        """Return the named music, or else the template's, with its beats if known.

        Raises:
            DocumentError: there is no such track.
        """
        wished = name or (str(template.music) if template.music else "")
        if not wished or wished == "none":
            return None
        if wished in TRACKS:
            return MusicDocument(ref=wished, beats_s=track_beats(wished))
        sha256 = self._assets.resolve(owner, wished)
        entry = self._catalog().assets.get(sha256, owner) if sha256 else None
        if entry is None or entry.kind not in (MediaKind.AUDIO, MediaKind.VIDEO):
            message = f"no sound is called `{wished}`; name an asset, or a starter track: {', '.join(TRACKS)}"
            raise DocumentError([Problem("music", message)], source="work")
        return MusicDocument(ref=f"sha256:{entry.sha256}", beats_s=_beats(entry))

    def _template(
        self, owner: str | None, order: WorkOrder, problems: list[Problem]
    ) -> ShelvedTemplate | None:
        if order.template is None:
            return None
        try:
            return self._templates.named(owner, order.template)
        except DocumentError as error:
            problems += error.problems
            return None

    def _script(
        self,
        owner: str | None,
        order: WorkOrder,
        template: ShelvedTemplate | None,
        pictures: int,
        remarks: list[str],
        problems: list[Problem],
    ) -> tuple[ScriptDocument | None, str]:
        if isinstance(order.script, ScriptDocument):
            return order.script, ""
        name = order.script or (template.document.script if template is not None else "")
        if name:
            try:
                one = self._scripts.named(owner, name)
            except DocumentError as error:
                problems += error.problems
                return None, ""
            return one.document, f"{one.name}@{one.version}"
        if order.product is None:
            problems.append(Problem("script", "name a script, or give a product to choose one for"))
            return None, ""
        found = pick(
            self._scripts.shelved(owner), order.product, tone=order.tone, length_s=order.seconds,
            photos=pictures or None, count=1, seed=order.seed,
        )  # fmt: skip
        if not found:
            problems.append(Problem("script", "no script suits this product; name one (`farm scripts ls`)"))
            return None, ""
        remarks.append(f"script {found[0].shelved.name}: {'; '.join(found[0].reasons)}")
        return found[0].shelved.document, f"{found[0].shelved.name}@{found[0].shelved.version}"

    def _pool(self, owner: str | None, order: WorkOrder, problems: list[Problem]) -> list[AssetEntry]:
        found: dict[str, AssetEntry] = {}
        for index, name in enumerate(order.assets):
            entries = self._named(owner, name)
            if not entries:
                problems.append(
                    Problem(f"assets[{index}]", f"`{name}` matches no asset; `farm assets ls` lists them")
                )
            found.update({one.sha256: one for one in entries if one.sha256 not in found})
        waiting = [one.name for one in found.values() if one.state == "arriving"]
        if waiting:
            some = ", ".join(waiting[:3])
            problems.append(
                Problem("assets", f"{len(waiting)} are not analysed yet ({some}); try again soon")
            )
        return list(found.values())[:MOST_ASSETS]

    def _named(self, owner: str | None, name: str) -> list[AssetEntry]:
        kind, colon, value = name.partition(":")
        assets = self._catalog().assets
        if colon and kind in ("tag", "product"):
            want = Wanted(owner, tags=(value,)) if kind == "tag" else Wanted(owner, product=value)
            entries = assets.page(want, MOST_ASSETS)
            # In upload order, since a shop's main picture comes first; within one upload, by name.
            return sorted(entries, key=lambda one: (one.added_at_s, one.name))
        sha256 = self._assets.resolve(owner, name)
        entry = assets.get(sha256, owner) if sha256 else None
        return [entry] if entry is not None else []

    def _entries(self, owner: str | None, hashes: Sequence[str]) -> list[AssetEntry]:
        if not hashes:
            return []
        page = self._catalog().assets.page(Wanted(owner, sha256=tuple(hashes)), 4 * len(hashes))
        found = {one.sha256: one for one in reversed(page)}
        return [found[one] for one in hashes if one in found]


def _filled(script: ScriptDocument, product: ProductDocument | None, remarks: list[str]) -> ScriptDocument:
    if product is None:
        if script.slots:
            message = f"the script needs {', '.join(script.slots)}; give a product"
            raise DocumentError([Problem("product", message)], source="work")
        return script
    filled: Filled = fill(script, product)
    remarks += [f"shot {note.shot + 1} of the script {note.what}: {note.why}" for note in filled.notes]
    return filled.script


def _with_filled_presets(
    template: TemplateDocument, product: ProductDocument | None, script: ScriptDocument
) -> TemplateDocument:
    """Return the template with the slots of its own shots filled; a shot that cannot be filled is omitted."""
    changes: dict[str, Any] = {}
    for part, role in (("cover", "cover"), ("outro", "outro"), ("interlude", "proof")):
        preset = getattr(template, part)
        if preset is None or not ("{" in preset.words or "{" in preset.label):
            continue
        changes[part] = None
        if product is None:
            continue
        one = {"role": role, "words": preset.words, "label": preset.label}
        try:
            alone = ScriptDocument.model_validate({"title": "x", "language": script.language, "shots": [one]})
            filled_shot = fill(alone, product).script.shots[0]
        except DocumentError:
            continue
        changes[part] = preset.model_copy(update={"words": filled_shot.words, "label": filled_shot.label})
    return template.model_copy(update=changes)


def _beats(entry: AssetEntry) -> list[float]:
    """Return the beats that an analyser detected."""
    for finding in entry.findings.values():
        beats = finding["findings"].get("beats_s")
        if beats:
            return [float(beat) for beat in beats[:4000]]
    return []
