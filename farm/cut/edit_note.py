"""The notes that describe versions of a work."""

from __future__ import annotations

from collections.abc import Sequence

from farm.cut.edit import Add, Edit, Move, Replace, Say, Set, Show, Trim


def edit_note(edits: Sequence[Edit]) -> str:
    """Return a short description of edits."""
    return "; ".join(_one(edit) for edit in edits)[:400]


def _one(edit: Edit) -> str:
    match edit:
        case Say(shot=shot, words=words, label=label):
            return f"{shot} says “{words if words is not None else label}”"
        case Show(shot=shot, asset=asset):
            return f"{shot} shows {asset[:12]}"
        case Trim(shot=shot, seconds=seconds):
            return (
                f"{shot} lasts {seconds:g} s"
                if seconds is not None
                else f"{shot} lasts as long as its words need"
            )
        case Move(shot=shot, to=to):
            return f"{shot} moved to {to}"
        case Add(role=role, words=words):
            return f"{role} shot added: “{words}”"
        case Replace(asset=asset, by=by):
            return f"{asset[:12]} replaced by {by[:12]}"
        case Set():
            given = edit.model_dump(exclude_none=True, exclude={"op"})
            return f"set {', '.join(given)}"
        case _:
            return f"{edit.shot}: {edit.op}"
