"""The rough cut: turns a filled script, a pool of material and a template into a work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from farm.cut.choose import MaterialChoice, choose
from farm.cut.material import Material
from farm.cut.pace import lengths
from farm.model.output_document import OutputDocument
from farm.model.script import ShotDocument, ShotRole
from farm.model.template_document import Interlude, PresetShot, TemplateDocument
from farm.model.work import WorkDocument, WorkShot

CLOSER: Final = (1.0, 1.6, 1.3, 1.9)
"""How close a picture is shown the first, second, … time."""
_MIDDLE: Final[frozenset[ShotRole]] = frozenset({"problem", "feature", "detail", "use", "proof"})


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut work and its score."""

    work: WorkDocument
    """The work."""
    score: float
    """How well its shots suit what they show; about 1 is neither good nor bad."""


def with_presets(shots: Sequence[WorkShot], template: TemplateDocument) -> list[WorkShot]:
    """Return the shots with the template's interludes, and its opening and ending if the script has none of its own."""
    made = list(shots)
    if template.cover is not None and not any(shot.role in ("cover", "hook") for shot in made):
        made.insert(0, _preset("cover", template.cover, "t-cover"))
    if template.outro is not None and not any(shot.role == "outro" for shot in made):
        made.append(_preset("outro", template.outro, "t-outro"))
    if template.interlude is not None and template.interlude.words:
        made = _with_interludes(made, template.interlude)
    return made


def _with_interludes(shots: Sequence[WorkShot], interlude: Interlude) -> list[WorkShot]:
    made: list[WorkShot] = []
    middle = 0
    for index, shot in enumerate(shots):
        made.append(shot)
        middle += shot.role in _MIDDLE
        more = index + 1 < len(shots) and shots[index + 1].role in _MIDDLE
        if shot.role in _MIDDLE and middle % interlude.every == 0 and more:
            made.append(_preset("proof", interlude, f"t-interlude-{middle // interlude.every}"))
    return made


def _preset(role: ShotRole, preset: PresetShot, name: str) -> WorkShot:
    return WorkShot(
        id=name,
        role=role,
        words=preset.words,
        label=preset.label,
        layout=preset.layout,
        seconds=preset.seconds,
        why="the template's own",
    )


def shots_of(script_shots: Sequence[ShotDocument]) -> list[WorkShot]:
    """Return the shots of a filled script, named."""
    return [
        WorkShot(
            id=f"s{index + 1}",
            role=shot.role,
            words=shot.words,
            label=shot.label,
            wish=shot.wish,
            seconds=shot.seconds,
        )
        for index, shot in enumerate(script_shots)
    ]


def cut(work: WorkDocument, materials: Sequence[Material], *, daring: float = 0.0) -> Cut:
    """Return the work with all shots bound again, except manual bindings, and all lengths recomputed.

    Args:
        work: Its shots, template, music, seed and output.
        materials: The available material.
        daring: How far the seed may lead from the best cut; see :func:`farm.cut.choose.choose`.
    """
    width, height = work.output.pixels()
    long_s, notes = lengths(
        work.shots,
        work.language,
        work.tone,
        seconds=work.seconds,
        beats_s=work.music.beats_s if work.music is not None else (),
    )
    choices, score = choose(work.shots, long_s, materials, width / height, seed=work.seed, daring=daring)
    shots = [
        _bound(shot, choice, seconds)
        for shot, choice, seconds in zip(work.shots, choices, long_s, strict=True)
    ]
    if not materials:
        notes.append("no material is available: all shots are words alone. Add pictures to the pool")
    return Cut(work.model_copy(update={"shots": shots, "notes": notes}), score)


def _bound(shot: WorkShot, choice: MaterialChoice, seconds: float) -> WorkShot:
    if shot.by == "hand":
        return shot.model_copy(update={"length_s": seconds})
    material = choice.material
    if material is None:
        return shot.model_copy(
            update={
                "length_s": seconds,
                "show": None,
                "why": _why(choice, "words alone: no material suits better"),
            }
        )
    near = CLOSER[min(choice.times, len(CLOSER) - 1)] if material.kind == "image" else 1.0
    label = material.label
    if choice.times:
        label += ", seen before" + (", from nearer" if near > 1 else "")
    return shot.model_copy(
        update={
            "length_s": seconds,
            "show": material.shown(seconds, near, choice.times),
            "why": _why(choice, label),
        }
    )


def _why(choice: MaterialChoice, label: str) -> str:
    reasons = [one for one in choice.suit.reasons if one != "words alone"]
    explanation = f"{label}: {'; '.join(reasons)}" if reasons else label
    return (f"{explanation} (next: {choice.second})" if choice.second else explanation)[:600]


def default_output(aspect: str | None) -> OutputDocument:
    """Return the default output of works: edits are expected, so shots are encoded separately where that pays off."""
    given = {"variants": 4} | ({"aspect": aspect} if aspect else {})
    return OutputDocument.model_validate(given)
