"""`farm jobs`, `farm why`: the jobs of a running farm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from farm.cli.job_logs import logs
from farm.cli.print import echo, json_option, print_json, print_table, tell_report, tell_warnings
from farm.cli.remote import ADDRESS, reach, tell_failed, watch
from farm.cli.target import INTO_FOLDER
from farm.client.address import quoted

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
def list_jobs(address: str | None, as_json: bool, **query: Any) -> None:
    """List jobs, newest first."""
    with reach(address) as farm:
        page = farm.call("GET", "/v1/jobs", **query)
    if as_json:
        print_json(page)
        return
    print_table(
        ["job", "state", "tenant", "document", "segments", "took", "accepted"],
        [
            (one["id"], one["state"], one["tenant"], one["source"], _segments(one), f"{one['took_s']:.1f} s",
             one["submitted_at"])
            for one in page["jobs"]
        ],
    )  # fmt: skip
    if page["next"]:
        echo(f"continue with --cursor {page['next']}", err=True)


@jobs.command()
@JOB_ID
@ADDRESS
@json_option
def show(job_id: str, address: str | None, as_json: bool) -> None:
    """Show a job: its state, its segments and its events."""
    with reach(address) as farm:
        job = farm.job(job_id) | {"events": farm.call("GET", f"/v1/jobs/{quoted(job_id)}/events")}
    if as_json:
        print_json(job)
        return
    echo(f"{job['id']}  {job['state']}  {job['source']}  tenant {job['tenant']}, priority {job['priority']}")
    halted_s = job["wall_s"] - job["took_s"]
    halted = f", {halted_s:.1f} s more paused or with the farm down" if halted_s >= 0.05 else ""
    echo(f"{_segments(job)} segments, waited {job['wait_s']:.1f} s, took {job['took_s']:.1f} s{halted}")
    if job["parts"]:
        rows = [
            (p["index"] + 1, p["frames"], p["state"], p["node"], f"{p['cpu_s']:.1f} s") for p in job["parts"]
        ]
        print_table(["segment", "frames", "state", "node", "CPU"], rows)
    print_table(["at", "state", "cause"], [(e["at"], e["state"], e["cause"]) for e in job["events"]])
    tell_warnings(job["id"], job["warnings"])
    if job["state"] in ("failed", "cancelled"):
        tell_failed(job)


@jobs.command("watch")
@click.argument("job_ids", metavar="JOB...", nargs=-1, required=True)
@ADDRESS
@json_option
def watch_jobs(job_ids: tuple[str, ...], address: str | None, as_json: bool) -> int:
    """Wait until jobs have ended, with a progress bar each; exits with 4 if one failed."""
    with reach(address) as farm:
        ended = watch(farm, job_ids, job_ids, quiet=as_json)
    for job in ended:
        tell_warnings(job["id"], job["warnings"])
        if job["state"] != "done":
            tell_failed(job)
    if as_json:
        print_json(ended)
    return 0 if all(job["state"] == "done" for job in ended) else 4


@jobs.command("fetch")
@JOB_ID
@INTO_FOLDER
@ADDRESS
@json_option
def fetch(job_id: str, out: Path, address: str | None, as_json: bool) -> None:
    """Download a finished job's video, cover and report."""
    with reach(address) as farm:
        files = farm.download(job_id, out)
    told = {"video": str(files.video), "cover": str(files.cover), "report": str(files.report)}
    print_json(told) if as_json else echo(told["video"])
    tell_report(files.report, job_id)


@jobs.command()
@click.argument("job_ids", metavar="JOB...", nargs=-1, required=True)
@ADDRESS
@json_option
def cancel(job_ids: tuple[str, ...], address: str | None, as_json: bool) -> None:
    """Cancel jobs; ended ones are unchanged."""
    with reach(address) as farm:
        told = [farm.call("DELETE", f"/v1/jobs/{quoted(job_id)}") for job_id in job_ids]
    print_json(told) if as_json else echo(f"cancelling {len(told)}")


@jobs.command()
@click.argument("job_ids", metavar="JOB...", nargs=-1, required=True)
@ADDRESS
@json_option
def retry(job_ids: tuple[str, ...], address: str | None, as_json: bool) -> None:
    """Retry failed or cancelled jobs, each as a new job."""
    with reach(address) as farm:
        told = [farm.call("POST", f"/v1/jobs/{quoted(job_id)}/retry") for job_id in job_ids]
    if as_json:
        print_json(told)
    for job_id, made in zip(job_ids, told, strict=True):
        echo(f"{job_id} is retried as {made['id']}", err=as_json)


@jobs.command("priority")
@JOB_ID
@click.argument("priority", metavar="N", type=click.IntRange(-100, 100))
@ADDRESS
@json_option
def change_priority(job_id: str, priority: int, address: str | None, as_json: bool) -> None:
    """Set the priority of an unfinished job to N, -100 to 100: higher goes first among its tenant's.

    Write `farm jobs priority JOB -- -5` for one below 0.
    """
    with reach(address) as farm:
        told = farm.call("PATCH", f"/v1/jobs/{quoted(job_id)}", {"priority": priority})
    print_json(told) if as_json else click.echo(
        f"{told['id']} is {told['state']}, priority {told['priority']}"
    )


@jobs.command("why")
@JOB_ID
@ADDRESS
@json_option
def why_job(job_id: str, address: str | None, as_json: bool) -> None:
    """Explain in a sentence what a job is waiting for, or why it ended."""
    tell_why(job_id, address, as_json)


@click.command()
@JOB_ID
@ADDRESS
@json_option
def why(job_id: str, address: str | None, as_json: bool) -> None:
    """Explain in a sentence what a job is waiting for, or why it ended."""
    tell_why(job_id, address, as_json)


def tell_why(job_id: str, address: str | None, as_json: bool) -> None:
    """Print in a sentence what a job is waiting for, or why it ended."""
    with reach(address) as farm:
        told = farm.call("GET", f"/v1/jobs/{quoted(job_id)}/why")
    print_json(told) if as_json else echo(told["why"])


def _segments(job: dict[str, Any]) -> str:
    return f"{job['segments']['done']}/{job['segments']['total']}"
