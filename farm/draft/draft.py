"""Drafting: turns a job document into a resolved timeline, reporting all problems at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from farm.draft.bind import Binder, stored_in
from farm.draft.brief import brief_of
from farm.draft.compile import compile_timeline
from farm.draft.legibility import drawing_warnings, strings_in, text_warnings
from farm.draft.media_references import in_elements, references, stored_media
from farm.draft.output_problems import output_problems
from farm.draft.output_variants import merged_slots, output_path, variants_of
from farm.draft.stage import Stage
from farm.draft.stretches import cut_off_sentence
from farm.draft.written import template_in, with_template_text
from farm.errors import MAX_PROBLEMS, DocumentError, MediaError, Problem
from farm.guard.call import NOWHERE, Spot, call, refuse
from farm.language.template import WrittenTemplate
from farm.model.document import Document
from farm.model.font_file import FontFile
from farm.model.job_document import JobDocument, TimelineJob
from farm.model.output_document import OutputDocument
from farm.model.parse import check_job, document_data
from farm.model.problems import problems_of, stray_booleans
from farm.model.schema import Schema, json_schema
from farm.model.timeline import Timeline
from farm.model.timeline_document import TimelineDocument
from farm.plugins.offers import Offered
from farm.plugins.registry import Registry
from farm.plugins.template import Brief, Template


@dataclass(frozen=True, slots=True)
class DraftedOutput:
    """One of a job's outputs."""

    name: str
    """Its name; ``video`` for the only one of a job."""
    document: TimelineDocument
    """The timeline as an editable document."""
    timeline: Timeline
    """The timeline resolved; the same object for outputs that share it, whose canvas may be larger than the output."""
    output: OutputDocument
    """The file to produce."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted job."""

    name: str
    """The job's name."""
    template: str
    """The template's name; empty for a timeline job."""
    outputs: tuple[DraftedOutput, ...]
    """What it produces; the first is the main one."""
    warnings: tuple[str, ...]
    """What could not be rendered quite as requested."""
    plugin: str = ""
    """The mark of the plugin whose template drafted it; empty for a template file, and without a template."""

    @property
    def document(self) -> TimelineDocument:
        """The main output's timeline as an editable document."""
        return self.outputs[0].document

    @property
    def timeline(self) -> Timeline:
        """The main output's timeline resolved."""
        return self.outputs[0].timeline

    @property
    def timelines(self) -> tuple[Timeline, ...]:
        """All timelines, each once."""
        return tuple({id(one.timeline): one.timeline for one in self.outputs}.values())

    @property
    def output(self) -> OutputDocument:
        """The main output file to produce."""
        return self.outputs[0].output


