"""Works, on the catalog."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any, Final

from farm.contract.scope import Scope
from farm.contract.works import (
    Remixes,
    RemixItem,
    RemixOrder,
    TemplateChoice,
    Work,
    WorkChange,
    WorkDiff,
    WorkEdits,
    WorkItem,
    WorkJob,
    WorkService,
    WorkVersion,
)
from farm.cut.distance import changes, distance
from farm.cut.edit import edited, recut
from farm.cut.edit_note import edit_note
from farm.cut.job import job_text
from farm.cut.parse import parse_edits, parse_order, parse_work
from farm.cut.remix import Remix, remixes
from farm.cut.rewording import reworded
from farm.cut.rough import cut
from farm.draft.starter_library import TRACKS
from farm.errors import ConflictError, DocumentError, MissingError, Problem
from farm.model.template_document import TemplateDocument
from farm.model.work import WorkDocument
from farm.services.assets import OpenCatalog
from farm.services.templates import CatalogTemplates
from farm.services.work_maker import WorkMaker
from farm_catalog.works import WorkEntry

DRAWS: Final = 8
"""Templates drawn per remix: a template is drawn as often as it is likely to be the best."""


class CatalogWorks(WorkService):
    """Works as recorded in the catalog."""

    def __init__(self, catalog: OpenCatalog, maker: WorkMaker, templates: CatalogTemplates) -> None:
        self._catalog = catalog
        self._maker = maker
        self._templates = templates

    def make(self, scope: Scope, *, order: dict[str, Any], key: str = "") -> Work:
        """See the contract.

        Raises:
            DocumentError: with all problems of the order.
        """
        wanted, owner = parse_order(order), scope.owner
        if key and (before := self._catalog().works.get(_named_by(owner, key), owner)) is not None:
            return _work(before)
        made = self._maker.make(owner, wanted)
        work_id = self._keep(owner, made.cut.work, "rough cut", key=key)
        made_now = self._get(owner, work_id)
        return _work(made_now, changed=True, remarks=list(made.remarks), score=made.cut.score)

    def page(self, scope: Scope, *, limit: int = 100, offset: int = 0) -> list[WorkItem]:
        """See the contract."""
        found = self._catalog().works.page(scope.owner_seen, limit, offset)
        return [WorkItem.model_validate(one, from_attributes=True) for one in found]

    def show(self, scope: Scope, *, name: str, version: int | None = None) -> Work:
        """See the contract."""
        return _work(self._find(scope.owner_seen, name, version))

    def edit(self, scope: Scope, *, name: str, edits: WorkEdits) -> Work:
        """See the contract.

        Raises:
            DocumentError: with all problems of the edits.
            ConflictError: another version has been saved in the meantime.
        """
        owner = scope.owner
        entry = self._at_head(owner, name, edits.base)
        wanted = parse_edits(edits.edits)
        before = WorkDocument.model_validate(entry.document)
        pool = [edit.asset for edit in wanted if edit.op == "show"] + [
            edit.by for edit in wanted if edit.op == "replace"
        ]
        widened = before.model_copy(update={"pool": list(dict.fromkeys([*before.pool, *pool]))})
        after = edited(widened, wanted, self._maker.materials(owner, widened))
        return self._saved(entry, before, after, edit_note(wanted))

    def put(self, scope: Scope, *, name: str, document: dict[str, Any], base: int | None = None) -> Work:
        """See the contract.

        Raises:
            DocumentError: with all problems of the document.
            ConflictError: another version has been saved in the meantime.
        """
        entry = self._at_head(scope.owner, name, base)
        after = parse_work(document)
        if unknown := self._unknown(scope.owner, after):
            raise DocumentError(unknown, source="work")
        return self._saved(entry, WorkDocument.model_validate(entry.document), after, "document replaced")

    def retemplate(self, scope: Scope, *, name: str, choice: TemplateChoice) -> Work:
        """See the contract."""
        owner = scope.owner
        entry = self._find(owner, name)
        one = self._templates.named(owner, choice.template)
        before = WorkDocument.model_validate(entry.document)
        music = before.music
        if music is None or (before.template.music and str(music.ref) == str(before.template.music)):
            music = self._maker.music(owner, None, one.document)
        shots = [shot.model_copy(update={"layout": None}) for shot in before.shots]
        after = before.model_copy(
            update={"template": one.document, "template_version": one.version, "music": music, "shots": shots}
        )
        return self._saved(entry, before, after, f"template {one.document.name}")

    def recut(self, scope: Scope, *, name: str, seed: int | None = None, base: int | None = None) -> Work:
        """See the contract."""
        entry = self._find(scope.owner, name)
        if base not in (None, entry.head):
            return _work(entry)
        before = WorkDocument.model_validate(entry.document)
        materials = self._maker.materials(scope.owner, before)
        if seed is None:
            return self._saved(entry, before, recut(before, materials), "recut")
        changed = before.model_copy(update={"seed": seed})
        return self._saved(entry, before, cut(changed, materials, daring=0.35).work, f"recut, seed {seed}")

    def undo(self, scope: Scope, *, name: str, base: int | None = None) -> Work:
        """See the contract.

        Raises:
            ConflictError: there is no version to go back to.
        """
        entry = self._find(scope.owner, name)
        wanted = base in (None, entry.head)
        if wanted:
            self._catalog().works.undo(entry.work_id)
        return _work(self._get(scope.owner, entry.work_id), changed=wanted)

    def redo(self, scope: Scope, *, name: str, base: int | None = None) -> Work:
        """See the contract.

        Raises:
            ConflictError: nothing was undone.
        """
        entry = self._find(scope.owner, name)
        wanted = base in (None, entry.head)
        if wanted:
            self._catalog().works.redo(entry.work_id)
        return _work(self._get(scope.owner, entry.work_id), changed=wanted)

    def versions(self, scope: Scope, *, name: str) -> list[WorkVersion]:
        """See the contract."""
        entry = self._find(scope.owner_seen, name)
        history = self._catalog().works.history(entry.work_id)
        return [WorkVersion.model_validate(one, from_attributes=True) for one in history]

    def diff(
        self, scope: Scope, *, name: str, before: int | None = None, after: int | None = None
    ) -> WorkDiff:
        """See the contract.

        Raises:
            DocumentError: there is no such version.
        """
        late = self._find(scope.owner_seen, name, after)
        history = {one.version: one.parent for one in self._catalog().works.history(late.work_id)}
        first = before if before is not None else history[late.version] or late.version
        early = self._catalog().works.get(late.work_id, scope.owner_seen, first)
        if early is None:
            message = f"there is no version {first}; there are {', '.join(map(str, sorted(history)))}"
            raise DocumentError([Problem("from", message)], source=name)
        one, other = (WorkDocument.model_validate(entry.document) for entry in (early, late))
        return WorkDiff.model_validate(
            {
                "work": late.work_id,
                "from": early.version,
                "to": late.version,
                "distance": distance(one, other),
                "changes": [
                    WorkChange.model_validate(change, from_attributes=True) for change in changes(one, other)
                ],
            }
        )

    def remix(self, scope: Scope, *, name: str, order: RemixOrder, key: str = "") -> Remixes:
        """See the contract.

        If templates vary, all that suit the tone are used in turn; with ``learned``, those that sold better more often.
        """
        owner = scope.owner
        entry = self._find(owner, name)
        work = WorkDocument.model_validate(entry.document)
        templates, why = self._templates_for(owner, work, order)
        tracks = [self._maker.music(owner, track, work.template) for track in TRACKS]
        found = remixes(
            work,
            self._maker.materials(owner, work),
            order.count,
            order.seed,
            templates=templates,
            music=[one for one in tracks if one is not None],
            rewrite=reworded,
        )
        made = [self._remixed(owner, entry, one, index, key) for index, one in enumerate(found)]
        notes = [f"templates: {why}"] if why else []
        if len(found) < order.count:
            notes.append(
                f"only {len(found)} of {order.count} cuts are good and differ enough; add assets for more"
            )
        return Remixes(work=entry.work_id, remixes=made, note="; ".join(notes))

    def remove(self, scope: Scope, *, name: str) -> None:
        """See the contract."""
        if not self._catalog().works.remove(self._find(scope.owner, name).work_id):
            raise MissingError("work", name)

    def job(self, scope: Scope, *, name: str, version: int | None = None) -> WorkJob:
        """See the contract.

        Raises:
            DocumentError: the work uses assets that its owner no longer has.
        """
        entry = self._find(scope.owner_seen, name, version)
        work = WorkDocument.model_validate(entry.document)
        if unknown := self._unknown(entry.owner, work):
            raise DocumentError(unknown, source=entry.name)
        return WorkJob(work=entry.work_id, version=entry.version, name=work.name, document=job_text(work))

    def _templates_for(
        self, owner: str, work: WorkDocument, order: RemixOrder
    ) -> tuple[list[tuple[TemplateDocument, int]], str]:
        """Return the (template, version) pairs that remixes rotate through, and why; none to keep the work's own."""
        if not order.vary_template:
            return [], ""
        if order.choose == "learned":
            drawn, why = self._templates.drawn(
                owner, work.category or "", work.tone, DRAWS * order.count, order.seed
            )
            if drawn:
                return [(one.document, one.version) for one in drawn], why
        else:
            why = ""
        suited = [
            (one.document, one.version)
            for one in self._templates.shelved(owner)
            if not one.document.tones or work.tone in one.document.tones
        ]
        return suited, why

    def _remixed(self, owner: str, entry: WorkEntry, one: Remix, index: int, key: str) -> RemixItem:
        named = one.work.model_copy(update={"name": f"{one.work.name[:180]} · remix {index + 1}"})
        named_by = f"{key}\n{index}" if key else ""
        work_id = _named_by(owner, named_by) if named_by else ""
        if not work_id or self._catalog().works.get(work_id, owner) is None:
            work_id = self._keep(owner, named, f"remix of {entry.work_id}", entry.work_id, named_by)
        return RemixItem(
            work=work_id,
            name=named.name,
            distance=one.nearest,
            score=one.score,
            template=named.template.name,
            music=str(named.music.ref) if named.music else "",
            seconds=round(sum(shot.length_s for shot in named.shots), 2),
        )

    def _keep(self, owner: str, work: WorkDocument, note: str, origin: str = "", key: str = "") -> str:
        work_id = _named_by(owner, key) if key else secrets.token_hex(5)
        self._catalog().works.make(work_id, owner, work.model_dump(mode="json"), work.assets, note, origin)
        return work_id

    def _saved(self, entry: WorkEntry, before: WorkDocument, after: WorkDocument, note: str) -> Work:
        if after == before:
            return _work(entry)
        after = WorkDocument.model_validate(after.model_dump(mode="json"))
        self._catalog().works.save(
            entry.work_id, after.model_dump(mode="json"), after.assets, note, before=entry.head
        )
        return _work(self._get(entry.owner, entry.work_id), changed=True)

    def _at_head(self, owner: str, name: str, base: int | None) -> WorkEntry:
        """Return a work; raises ConflictError if its current version is not the expected one."""
        entry = self._find(owner, name)
        if base not in (None, entry.head):
            raise ConflictError(
                f"work {entry.work_id} is at version {entry.head}, the change is based on version {base}"
            )
        return entry

    def _find(self, owner: str | None, name: str, version: int | None = None) -> WorkEntry:
        """Return a work by its id, an id prefix, or its name.

        Raises:
            MissingError: there is none.
            ConflictError: the name is ambiguous.
        """
        works = self._catalog().works
        found = works.resolve(name, owner) if name.strip() else []
        if len(found) > 1 and name in found:
            found = [name]
        if len(found) > 1:
            raise ConflictError(
                f"`{name}` matches several works ({', '.join(found[:5])}); give more of the id"
            )
        entry = works.get(found[0], owner, version) if found else None
        if entry is None:
            raise MissingError("work", name, detail="" if version is None else f"with a version {version}")
        return entry

    def _get(self, owner: str | None, work_id: str) -> WorkEntry:
        entry = self._catalog().works.get(work_id, owner)
        assert entry is not None
        return entry

    def _unknown(self, owner: str, work: WorkDocument) -> list[Problem]:
        """Return a problem for each asset of a work that its owner cannot see."""
        shown = {one.asset for one in self._maker.materials(owner, work)}
        known = self._catalog().assets.get
        problems = []
        for index, shot in enumerate(work.shots):
            asset = shot.show.asset if shot.show is not None else None
            if asset is not None and asset not in shown and known(asset, owner) is None:
                message = f"{asset[:12]}… is not in the library, or is not a picture or clip"
                problems.append(Problem(f"shots[{index}].show.asset", message))
        return problems


def _work(entry: WorkEntry, **more: Any) -> Work:
    document = WorkDocument.model_validate(entry.document)
    return Work(
        **WorkItem.model_validate(entry, from_attributes=True).model_dump(),
        seconds=round(sum(shot.length_s for shot in document.shots), 3),
        template=f"{document.template.name}@{document.template_version}",
        script=document.script,
        document=document,
        **more,
    )


def _named_by(owner: str, key: str) -> str:
    """Return the id of the work that an owner requests under a key."""
    return hashlib.sha256(f"{owner}\n{key}".encode()).hexdigest()[:12]
