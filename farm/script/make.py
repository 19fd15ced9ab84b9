"""Making scripts for a product: a writer writes them, and each is checked before use."""

from __future__ import annotations

from dataclasses import dataclass

from farm.errors import DocumentError, Problem
from farm.guard.call import NOWHERE, call, refuse
from farm.model.script import ScriptDocument
from farm.plugins.offers import Offered
from farm.plugins.writer import Writer, WriterAnswer, WriterBrief, WriterCost, WrittenScript
from farm.script.banned import BannedUse, findings_in, findings_of
from farm.script.claims import unbacked_numbers
from farm.script.product import ReadProduct
from farm.script.reading import LONGEST_S, reading_s, script_s


@dataclass(frozen=True, slots=True)
class MadeScript:
    """A script for a product."""

    script: ScriptDocument
    """The script, without slots."""
    origin: str
    """What it was made from."""
    length_s: float
    """Total length of its shots."""
    reasons: tuple[str, ...]
    """Why this script was chosen."""
    notes: tuple[str, ...]
    """What was left out, replaced or reworded."""
    banned: tuple[BannedUse, ...]
    """Words that advertising law forbids or requires proof for; the text is not changed."""
    warnings: tuple[str, ...]
    """What else should be reviewed before publishing."""


@dataclass(frozen=True, slots=True)
class MadeScripts:
    """Scripts for a product, and how they came about."""

    scripts: tuple[MadeScript, ...]
    """At least one."""
    writer: str
    """Name and version of the writer."""
    cost: WriterCost
    """Cost of writing them."""
    warnings: tuple[str, ...]
    """What could not be done as requested."""


def make(read: ReadProduct, offered: Offered[Writer], brief: WriterBrief) -> MadeScripts:
    """Return scripts for a product, written by a writer.

    Raises:
        DocumentError: the product has too few facts for any script, no script in its language is available, or the
            writer left slots unfilled.
        WriterError: the writer got no usable answer.
        PluginError: the writer itself failed.
    """
    writer, callee = offered.value, offered.callee("writer")
    answer = call(callee, NOWHERE, writer.write, read.product, brief, limited=False)
    if not isinstance(answer, WriterAnswer):
        returned = "nothing (None)" if answer is None else f"a {type(answer).__name__}"
        refuse(callee, NOWHERE, f"it returned {returned} where a WriterAnswer is due")
    made = []
    for written in answer.scripts:
        if not isinstance(written, WrittenScript) or not isinstance(written.script, ScriptDocument):
            refuse(callee, NOWHERE, "one of its scripts is not a WrittenScript with a ScriptDocument")
        script = written.script
        if script.slots:
            raise DocumentError(
                [Problem("shots", f"{writer.name} left slots unfilled: {', '.join(script.slots)}")],
                source=script.title,
            )
        made.append(
            MadeScript(
                script=script,
                origin=written.origin,
                length_s=round(script_s(script), 1),
                reasons=written.reasons,
                notes=written.notes,
                banned=findings_of(script),
                warnings=(*_unbacked(script, read), *long_shots(script)),
            )
        )
    return MadeScripts(
        tuple(made),
        f"{writer.name} {writer.version}",
        answer.cost,
        (*_banned_warnings(read), *answer.warnings),
    )


def _unbacked(script: ScriptDocument, read: ReadProduct) -> tuple[str, ...]:
    return tuple(
        f"{one.place}: the number {one.number} is not in the product"
        for one in unbacked_numbers(script, read.product)
    )


def long_shots(script: ScriptDocument) -> tuple[str, ...]:
    """Return a warning for each shot whose words take longer to read than it can stay on screen."""
    found = []
    for index, shot in enumerate(script.shots):
        needs_s = reading_s(f"{shot.label} {shot.words}", script.language)
        stands_s = shot.seconds if shot.seconds is not None else LONGEST_S
        if needs_s > stands_s:
            found.append(
                f"shots[{index}]: its text takes {needs_s:.1f} s to read, but it is shown for {stands_s:g} s"
            )
    return tuple(found)


def _banned_warnings(read: ReadProduct) -> tuple[str, ...]:
    """Return a warning if the shop's description has banned words: farm does not copy them, but users may."""
    banned = findings_in(read.product.description)
    if not banned:
        return ()
    words = ", ".join(dict.fromkeys(finding.word for finding in banned))
    return (f"the product's description contains {words}; no selling points were taken from it",)
