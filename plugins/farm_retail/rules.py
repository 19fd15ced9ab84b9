"""The writer without a model: scripts of the library, selected, filled and reworded by rules."""

from __future__ import annotations

from typing import ClassVar

from farm.plugin import (
    DocumentError,
    FillNote,
    Picked,
    Problem,
    ProductDocument,
    Writer,
    WriterAnswer,
    WriterBrief,
    WriterCost,
    WrittenScript,
    language_for,
    pick,
    variants,
)


class RuleWriter(Writer):
    """Selects scripts that suit the product and fills them; further results are variants of the same scripts."""

    name: ClassVar[str] = "retail.rules"
    version: ClassVar[str] = "1"
    summary: ClassVar[str] = (
        "Selects, fills and rewords scripts of the library by rules; free of charge, without a model."
    )

    def write(self, product: ProductDocument, brief: WriterBrief) -> WriterAnswer:
        """Return the best scripts unchanged first, then variants of them in turn."""
        picked = pick(
            brief.scripts, product, tone=brief.tone, length_s=brief.length_s, photos=brief.photos,
            language=brief.language, count=min(brief.count, _DIFFERENT), seed=brief.seed,
        )  # fmt: skip
        if not picked:
            raise DocumentError([Problem("", _why_none(product, brief))], source="scripts")
        made = [_first(one) for one in picked]
        warnings: list[str] = []
        if brief.language != language_for(product):
            language = language_for(product)
            warnings.append(
                f"the product is written in `{language}`: its name and points are not translated "
                f"in `{brief.language}` scripts"
            )
        for index, one in enumerate(picked):
            wanted = (brief.count - len(picked) + len(picked) - 1 - index) // len(picked)
            if wanted <= 0:
                continue
            found = variants(
                one.shelved.document, wanted, brief.seed, product=product, tone=brief.tone,
                apart_from=[written.script for written in made],
            )  # fmt: skip
            if found.note:
                warnings.append(f"{one.shelved.name}: {found.note}")
            made.extend(
                WrittenScript(
                    variant.script,
                    one.shelved.name,
                    one.reasons,
                    (
                        *variant.changes,
                        f"{variant.distance:.0%} of its words differ from {one.shelved.name}'s",
                    ),
                )
                for variant in found.variants
            )
        return WriterAnswer(tuple(made), WriterCost(), tuple(warnings))


_DIFFERENT = 3
"""Number of different scripts that are used before the first one is varied."""


def _first(picked: Picked) -> WrittenScript:
    notes = tuple(note_sentence(note, picked) for note in picked.filled.notes)
    return WrittenScript(picked.filled.script, picked.shelved.name, picked.reasons, notes)


def note_sentence(note: FillNote, picked: Picked) -> str:
    """Return a note about filling as a sentence that quotes the script."""
    shot = picked.shelved.document.shots[note.shot]
    words = shot.label if note.what == "no label" else shot.words
    change = {"left out": "was left out", "instead": "uses its alternative line", "no label": "has no label"}[
        note.what
    ]
    return f"shots[{note.shot}] `{words}` {change}: {note.why}"


def _why_none(product: ProductDocument, brief: WriterBrief) -> str:
    speaking = [one for one in brief.scripts if one.document.language == brief.language]
    if not speaking:
        return f"no script is in `{brief.language}`; add one, or choose another language"
    return (
        f"none of the {len(speaking)} scripts in `{brief.language}` suits `{product.name[:60]}`: "
        "their slots need a price, points or facts that it lacks, or they are for other categories"
    )