def draft(
    document: str | Mapping[str, Any] | JobDocument,
    *,
    source: str,
    binder: Binder,
    registry: Registry,
    fonts: Sequence[FontFile] = (),
) -> Draft:
    """Return the drafted job; equal jobs give equal drafts, whichever way they are given.

    Args:
        document: As YAML or JSON text, as plain data, or made in code.
        source: What to call it in messages.
        binder: Finds and probes its media.
        registry: The plugins' templates and elements.
        fonts: Those added by the farm's operator.

    Raises:
        DocumentError: with all problems in schema, slots, media, elements, times and outputs.
        PluginError: the template failed, or drafted no valid timeline.
    """
    data = with_template_text(document_data(document, source=source), binder.folder, source=source)
    job, problems = (document, []) if isinstance(document, Document) else check_job(data)
    offered, template_problems = template_in(data, registry)
    slots, slot_problems = _slots(data, offered)
    problems += template_problems + slot_problems
    srt = _bind(data, binder, registry, problems)
    if job is None or problems:
        raise DocumentError(_unique(problems), source=source)
    made: dict[int, DraftedOutput] = {}
    compiling: list[str] = []
    about_texts: list[str] = []
    for variant in variants_of(job.files):
        case = _Case(slots, data.get("slots"), "slots", source)
        if variant.slots is not None:
            where = f"{variant.path}.slots"
            raw = merged_slots(data["slots"], variant.slots)
            own, wrong = _slots({**data, "slots": raw}, offered, at=where)
            problems += wrong
            if own is None:
                continue
            case = _Case(own, raw, where, source)
        stage = Stage(*variant.size_px, variant.rate, binder.assets, registry, problems, fonts=fonts)
        drafted = _compiled(job, offered, case, stage, binder, srt)
        if drafted is None:
            continue
        compiling += stage.warnings
        written = dict(strings_in(case.raw, case.path)) if case.slots is not None else {}
        about_texts += text_warnings(stage.letterings, written)
        for index, name, output in variant.outputs:
            made[index] = DraftedOutput(name, *drafted, output)
            problems += output_problems(output, drafted[1], output_path(job.files, index))
    if problems:
        raise DocumentError(_unique(problems), source=source)
    cut_off = [cut_off_sentence(asset) for asset in binder.assets.values() if asset.cut_off_s is not None]
    drawings = drawing_warnings(binder.assets.values())
    warnings = (*compiling, *cut_off, *drawings, *about_texts)
    return Draft(
        job.name,
        offered.name if offered is not None else "",
        tuple(made[index] for index in sorted(made)),
        warnings,
        offered.plugin.mark if offered is not None and offered.name in registry.templates else "",
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """The slots that a variant of a job is drafted from; none for a timeline job."""

    slots: BaseModel | None
    raw: Any
    path: str
    source: str


def _compiled(
    job: JobDocument,
    offered: Offered[Template] | None,
    case: _Case,
    stage: Stage,
    binder: Binder,
    srt: dict[str, str],
) -> tuple[TimelineDocument, Timeline] | None:
    """Return a job's timeline for a canvas as a document and resolved; None if it has problems, added to the stage."""
    if isinstance(job, TimelineJob):
        timeline = compile_timeline(job.timeline, stage, srt)
        return None if timeline is None else (job.timeline, timeline)
    assert offered is not None
    assert case.slots is not None
    registry, problems = stage.registry, stage.problems
    before = len(problems)
    brief = brief_of(case.slots, binder.assets, stage.width, stage.height, stage.rate)
    document, raw = _drafted(offered, brief, case.source)
    given = {sha256 for _, sha256 in stored_media(case.raw)}
    for path, reference in references(raw, timeline_schema(), "timeline", in_elements(registry)):
        if len(problems) >= MAX_PROBLEMS:
            break
        stored = stored_in(reference)
        if stored is not None and stored not in given and isinstance(offered.value, WrittenTemplate):
            # Whoever sends a job may show what it names; what a template's text names, nobody checked.
            problems.append(
                Problem(path, f"`{reference}` is stored media that no slot names; add a slot for it")
            )
        elif problem := binder.bind(path, reference):
            problems.append(problem)
    timeline = compile_timeline(document, stage, srt)
    if timeline is not None:
        return document, timeline
    problems[before:] = _in_slots(
        problems[before:],
        references(raw, timeline_schema(), "timeline", in_elements(registry)),
        references(case.raw, json_schema(type(case.slots)), case.path),
        offered,
        brief,
    )
    return None


def _drafted(offered: Offered[Template], brief: Brief, source: str) -> tuple[TimelineDocument, Any]:
    """Return the timeline that a template drafts, validated like a user's own, and its raw data.

    Raises:
        DocumentError: a written template cannot draft from these slots; it says which slots and why.
        PluginError: the template failed, or drafted no valid timeline.
    """
    callee = offered.callee("template")
    try:
        document = call(callee, NOWHERE, offered.value.draft, brief)
    except DocumentError as error:
        if isinstance(offered.value, WrittenTemplate):
            raise DocumentError(error.problems, source=source) from error
        # A part of the timeline that the template made is wrong, which is no fault of the job's document.
        refuse(callee, NOWHERE, f"it drafted a {error.source} that is not valid: {error.problems[0]}")
    if not isinstance(document, TimelineDocument):
        returned = "nothing (None)" if document is None else f"a {type(document).__name__}"
        refuse(callee, NOWHERE, f"it drafted {returned} where a TimelineDocument is due")
    raw = call(callee, NOWHERE, lambda: document.model_dump(mode="json", by_alias=True, warnings=False))
    try:
        return TimelineDocument.model_validate(raw), raw
    except ValidationError as error:
        first = problems_of(error, TimelineDocument, at="timeline")[0]
        refuse(callee, NOWHERE, f"it drafted a timeline that is not valid: {first}")


def _in_slots(
    problems: list[Problem],
    drafted: Iterable[tuple[str, str]],
    slots: Iterable[tuple[str, str]],
    offered: Offered[Template],
    brief: Brief,
) -> list[Problem]:
    """Return the problems of a drafted timeline as reported to the user.

    Problems with media are placed at the slot that the user filled, others are attributed to the template, since the
    user wrote nothing at their document paths; a written template knows its line, and the slots that the value is from.
    """
    given = {reference: path for path, reference in slots}
    named = dict(drafted)
    mapped = []
    for one in problems:
        slot = given.get(named.get(one.path, ""))
        if slot is not None or not one.path.startswith("timeline"):
            mapped.append(Problem(slot or one.path, one.message))
        elif isinstance(offered.value, WrittenTemplate):
            mapped += offered.value.program.placed(
                brief, Problem(one.path.removeprefix("timeline."), one.message)
            )
        else:
            message = f"{offered.callee('template')} drafted an invalid value at {one.path}: {one.message}"
            mapped.append(Problem("template", message))
    return mapped


def _unique(problems: list[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))


def _slots(
    data: Mapping[str, Any],
    offered: Offered[Template] | None,
    guessed: int = MAX_PROBLEMS,
    *,
    at: str = "slots",
) -> tuple[BaseModel | None, list[Problem]]:
    slots = data.get("slots")
    if offered is None or not isinstance(slots, dict):
        return None, []
    model = offered.value.slots
    callee = offered.callee("template")
    schema = call(callee, Spot(path=at), json_schema, model)
    stray = stray_booleans(slots, schema, at)
    try:
        return call(callee, Spot(path=at), model.model_validate, slots, passing=(ValidationError,)), stray
    except ValidationError as error:
        reported = {problem.path for problem in stray}
        return None, stray + [
            p for p in problems_of(error, model, at=at, guessed=guessed) if p.path not in reported
        ]


def check_slots(data: Mapping[str, Any], registry: Registry, *, guessed: int = MAX_PROBLEMS) -> list[Problem]:
    """Return the problems with a template job's slots, without probing media; ``guessed`` of them suggest a fix."""
    offered, problems = template_in(data, registry)
    return problems + _slots(data, offered, guessed)[1]


@cache
def timeline_schema() -> Schema:
    """Return the JSON Schema of a timeline document, reusing the definitions of the job schema to avoid a second build.

    Always the same object, so that a schema walk can reuse what it has cached for it.
    """
    return {"$ref": "#/$defs/TimelineDocument", "$defs": json_schema(TimelineJob)["$defs"]}


@dataclass(frozen=True, slots=True)
class MediaPart:
    """A part of a job's raw data that may name media."""

    path: str
    """Its document path."""
    value: Any
    """Its data."""
    schema: Mapping[str, Any]
    """Its JSON Schema."""

    def replaced(self, data: dict[str, Any], value: Any) -> dict[str, Any]:
        """Return a job's raw data with another value of this part."""
        if not self.path.startswith("outputs["):
            return data | {self.path: value}
        index = int(self.path.removeprefix("outputs[").partition("]")[0])
        outputs = [
            {**one, "slots": value} if place == index else one for place, one in enumerate(data["outputs"])
        ]
        return data | {"outputs": outputs}


def media_parts(data: Mapping[str, Any], registry: Registry) -> list[MediaPart]:
    """Return the parts of a job that may name media: its timeline, or its slots and those of its outputs."""
    if isinstance(data.get("timeline"), dict):
        return [MediaPart("timeline", data["timeline"], timeline_schema())]
    offered, _ = template_in(data, registry)
    if offered is None:
        return []
    outputs = data.get("outputs")
    given = [("slots", data.get("slots"))]
    given += [
        (f"outputs[{index}].slots", output.get("slots"))
        for index, output in enumerate(outputs if isinstance(outputs, list) else ())
        if isinstance(output, dict)
    ]
    schema = call(offered.callee("template"), Spot(path="slots"), json_schema, offered.value.slots)
    return [MediaPart(path, value, schema) for path, value in given if isinstance(value, dict)]


def _bind(
    data: Mapping[str, Any], binder: Binder, registry: Registry, problems: list[Problem]
) -> dict[str, str]:
    """Bind all media of a job; return the caption files by reference."""
    srt: dict[str, str] = {}
    named = [
        found
        for part in media_parts(data, registry)
        for found in references(part.value, part.schema, part.path, in_elements(registry))
    ]
    for where, reference in named:
        if not reference.strip():
            continue  # reported by schema validation
        if len(problems) >= MAX_PROBLEMS:
            break  # each costs disk or network access, and no more are shown
        if where.endswith("captions.src"):
            try:
                srt[reference] = str(binder.locate(reference))
            except MediaError as error:
                problems.append(Problem(where, str(error)))
        elif problem := binder.bind(where, reference):
            problems.append(problem)
    return srt
