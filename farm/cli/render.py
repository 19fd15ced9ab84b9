"""`farm render`: jobs in this process, without Ray."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.print import echo, json_option, print_json, print_warnings

if TYPE_CHECKING:
    from farm.draft.draft import Draft
    from farm.local.delivery import DeliveredFiles
    from farm.local.validation import Checked
    from farm.scheduling.executor import Executor
    from farm.scheduling.job_view import JobView
    from farm.settings import Settings
    from farm.worker.worker import Worker

JOBS = click.argument("jobs", nargs=-1, required=True, type=click.Path(path_type=Path))
CACHE = click.option(
    "--cache/--no-cache", default=True, help="Use stored segments, or render everything again."
)


@click.command()
@JOBS
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), required=True, help="A folder, or a file for one job."
)
@CACHE
@json_option
def render(jobs: tuple[Path, ...], out: Path, cache: bool, as_json: bool) -> int:
    """Render JOBS (YAML or JSON documents) in this process, without Ray."""
    from farm.local.run import in_process
    from farm.settings import Settings
    from farm.worker.worker import Worker

    settings = Settings.from_environment()
    worker = Worker(settings)
    checked = reject_broken(jobs, out, settings, worker)
    executor = in_process(settings, worker)
    return carry_out(
        executor,
        jobs,
        out,
        settings,
        cache=cache,
        as_json=as_json,
        known=checked.known_warnings,
        drafts=checked.drafts,
    )


def reject_broken(
    jobs: Sequence[Path], out: Path, settings: Settings, worker: Worker | None = None
) -> Checked:
    """Print the documents' warnings and return the result of checking them; ``worker`` drafts them.

    Raises:
        DocumentError: the first invalid document, after the others were printed (nothing is rendered if one is
            invalid); or the files cannot be written where ``out`` says.
    """
    from farm.cli.main import print_error
    from farm.local.outputs import check_suffix, outputs, spare_media
    from farm.local.validation import validate_all

    targets = outputs(jobs, out)
    checked = validate_all(jobs, settings, examine=False, keep_drafts=True, worker=worker)
    for _, error in checked.errors[1:]:
        print_error(error, as_json=False)
    for _, error in checked.errors[:1]:
        raise error
    drafts = dict(zip(targets, checked.drafts.values(), strict=True))
    for drafted in drafts.values():
        check_suffix(drafted, out)
    spare_media(drafts, checked.media)
    for source, warnings in checked.warnings:
        print_warnings(source, warnings)
    return checked


def carry_out(
    executor: Executor,
    jobs: Sequence[Path],
    out: Path,
    settings: Settings,
    *,
    cache: bool,
    as_json: bool,
    known: frozenset[str] = frozenset(),
    drafts: Mapping[Path, Draft],
) -> int:
    """Run jobs on an executor, deliver their files, print how they ended; return the exit code.

    Warnings in ``known`` were printed before and are not repeated; ``drafts`` are the jobs as they were checked.
    """
    from farm.cli.progress import Bars
    from farm.local.delivery import deliver
    from farm.local.outputs import outputs
    from farm.local.records import keep_records
    from farm.local.run import request_for, run

    targets = outputs(jobs, out)
    folder = targets[0].parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        work = tempfile.TemporaryDirectory(prefix=".farm-", dir=folder)
    except OSError as error:
        from farm.errors import MachineError

        raise MachineError(f"{folder} cannot be written: {error.strerror}") from error
    with work as temp:
        requests = [request_for(path, Path(temp), use_cache=cache, drafted=drafts[path]) for path in jobs]
        with Bars(requests, quiet=as_json) as bars:
            views = run(executor, requests, bars)
        results = [
            (view, deliver(view, target) if view.production else None)
            for view, target in zip(views, targets, strict=True)
        ]
    report(results, as_json=as_json, known=known)
    waiting = keep_records(views, settings)
    if waiting:
        echo(f"note: these runs are not in the catalog yet: {waiting.splitlines()[0]}", err=True)
    return 0 if all(view.production for view in views) else 4


def report(
    results: Sequence[tuple[JobView, DeliveredFiles | None]],
    *,
    as_json: bool,
    known: frozenset[str] = frozenset(),
) -> None:
    """Print how jobs ended: where the files are, warnings, and why a job failed."""
    from farm.local.outcome import outcome

    data: list[dict[str, Any]] = [outcome(view, delivered) for view, delivered in results]
    for job in data:
        print_warnings(job["source"], job.get("warnings", ()), known)
    if as_json:
        print_json(data)
        return
    for job in data:
        if "video" in job:
            loudness = f"  {job['loudness_lufs']:.1f} LUFS" if job["loudness_lufs"] is not None else ""
            reused = f"  {job['reused']}/{job['segments']} segments reused" if job["reused"] else ""
            size = f"  {job['size']}" if job["frames"] else ""
            echo(f"{job['video']}  {job['duration_s']:.1f} s{size}{loudness}{reused}")
            for file in job["files"][1:]:
                if file["kind"] != "piece":
                    echo(f"{file['path']}  {file['size_bytes']:,} bytes")
        else:
            echo(f"{job['source']}: {job['state']}: {job['message']}", err=True)
            for problem in job["problems"]:
                echo(f"  {problem['path']}  {problem['message']}", err=True)
