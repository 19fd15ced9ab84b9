"""Edits: a user's changes to a work, one operation each; every save is a version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from farm.cut.material import Material
from farm.cut.pace import least_s
from farm.cut.rough import cut
from farm.errors import DocumentError, Problem, did_you_mean
from farm.model.document import Document, MediaRef, PlainName
from farm.model.output_document import OutputDocument
from farm.model.script import ProductDocument, ShotRole
from farm.model.work import MusicDocument, Sha256, ShowDocument, WorkDocument, WorkShot


class Say(Document):
    """Change a shot's texts."""

    op: Literal["say"]
    shot: str = Field(description="Which shot.")
    words: str | None = Field(None, max_length=200, description="Its words.")
    label: str | None = Field(None, max_length=60, description="A few words above the text.")


class Show(Document):
    """Manually bind a shot to an asset."""

    op: Literal["show"]
    shot: str = Field(description="Which shot.")
    asset: Sha256
    start_s: float | None = Field(None, ge=0, description="Start in the clip.")
    stop_s: float | None = Field(None, gt=0, description="End in the clip.")
    near: float = Field(1.0, ge=1, le=4, description="Magnification relative to the usual view.")


class Card(Document):
    """Make a shot show words alone."""

    op: Literal["card"]
    shot: str = Field(description="Which shot.")


class Free(Document):
    """Remove a manual binding, so that the cut chooses what a shot shows."""

    op: Literal["free"]
    shot: str = Field(description="Which shot.")


class Trim(Document):
    """Set a shot's length."""

    op: Literal["trim"]
    shot: str = Field(description="Which shot.")
    seconds: float | None = Field(
        ge=0.5, le=30, description="Duration; null for the time that its text needs."
    )


class Arrange(Document):
    """Set a shot's layout."""

    op: Literal["arrange"]
    shot: str = Field(description="Which shot.")
    layout: str | None = Field(
        max_length=40, description="The engine's name of the layout; null for the template's choice."
    )


class Move(Document):
    """Move a shot to another place."""

    op: Literal["move"]
    shot: str = Field(description="Which shot.")
    to: int = Field(ge=1, le=60, description="Its place, from 1.")


class Remove(Document):
    """Remove a shot."""

    op: Literal["remove"]
    shot: str = Field(description="Which shot.")


class Add(Document):
    """Insert a shot."""

    op: Literal["add"]
    role: ShotRole = Field(description="Purpose of the shot.")
    words: str = Field("", max_length=200, description="Text on screen.")
    label: str = Field("", max_length=60, description="A few words above the text.")
    at: int | None = Field(None, ge=1, le=61, description="Its place, from 1; last if left out.")


class Replace(Document):
    """Replace an asset with another wherever it is shown."""

    op: Literal["replace"]
    asset: Sha256
    by: Sha256


class Set(Document):
    """Change properties of the work; omitted ones are kept."""

    op: Literal["set"]
    name: PlainName | None = Field(None, min_length=1, max_length=200, description="Its name.")
    cta: str | None = Field(None, max_length=60, description="Call to action.")
    seconds: float | None = Field(None, ge=3, le=300, description="Preferred duration.")
    platform: str | None = Field(None, max_length=60, description="The platform for which it is made.")
    music: MediaRef | None = Field(None, description="The music.")
    beats_s: list[float] | None = Field(None, max_length=4000, description="Times of its beats.")
    product: ProductDocument | None = Field(None, description="The product.")
    output: OutputDocument | None = Field(None, description="The file to make.")


Edit: TypeAlias = Annotated[
    Say | Show | Card | Free | Trim | Arrange | Move | Remove | Add | Replace | Set, Field(discriminator="op")
]


