"""Own fonts: the font files that a document lists for its video alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from farm.draft.stage import Stage
from farm.model.asset import MediaKind
from farm.model.font_file import FontFault, FontFile
from farm.model.timeline_document import TimelineDocument


def with_own_fonts(stage: Stage, document: TimelineDocument) -> Sequence[FontFile]:
    """Return the fonts that a document's texts may use: its own, then those added by the operator.

    A family that the document brings replaces one of that name that the operator added. Files that cannot be used are
    recorded as problems.
    """
    if not document.fonts:
        return stage.fonts
    own: list[FontFile] = []
    places: dict[tuple[str, int], str] = {}
    for number, reference in enumerate(document.fonts):
        path = f"timeline.fonts[{number}]"
        asset = stage.assets.get(str(reference))
        if asset is None:
            continue  # reported when it was bound
        if asset.kind is not MediaKind.FONT:
            stage.problem(path, f"`{reference}` is {asset.kind.called}, not {MediaKind.FONT.called}")
            continue
        try:
            faces = _faces_of(asset.path, asset.sha256)
        except FontFault as error:
            stage.problem(path, f"{asset.label} {error}")
            continue
        for face in faces:
            if (face.sha256, face.index) in places:
                continue  # listed twice
            if wrong := _clash(face, own, places):
                stage.problem(path, f"{asset.label}: {wrong}")
                break
            own.append(face)
            places[face.sha256, face.index] = path
    replaced = {face.family.lower() for face in own}
    return (*own, *(face for face in stage.fonts if face.family.lower() not in replaced))


@lru_cache(maxsize=128)
def _faces_of(path: str, sha256: str) -> tuple[FontFile, ...]:
    from farm.render.font_faces import faces_of

    faces = tuple(faces_of(Path(path)))
    if any(face.sha256 != sha256 for face in faces):
        raise FontFault("changed while it was read; try again")
    return faces


def _clash(face: FontFile, others: Sequence[FontFile], places: dict[tuple[str, int], str]) -> str:
    """Return why a face would never be used beside others; empty if it would be."""
    from farm.render.families import FAMILIES

    for family in FAMILIES:
        if family.lower() == face.family.lower():
            return (
                f"its family `{family}` ships with farm, whose own files are used; leave it out, or rename it"
            )
    for other in others:
        if other.family.lower() != face.family.lower():
            continue
        place = places[other.sha256, other.index]
        if other.family != face.family:
            return (
                f"its family `{face.family}` differs from `{other.family}` of {place} only in case; rename it"
            )
        if face.weights[0] <= other.weights[1] and other.weights[0] <= face.weights[1]:
            return f"{place} has a face of `{face.family}` of the same weight; leave one of them out"
    return ""
