"""The library's works: create, show, edit, undo, versions, differences, remixes."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from farm.cut.distance import changes, distance
from farm.cut.edit import Edit, edited, recut
from farm.cut.job import job_text
from farm.cut.remix import Remix, remixes
from farm.cut.rough import cut
from farm.draft.starter_library import TRACKS
from farm.errors import ConflictError, DocumentError, Problem
from farm.model.problems import problems_of
from farm.model.work import WorkDocument
from farm.model.work_order import WorkOrder
from farm.services.assets import OpenCatalog
from farm.services.edit_note import edit_note
from farm.services.rewording import reworded
from farm.services.templates import Choose, TemplateDesk
from farm.services.work_maker import WorkMaker
from farm_catalog.works import WorkEntry

MAX_EDITS: Final = 1000
"""Maximum edits per request; more are refused."""
_EDITS: TypeAdapter[list[Edit]] = TypeAdapter(list[Edit])
DRAWS = 8
"""Templates drawn per remix: how often one is drawn reflects how likely it is the best."""


class WorkDesk:
    """Works as an owner sees them; ``sees`` None means all owners."""

    def __init__(self, catalog: OpenCatalog, maker: WorkMaker, templates: TemplateDesk) -> None:
        self._catalog = catalog
        self._maker = maker
        self._templates = templates

    def make(self, owner: str, order: Mapping[str, Any], key: str = "") -> dict[str, Any]:
        """Create a work and return it with remarks on what was chosen; repeating the key returns the same work.

        Raises:
            DocumentError: with all problems of the order.
        """
        wanted = parse_order(order)
        if key and (before := self._catalog().works.get(_named_by(owner, key), owner)) is not None:
            return self._told(before) | {"remarks": [], "score": None}
        made = self._maker.make(owner, wanted)
        work_id = self._keep(owner, made.cut.work, "rough cut", key=key)
        return self._told(self._get(owner, work_id)) | {
            "remarks": list(made.remarks),
            "score": made.cut.score,
        }

    def page(self, sees: str | None, limit: int, offset: int) -> list[dict[str, Any]]:
        """Return works at their current versions, newest first."""
        return [_brief(one) for one in self._catalog().works.page(sees, limit, offset)]

    def show(self, sees: str | None, name: str, version: int | None = None) -> dict[str, Any] | None:
        """Return a work in full, by its id, an id prefix, or its name; None if there is none.

        Raises:
            ConflictError: the name is ambiguous.
        """
        entry = self._find(sees, name, version)
        return None if entry is None else self._told(entry)

    def edit(
        self, owner: str, name: str, edits: Sequence[Mapping[str, Any]], base: int | None = None
    ) -> dict[str, Any]:
        """Change a work and save it as a new version.

        Args:
            owner: The work's owner.
            name: Which work.
            edits: The changes, as defined by :data:`farm.cut.edit.Edit`.
            base: The version that the edits are based on; the newest if omitted.

        Raises:
            DocumentError: with all problems of the edits.
            ConflictError: another version has been saved in the meantime.
        """
        entry = self._must(owner, name)
        if base is not None and base != entry.head:
            raise ConflictError(f"work {entry.work_id} is at version {entry.head}, the edits are for {base}")
        wanted = parse_edits(edits)
        before = WorkDocument.model_validate(entry.document)
        pool = [edit.asset for edit in wanted if edit.op == "show"] + [
            edit.by for edit in wanted if edit.op == "replace"
        ]
        widened = before.model_copy(update={"pool": list(dict.fromkeys([*before.pool, *pool]))})
        after = edited(widened, wanted, self._maker.materials(owner, widened))
        return self._saved(entry, before, after, edit_note(wanted))

    def put(
        self, owner: str, name: str, document: Mapping[str, Any], base: int | None = None
    ) -> dict[str, Any]:
        """Save a complete work document, edited elsewhere, as a new version; raises what :meth:`edit` raises."""
        entry = self._must(owner, name)
        if base is not None and base != entry.head:
            raise ConflictError(f"work {entry.work_id} is at version {entry.head}, the document is of {base}")
        after = _parsed(document)
        unknown = self._unknown(owner, after)
        if unknown:
            raise DocumentError(unknown, source="work")
        return self._saved(entry, WorkDocument.model_validate(entry.document), after, "document replaced")

    def retemplate(self, owner: str, name: str, template: str) -> dict[str, Any]:
        """Give a work another template; what its shots show and say is kept."""
        entry = self._must(owner, name)
        one = self._templates.named(owner, template)
        before = WorkDocument.model_validate(entry.document)
        music = before.music
        if music is None or (before.template.music and str(music.ref) == str(before.template.music)):
            music = self._maker.music(owner, None, one.document)
        shots = [shot.model_copy(update={"layout": None}) for shot in before.shots]
        after = before.model_copy(
            update={"template": one.document, "template_version": one.version, "music": music, "shots": shots}
        )
        return self._saved(entry, before, after, f"template {one.document.name}")

    def recut(
        self, owner: str, name: str, seed: int | None = None, base: int | None = None
    ) -> dict[str, Any]:
        """Recut a work, optionally with another seed; manual bindings are kept.

        If the newest version is no longer ``base``, nothing is done: the request is a repeat.
        """
        entry = self._must(owner, name)
        if base not in (None, entry.head):
            return self._told(entry) | {"changed": False}
        before = WorkDocument.model_validate(entry.document)
        materials = self._maker.materials(owner, before)
        if seed is None:
            return self._saved(entry, before, recut(before, materials), "cut anew")
        changed = before.model_copy(update={"seed": seed})
        return self._saved(entry, before, cut(changed, materials, daring=0.35).work, f"cut anew, seed {seed}")

    def undo(self, owner: str, name: str, base: int | None = None) -> dict[str, Any]:
        """Go back to the previous version, ignoring repeats as :meth:`recut` does; raises ConflictError if none."""
        entry = self._must(owner, name)
        if base in (None, entry.head):
            self._catalog().works.undo(entry.work_id)
        return self._told(self._get(owner, entry.work_id))

    def redo(self, owner: str, name: str, base: int | None = None) -> dict[str, Any]:
        """Redo an undone change, ignoring repeats like :meth:`recut`; raises ConflictError if nothing was undone."""
        entry = self._must(owner, name)
        if base in (None, entry.head):
            self._catalog().works.redo(entry.work_id)
        return self._told(self._get(owner, entry.work_id))

    def versions(self, sees: str | None, name: str) -> list[dict[str, Any]] | None:
        """Return a work's history, newest first; None if there is no such work."""
        entry = self._find(sees, name)
        return (
            None if entry is None else [asdict(one) for one in self._catalog().works.history(entry.work_id)]
        )

    def diff(
        self, sees: str | None, name: str, before: int | None, after: int | None
    ) -> dict[str, Any] | None:
        """Return what changed between two versions; the latest change if omitted.

        Raises:
            DocumentError: there is no such version.
        """
        late = self._find(sees, name, after)
        if late is None:
            return None
        history = {one.version: one.parent for one in self._catalog().works.history(late.work_id)}
        first = before if before is not None else history[late.version] or late.version
        early = self._catalog().works.get(late.work_id, sees, first)
        if early is None:
            said = f"there is no version {first}; there are {', '.join(map(str, sorted(history)))}"
            raise DocumentError([Problem("from", said)], source=name)
        one, other = (WorkDocument.model_validate(entry.document) for entry in (early, late))
        return {
            "work": late.work_id,
            "from": early.version,
            "to": late.version,
            "distance": distance(one, other),
            "changes": [asdict(change) for change in changes(one, other)],
        }

    def remix(
        self,
        owner: str,
        name: str,
        count: int,
        seed: int,
        vary_template: bool = False,
        key: str = "",
        choose: Choose = "rules",
    ) -> dict[str, Any]:
        """Create cuts of a work's material that differ from it and from each other; each is a separate work.

        If templates vary, all that suit the tone take turns; with ``learned``, those that sold are used more often.

        Returns:
            The remixes with their distances, and a note if fewer were possible.
        """
        entry = self._must(owner, name)
        work = WorkDocument.model_validate(entry.document)
        templates, why = [], ""
        if vary_template and choose == "learned":
            drawn, why = self._templates.drawn(owner, work.category or "", work.tone, DRAWS * count, seed)
            templates = [(one.document, one.version) for one in drawn]
        if vary_template and not templates:
            templates = [
                (one.document, one.version)
                for one in self._templates.shelved(owner)
                if not one.document.tones or work.tone in one.document.tones
            ]
        tracks = [self._maker.music(owner, track, work.template) for track in TRACKS]
        found = remixes(
            work,
            self._maker.materials(owner, work),
            count,
            seed,
            templates=templates,
            music=[one for one in tracks if one is not None],
            rewrite=reworded,
        )
        made = [self._remixed(owner, entry, one, index, key) for index, one in enumerate(found)]
        notes = [f"templates: {why}"] if why else []
        if len(found) < count:
            notes.append(
                f"only {len(found)} of {count} cuts are good and apart from each other; add assets for more"
            )
        return {"work": entry.work_id, "remixes": made, "note": "; ".join(notes)}

    def remove(self, owner: str, name: str) -> bool:
        """Remove a work with its versions; its productions are kept."""
        entry = self._find(owner, name)
        return entry is not None and self._catalog().works.remove(entry.work_id)

    def job(self, sees: str | None, name: str, version: int | None = None) -> dict[str, Any]:
        """Return the job document for a work's video, as text, with the work's id, version and name."""
        entry = self._must(sees, name, version)
        work = WorkDocument.model_validate(entry.document)
        if waiting := self._unknown(entry.owner, work):
            raise DocumentError(waiting, source=entry.name)
        return {
            "work": entry.work_id,
            "version": entry.version,
            "name": work.name,
            "document": job_text(work),
        }

    def _remixed(self, owner: str, entry: WorkEntry, one: Remix, index: int, key: str) -> dict[str, Any]:
        named = one.work.model_copy(update={"name": f"{one.work.name[:180]} · remix {index + 1}"})
        named_by = f"{key}\n{index}" if key else ""
        work_id = _named_by(owner, named_by) if named_by else ""
        if not work_id or self._catalog().works.get(work_id, owner) is None:
            work_id = self._keep(owner, named, f"remix of {entry.work_id}", entry.work_id, named_by)
        return {"work": work_id, "name": named.name, "distance": one.nearest, "score": one.score,
                "template": named.template.name, "music": str(named.music.ref) if named.music else "",
                "seconds": round(sum(shot.length_s for shot in named.shots), 2)}  # fmt: skip

    def _keep(self, owner: str, work: WorkDocument, note: str, origin: str = "", key: str = "") -> str:
        work_id = _named_by(owner, key) if key else secrets.token_hex(5)
        self._catalog().works.make(work_id, owner, work.model_dump(mode="json"), work.assets, note, origin)
        return work_id

    def _saved(
        self, entry: WorkEntry, before: WorkDocument, after: WorkDocument, note: str
    ) -> dict[str, Any]:
        if after == before:
            return self._told(entry) | {"changed": False}
        after = WorkDocument.model_validate(after.model_dump(mode="json"))
        self._catalog().works.save(
            entry.work_id, after.model_dump(mode="json"), after.assets, note, before=entry.head
        )
        return self._told(self._get(entry.owner, entry.work_id)) | {"changed": True}

    def _find(self, sees: str | None, name: str, version: int | None = None) -> WorkEntry | None:
        works = self._catalog().works
        found = works.resolve(name, sees) if name.strip() else []
        if len(found) > 1:
            if name in found:
                found = [name]
            else:
                raise ConflictError(
                    f"`{name}` means several works ({', '.join(found[:5])}); give more of the id"
                )
        return works.get(found[0], sees, version) if found else None

    def _must(self, sees: str | None, name: str, version: int | None = None) -> WorkEntry:
        entry = self._find(sees, name, version)
        if entry is None:
            of = f" with a version {version}" if version is not None else ""
            raise DocumentError(
                [Problem("work", f"there is no work `{name}`{of}; `farm works ls` lists them")], source=name
            )
        return entry

    def _get(self, sees: str | None, work_id: str) -> WorkEntry:
        entry = self._catalog().works.get(work_id, sees)
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
                said = f"{asset[:12]}… is not in the library, or is no picture or clip"
                problems.append(Problem(f"shots[{index}].show.asset", said))
        return problems

    @staticmethod
    def _told(entry: WorkEntry) -> dict[str, Any]:
        work = WorkDocument.model_validate(entry.document)
        return _brief(entry) | {
            "seconds": round(sum(shot.length_s for shot in work.shots), 3),
            "template": f"{work.template.name}@{work.template_version}",
            "script": work.script,
            "document": entry.document,
        }