def edited(work: WorkDocument, edits: Sequence[Edit], materials: Sequence[Material]) -> WorkDocument:
    """Return the work with the edits applied in order; everything else is kept.

    Args:
        work: The work.
        edits: The edits to apply.
        materials: The material that shots may show.

    Raises:
        DocumentError: with all problems of the edits; nothing is changed then.
    """
    problems: list[Problem] = []
    loose: set[str] = set()
    for index, edit in enumerate(edits):
        at = f"edits[{index}]"
        try:
            work = _ONE[edit.op](work, edit, materials, loose)
        except _WrongEditError as wrong:
            problems.append(Problem(f"{at}.{wrong.field}", str(wrong)))
    if not problems and not work.shots:
        problems.append(Problem("edits", "the work needs at least one shot"))
    if problems:
        raise DocumentError(problems, source="edits")
    return _settled(work, loose, materials)


def recut(work: WorkDocument, materials: Sequence[Material]) -> WorkDocument:
    """Return the work with its shots bound again; manual bindings are kept."""
    return cut(work, materials).work


class _WrongEditError(Exception):
    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def _settled(work: WorkDocument, loose: set[str], materials: Sequence[Material]) -> WorkDocument:
    """Bind the loose shots and make room for longer words; all other shots keep what they show and their length."""
    kept = {shot.id: shot for shot in work.shots}
    held = [
        shot.model_copy(update={} if shot.id in loose else {"by": "hand", "seconds": _room(shot, work)})
        for shot in work.shots
    ]
    made = cut(work.model_copy(update={"shots": held, "music": None, "seconds": None}), materials).work
    shots = [
        shot if shot.id in loose else kept[shot.id].model_copy(update={"length_s": shot.length_s})
        for shot in made.shots
    ]
    return work.model_copy(update={"shots": shots})


def _room(shot: WorkShot, work: WorkDocument) -> float:
    if shot.seconds is not None:
        return shot.seconds
    return max(shot.length_s, min(30.0, least_s(shot, work.language)))


def _find(work: WorkDocument, name: str) -> int:
    """Return a shot's index; a number means the shot at that place, counted from 1."""
    for index, shot in enumerate(work.shots):
        if shot.id == name:
            return index
    if name.isdecimal() and 1 <= int(name) <= len(work.shots):
        return int(name) - 1
    names = [shot.id for shot in work.shots]
    raise _WrongEditError("shot", f"no shot is called `{name}`{did_you_mean(name, names)}")


def _with(work: WorkDocument, index: int, **changes: object) -> WorkDocument:
    shots = list(work.shots)
    shots[index] = shots[index].model_copy(update=changes)
    return work.model_copy(update={"shots": shots})


def _say(work: WorkDocument, edit: Say, _m: Sequence[Material], _l: set[str]) -> WorkDocument:
    given = {name: value for name in ("words", "label") if (value := getattr(edit, name)) is not None}
    if not given:
        raise _WrongEditError("words", "give `words` or `label`")
    return _with(work, _find(work, edit.shot), **given)


def _show(work: WorkDocument, edit: Show, materials: Sequence[Material], loose: set[str]) -> WorkDocument:
    index = _find(work, edit.shot)
    shot = work.shots[index]
    known = [one for one in materials if one.asset == edit.asset]
    if not known:
        raise _WrongEditError(
            "asset", f"{edit.asset[:12]}… is not in the work's pool, or is not a picture or clip; add it"
        )
    loose.discard(shot.id)
    if known[0].kind == "image":
        show = ShowDocument(asset=edit.asset, kind="image", near=edit.near)
    elif edit.start_s is None and edit.stop_s is None:
        longest = max(known, key=lambda one: (one.length_s, -one.start_s))
        show = longest.shown(shot.length_s)
    else:
        start = edit.start_s or 0.0
        if edit.stop_s is not None and edit.stop_s <= start:
            raise _WrongEditError("stop_s", f"{edit.stop_s:g} s is not after the beginning, {start:g} s")
        show = ShowDocument(asset=edit.asset, kind="video", start_s=start, stop_s=edit.stop_s)
    return _with(work, index, show=show, by="hand", why="chosen by hand")


