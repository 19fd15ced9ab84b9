"""`farm jobs`, `farm why`: the jobs of a running farm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from farm.cli.job_logs import logs
from farm.cli.print import echo, json_option, print_json, print_report_warnings, print_table, print_warnings
from farm.cli.remote import ADDRESS, print_failed, reach, watch
from farm.cli.target import INTO_FOLDER

if TYPE_CHECKING:
    from farm.contract.jobs import Job

JOB_ID = click.argument("job_id", metavar="JOB")


@click.group()
def jobs() -> None:
    """List, show, watch, change, cancel and retry jobs of a running farm; read their logs."""


jobs.add_command(logs)


@jobs.command("ls")
@click.option("--state", help="Only jobs in this state, or `unfinished`.")
@click.option("--tenant", help="Only jobs of this tenant.")
@click.option("--batch", help="Only rows of this batch.")
@click.option("--source", help="Only jobs whose document has this name.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--cursor", help="The cursor of the previous page.")
@ADDRESS
@json_option
def list_jobs(
    state: str | None,
    tenant: str | None,
    batch: str | None,
    source: str | None,
    limit: int,
    cursor: str | None,
    address: str | None,
    as_json: bool,
) -> None:
    """List jobs, newest first."""
    from farm.contract.jobs import JobService

    with reach(address) as farm:
        page = farm.ask(
            JobService.page,
            state=state or "",
            tenant=tenant or "",
            batch=batch,
            source=source,
            limit=limit,
            cursor=cursor or "",
        )
    if as_json:
        print_json(page)
        return
    print_table(
        ["job", "state", "tenant", "document", "segments", "took", "accepted"],
        [
            (one.id, one.state, one.tenant, one.source, _segments(one), f"{one.took_s:.1f} s", one.submitted_at)
            for one in page.jobs
        ],
    )  # fmt: skip
    if page.next:
        echo(f"continue with --cursor {page.next}", err=True)


@jobs.command()
@JOB_ID
@ADDRESS
@json_option
def show(job_id: str, address: str | None, as_json: bool) -> None:
    """Show a job: its state, its segments and its events."""
    from farm.contract.jobs import JobService

    with reach(address) as farm:
        job, history = farm.job(job_id), farm.ask(JobService.history, job_id=job_id)
    if as_json:
        print_json(job.model_dump(mode="json") | {"events": history})
        return
    echo(f"{job.id}  {job.state}  {job.source}  tenant {job.tenant}, priority {job.priority}")
    halted_s = job.wall_s - job.took_s
    halted = f", {halted_s:.1f} s more paused or with the farm down" if halted_s >= 0.05 else ""
    echo(f"{_segments(job)} segments, waited {job.wait_s:.1f} s, took {job.took_s:.1f} s{halted}")
    if job.parts:
        rows = [
            (part.index + 1, part.frames, part.state, part.node, f"{part.cpu_s:.1f} s") for part in job.parts
        ]
        print_table(["segment", "frames", "state", "node", "CPU"], rows)
    print_table(["at", "state", "cause"], [(one.at, one.state, one.cause) for one in history])
    print_warnings(job.id, job.warnings)
    if job.state in ("failed", "cancelled"):
        print_failed(job)


@jobs.command("watch")
@click.argument("job_ids", metavar="JOB...", nargs=-1, required=True)
@ADDRESS
@json_option
def watch_jobs(job_ids: tuple[str, ...], address: str | None, as_json: bool) -> int:
    """Wait until jobs have ended, with a progress bar each; exits with 4 if one failed."""
    with reach(address) as farm:
        ended = watch(farm, job_ids, job_ids, quiet=as_json)
    for job in ended:
        print_warnings(job.id, job.warnings)
        if job.state != "done":
            print_failed(job)
    if as_json:
        print_json(ended)
    return 0 if all(job.state == "done" for job in ended) else 4


@jobs.command("fetch")
@JOB_ID
@INTO_FOLDER
@ADDRESS
@json_option
def fetch(job_id: str, out: Path, address: str | None, as_json: bool) -> None:
    """Download a finished job's video, cover and report."""
    with reach(address) as farm:
        files = farm.download(job_id, out)
    paths = {"video": str(files.video), "cover": str(files.cover), "report": str(files.report)}
    print_json(paths) if as_json else echo(paths["video"])
    print_report_warnings(files.report, job_id)


@jobs.command()
@click.argument("job_ids", metavar="JOB...", nargs=-1, required=True)
@ADDRESS
@json_option
def cancel(job_ids: tuple[str, ...], address: str | None, as_json: bool) -> None:
    """Cancel jobs; ended ones are unchanged."""
    from farm.contract.jobs import JobService

    with reach(address) as farm:
        cancelled = [farm.ask(JobService.cancel, job_id=job_id) for job_id in job_ids]
    print_json(cancelled) if as_json else echo(f"cancelling {len(cancelled)}")


@jobs.command()
@click.argument("job_ids", metavar="JOB...", nargs=-1, required=True)
@ADDRESS
@json_option
def retry(job_ids: tuple[str, ...], address: str | None, as_json: bool) -> None:
    """Retry failed or cancelled jobs, each as a new job."""
    from farm.contract.jobs import JobService

    with reach(address) as farm:
        accepted = [farm.ask(JobService.retry, job_id=job_id) for job_id in job_ids]
    if as_json:
        print_json(accepted)
    for job_id, made in zip(job_ids, accepted, strict=True):
        echo(f"{job_id} is retried as {made.id}", err=as_json)


@jobs.command("priority")
@JOB_ID
@click.argument("priority", metavar="N", type=click.IntRange(-100, 100))
@ADDRESS
@json_option
def change_priority(job_id: str, priority: int, address: str | None, as_json: bool) -> None:
    """Set the priority of an unfinished job to N, -100 to 100: higher goes first among its tenant's.

    Write `farm jobs priority JOB -- -5` for one below 0.
    """
    from farm.contract.jobs import JobChange, JobService

    with reach(address) as farm:
        job = farm.ask(JobService.change, job_id=job_id, change=JobChange(priority=priority))
    print_json(job) if as_json else click.echo(f"{job.id} is {job.state}, priority {job.priority}")


@jobs.command("why")
@JOB_ID
@ADDRESS
@json_option
def why_job(job_id: str, address: str | None, as_json: bool) -> None:
    """Explain in a sentence what a job is waiting for, or why it ended."""
    print_why(job_id, address, as_json)


@click.command()
@JOB_ID
@ADDRESS
@json_option
def why(job_id: str, address: str | None, as_json: bool) -> None:
    """Explain in a sentence what a job is waiting for, or why it ended."""
    print_why(job_id, address, as_json)


def print_why(job_id: str, address: str | None, as_json: bool) -> None:
    """Print in a sentence what a job is waiting for, or why it ended."""
    from farm.contract.jobs import JobService

    with reach(address) as farm:
        answer = farm.ask(JobService.why, job_id=job_id)
    print_json(answer) if as_json else echo(answer.why)


def _segments(job: Job) -> str:
    return f"{job.segments.done}/{job.segments.total}"
