"""`farm validate`, `plan`, `draft`, `schema`: inspecting documents without rendering them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.print import echo, json_option, print_json, print_table, print_warnings

if TYPE_CHECKING:
    from farm.errors import DocumentError, PluginError

JOB = click.argument("job", type=click.Path(path_type=Path))


@click.command()
@click.argument("jobs", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def validate(jobs: tuple[Path, ...], as_json: bool) -> int:
    """Check JOBS: syntax, slots, media, elements and times. Exits with 2 if one is invalid, 4 if a plugin fails."""
    from farm.cli.main import print_error
    from farm.local.validation import validate_all
    from farm.settings import Settings

    checked = validate_all(jobs, Settings.from_environment(), examine=True)
    errors = checked.errors
    if as_json:
        warnings = [
            {"source": source, "warnings": list(warnings_of)} for source, warnings_of in checked.warnings
        ]
        wrong = [_error_data(path, error) for path, error in errors]
        print_json({"documents": len(jobs), "wrong": wrong, "warnings": warnings})
    for _, error in errors:
        print_error(error, as_json=False)
    for source, warnings_of in checked.warnings:
        print_warnings(source, warnings_of)
    if not errors and not as_json:
        count = sum(len(warnings_of) for _, warnings_of in checked.warnings)
        warned = f", {count} warning{'' if count == 1 else 's'}" if count else ""
        echo(f"{len(jobs)} document{'' if len(jobs) == 1 else 's'}, no problems{warned}")
    return min((error.exit_code for _, error in errors), default=0)


def _error_data(path: Path, error: DocumentError | PluginError) -> dict[str, Any]:
    from dataclasses import asdict

    from farm.errors import PluginError

    if isinstance(error, PluginError):
        return {"source": path.name, "problems": [], "plugin": error.plugin, "message": str(error)}
    data = {"source": error.source, "problems": [asdict(problem) for problem in error.problems]}
    return data | ({"more": error.more} if error.more else {})


@click.command()
@JOB
@json_option
def plan(job: Path, as_json: bool) -> None:
    """Show the segments of JOB, which of them are stored, and what the others will cost."""
    from dataclasses import asdict

    from farm.local.drafting import plan_file
    from farm.model.timebase import clock, to_seconds
    from farm.settings import Settings
    from farm.store.open import blob_store
    from farm.worker.forecast import forecast, stored_segments

    settings = Settings.from_environment()
    made = plan_file(job, settings)
    print_warnings(job.name, made.warnings)
    timeline, stored = made.timeline, stored_segments(made, blob_store(settings))
    cost = forecast(made, stored, settings)
    if as_json:
        data = asdict(cost)
        print_json(data | {"size": [data.pop("width_px"), data.pop("height_px")]})
        return
    rows = [
        (s.index, f"{s.start}–{s.stop - 1}", clock(float(to_seconds(s.start, timeline.rate))), s.key[:12],
         "stored" if there else f"{s.cost_s:.1f} s")
        for s, there in zip(made.segments, stored, strict=True)
    ]  # fmt: skip
    print_table(["segment", "frames", "from", "key", "CPU"], rows)
    size = f"{timeline.width_px}x{timeline.height_px}"
    echo(
        f"{cost.frames} frames, {cost.duration_s:.2f} s, {size}, "
        f"about {cost.estimated_cpu_s:.1f} CPU s to render"
    )
    if cost.elements:
        paces = ", ".join(f"{name} {ms:g}" for name, ms in cost.elements.items())
        echo(f"milliseconds per frame, from earlier measurements here: {paces}")


@click.command()
@JOB
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Write it to this file instead of to stdout."
)
@json_option
def draft(job: Path, out: Path | None, as_json: bool) -> None:
    """Print the timeline job that JOB's template creates, for editing and rendering."""
    import json

    import yaml

    from farm.local.drafting import draft_file
    from farm.model.output_document import unnamed
    from farm.settings import Settings

    made = draft_file(job, Settings.from_environment())
    print_warnings(job.name, made.warnings)
    data = {
        "name": made.name or job.stem,
        "output": unnamed(made.output).model_dump(mode="json", exclude_none=True, exclude_defaults=True),
        "timeline": made.document.model_dump(
            mode="json", by_alias=True, exclude_none=True, exclude_unset=True
        ),
    }
    text = (
        json.dumps(data, ensure_ascii=False, indent=2)
        if as_json
        else yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    )
    if out is None:
        click.echo(text, nl=not text.endswith("\n"))
    else:
        out.write_text(text, encoding="utf-8")


SCHEMAS = ("job", "timeline", "script", "product", "template", "work", "work-order", "edits")


@click.command()
@click.argument("kind", type=click.Choice(SCHEMAS))
@json_option
def schema(kind: str, as_json: bool) -> None:
    """Print the JSON Schema of a document: a job, its timeline, or a document of the libraries."""
    del as_json  # a schema is JSON anyway
    from pydantic import TypeAdapter

    print_json(TypeAdapter(_document(kind)).json_schema(by_alias=True))


def _document(kind: str) -> Any:
    from farm.cut.edit import Edit
    from farm.model.job_document import TemplateJob, TimelineJob
    from farm.model.script import ProductDocument, ScriptDocument
    from farm.model.template_document import TemplateDocument
    from farm.model.timeline_document import TimelineDocument
    from farm.model.work import WorkDocument
    from farm.model.work_order import WorkOrder

    documents: dict[str, Any] = {
        "job": TemplateJob | TimelineJob,
        "timeline": TimelineDocument,
        "script": ScriptDocument,
        "product": ProductDocument,
        "template": TemplateDocument,
        "work": WorkDocument,
        "work-order": WorkOrder,
        "edits": list[Edit],
    }
    return documents[kind]