def _named_by(owner: str, key: str) -> str:
    """Return the id of the work that an owner requests under a key."""
    return hashlib.sha256(f"{owner}\n{key}".encode()).hexdigest()[:12]


def _brief(entry: WorkEntry) -> dict[str, Any]:
    told = asdict(entry)
    del told["document"]
    return told


def parse_order(order: Mapping[str, Any]) -> WorkOrder:
    """Parse a work order from plain data.

    Raises:
        DocumentError: with all its problems.
    """
    try:
        return WorkOrder.model_validate(dict(order))
    except ValidationError as error:
        raise DocumentError(problems_of(error, WorkOrder, at=""), source="work") from error


def parse_edits(edits: Sequence[Mapping[str, Any]]) -> list[Edit]:
    """Parse edits from plain data.

    Raises:
        DocumentError: with all their problems, or if there are more than :data:`MAX_EDITS`.
    """
    if len(edits) > MAX_EDITS:
        said = f"{len(edits):,} edits; {MAX_EDITS:,} are allowed at once"
        raise DocumentError([Problem("edits", said)], source="edits")
    try:
        return _EDITS.validate_python([dict(one) for one in edits])
    except ValidationError as error:
        problems = [Problem("edits" + _path(one["loc"]), one["msg"]) for one in error.errors()]
        raise DocumentError(problems, source="edits") from error


def _parsed(document: Mapping[str, Any]) -> WorkDocument:
    try:
        return WorkDocument.model_validate(dict(document))
    except ValidationError as error:
        raise DocumentError(problems_of(error, WorkDocument, at=""), source="work") from error


def _path(at: Sequence[int | str]) -> str:
    """Return a path into a list of edits in document notation; the names of edit kinds are omitted."""
    index, *rest = at
    return f"[{index}]" + "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest[1:] or rest
    )
