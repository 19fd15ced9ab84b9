"""Drafting: turns a job document into a resolved timeline, reporting all problems at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from farm.draft.bind import Binder
from farm.draft.brief import brief_of
from farm.draft.compile import compile_timeline
from farm.draft.legibility import drawing_warnings, strings_in, text_warnings
from farm.draft.media_references import in_elements, references
from farm.draft.output_problems import output_problems
from farm.draft.output_variants import merged_slots, output_path, variants_of
from farm.draft.stage import Stage
from farm.draft.stretches import cut_off_sentence
from farm.errors import MAX_PROBLEMS, DocumentError, MediaError, Problem
from farm.guard.call import NOWHERE, Spot, call, refuse
from farm.model.document import Document
from farm.model.font_file import FontFile
from farm.model.job_document import JobDocument, TemplateJob, TimelineJob
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
    data = document_data(document, source=source)
    job, problems = (document, []) if isinstance(document, Document) else check_job(data)
    slots, slot_problems = _slots(data, registry)
    problems += slot_problems
    srt = _bind(data, binder, registry, problems)
    if job is None or problems:
        raise DocumentError(_unique(problems), source=source)
    made: dict[int, DraftedOutput] = {}
    compiling: list[str] = []
    about_texts: list[str] = []
    for variant in variants_of(job.files):
        case = _Case(slots, data.get("slots"), "slots")
        if variant.slots is not None:
            where = f"{variant.path}.slots"
            raw = merged_slots(data["slots"], variant.slots)
            own, wrong = _slots({**data, "slots": raw}, registry, at=where)
            problems += wrong
            if own is None:
                continue
            case = _Case(own, raw, where)
        stage = Stage(*variant.size_px, variant.rate, binder.assets, registry, problems, fonts=fonts)
        drafted = _compiled(job, case, stage, binder, srt)
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
    template_name = job.template if isinstance(job, TemplateJob) else ""
    drawings = drawing_warnings(binder.assets.values())
    warnings = (*compiling, *cut_off, *drawings, *about_texts)
    return Draft(job.name, template_name, tuple(made[index] for index in sorted(made)), warnings)


@dataclass(frozen=True, slots=True)
class _Case:
    """The slots that a variant of a job is drafted from; none for a timeline job."""

    slots: BaseModel | None
    raw: Any
    path: str


def _compiled(
    job: JobDocument, case: _Case, stage: Stage, binder: Binder, srt: dict[str, str]
) -> tuple[TimelineDocument, Timeline] | None:
    """Return a job's timeline for a canvas as a document and resolved; None if it has problems, added to the stage."""
    if isinstance(job, TimelineJob):
        timeline = compile_timeline(job.timeline, stage, srt)
        return None if timeline is None else (job.timeline, timeline)
    assert case.slots is not None
    registry, problems = stage.registry, stage.problems
    before = len(problems)
    brief = brief_of(case.slots, binder.assets, stage.width, stage.height, stage.rate)
    document, raw = _drafted(registry.templates[job.template], brief)
    for path, reference in references(raw, timeline_schema(), "timeline", in_elements(registry)):
        if len(problems) < MAX_PROBLEMS and (problem := binder.bind(path, reference)):
            problems.append(problem)
    timeline = compile_timeline(document, stage, srt)
    if timeline is not None:
        return document, timeline
    problems[before:] = _in_slots(
        problems[before:],
        references(raw, timeline_schema(), "timeline", in_elements(registry)),
        references(case.raw, json_schema(type(case.slots)), case.path),
        registry.templates[job.template],
    )
    return None


def _drafted(offered: Offered[Template], brief: Brief) -> tuple[TimelineDocument, Any]:
    """Return the timeline that a template drafts, validated like a user's own, and its raw data.

    Raises:
        PluginError: the template failed, or drafted no valid timeline.
    """
    callee = offered.callee("template")
    try:
        document = call(callee, NOWHERE, offered.value.draft, brief)
    except DocumentError as error:
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
) -> list[Problem]:
    """Return the problems of a drafted timeline as reported to the user.

    Problems with media are placed at the slot that the user filled, others are attributed to the template, since the
    user wrote nothing at their document paths.
    """
    given = {reference: path for path, reference in slots}
    named = dict(drafted)
    mapped = []
    for one in problems:
        slot = given.get(named.get(one.path, ""))
        if slot is not None or not one.path.startswith("timeline"):
            mapped.append(Problem(slot or one.path, one.message))
        else:
            message = f"{offered.callee('template')} drafted an invalid value at {one.path}: {one.message}"
            mapped.append(Problem("template", message))
    return mapped


def _unique(problems: list[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))


def _slots(
    data: Mapping[str, Any], registry: Registry, guessed: int = MAX_PROBLEMS, *, at: str = "slots"
) -> tuple[BaseModel | None, list[Problem]]:
    name = data.get("template")
    if not isinstance(name, str):
        return None, []
    offered = registry.templates.get(name)
    if offered is None:
        return None, [Problem("template", registry.templates.lack(name, "template"))]
    slots = data.get("slots")
    if not isinstance(slots, dict):
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
    return _slots(data, registry, guessed)[1]


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
    offered = registry.templates.get(str(data.get("template")))
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