def _card(work: WorkDocument, edit: Card, _m: Sequence[Material], loose: set[str]) -> WorkDocument:
    index = _find(work, edit.shot)
    if not (work.shots[index].words or work.shots[index].label):
        raise _WrongEditError("shot", f"shot `{edit.shot}` has no words; give it some first (`say`)")
    loose.discard(work.shots[index].id)
    return _with(work, index, show=None, by="hand", why="words alone, chosen by hand")


def _free(work: WorkDocument, edit: Free, _m: Sequence[Material], loose: set[str]) -> WorkDocument:
    index = _find(work, edit.shot)
    loose.add(work.shots[index].id)
    return _with(work, index, by="cut", show=None)


def _trim(work: WorkDocument, edit: Trim, _m: Sequence[Material], _l: set[str]) -> WorkDocument:
    index = _find(work, edit.shot)
    shot = work.shots[index].model_copy(update={"seconds": edit.seconds})
    length_s = edit.seconds if edit.seconds is not None else least_s(shot, work.language)
    return _with(work, index, seconds=edit.seconds, length_s=length_s)


def _arrange(work: WorkDocument, edit: Arrange, _m: Sequence[Material], _l: set[str]) -> WorkDocument:
    return _with(work, _find(work, edit.shot), layout=edit.layout)


def _move(work: WorkDocument, edit: Move, _m: Sequence[Material], _l: set[str]) -> WorkDocument:
    shots = list(work.shots)
    shot = shots.pop(_find(work, edit.shot))
    if edit.to > len(shots) + 1:
        raise _WrongEditError("to", f"{edit.to} is beyond the last place, {len(shots) + 1}")
    shots.insert(edit.to - 1, shot)
    return work.model_copy(update={"shots": shots})


def _remove(work: WorkDocument, edit: Remove, _m: Sequence[Material], _l: set[str]) -> WorkDocument:
    shots = list(work.shots)
    shots.pop(_find(work, edit.shot))
    return work.model_copy(update={"shots": shots})


def _add(work: WorkDocument, edit: Add, _m: Sequence[Material], loose: set[str]) -> WorkDocument:
    taken = {shot.id for shot in work.shots}
    name = next(name for number in range(1, 1000) if (name := f"a{number}") not in taken)
    place = len(work.shots) + 1 if edit.at is None else edit.at
    if place > len(work.shots) + 1:
        raise _WrongEditError("at", f"{place} is beyond the last place, {len(work.shots) + 1}")
    shots = list(work.shots)
    shots.insert(place - 1, WorkShot(id=name, role=edit.role, words=edit.words, label=edit.label))
    loose.add(name)
    return work.model_copy(update={"shots": shots})


def _replace(work: WorkDocument, edit: Replace, materials: Sequence[Material], _l: set[str]) -> WorkDocument:
    places = [shot.id for shot in work.shots if shot.show is not None and shot.show.asset == edit.asset]
    if not places:
        raise _WrongEditError("asset", f"no shot shows {edit.asset[:12]}…")
    for name in places:
        work = _show(work, Show(op="show", shot=name, asset=edit.by), materials, _l)
    pool = [edit.by if one == edit.asset else one for one in work.pool]
    return work.model_copy(update={"pool": list(dict.fromkeys(pool))})


def _set(work: WorkDocument, edit: Set, _m: Sequence[Material], _l: set[str]) -> WorkDocument:
    changes: dict[str, object] = {
        name: value
        for name in ("name", "cta", "seconds", "platform", "product", "output")
        if (value := getattr(edit, name)) is not None
    }
    if edit.music is not None:
        changes["music"] = MusicDocument(ref=edit.music, beats_s=edit.beats_s or [])
    if not changes:
        raise _WrongEditError("op", "no field is given; give a field and its value")
    return work.model_copy(update=changes)


_ONE: dict[str, Callable[..., WorkDocument]] = {
    "say": _say,
    "show": _show,
    "card": _card,
    "free": _free,
    "trim": _trim,
    "arrange": _arrange,
    "move": _move,
    "remove": _remove,
    "add": _add,
    "replace": _replace,
    "set": _set,
}
