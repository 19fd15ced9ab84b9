"""Jobs on a running farm, over HTTP: submit, wait, download."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.print import print_json

if TYPE_CHECKING:
    from farm.client import FarmClient
    from farm.work.settings import Settings


def running_farm(settings: Settings) -> str | None:
    """Return the HTTP address of the farm that `farm up` started on this machine; None where there is none."""
    from farm.cluster.farm_state import FarmState

    state = FarmState.read(settings.state)
    return state.url if state is not None else None


def submit_to(url: str, jobs: Sequence[Path], out: Path, *, wait: bool, cache: bool, as_json: bool) -> int:
    """Submit jobs to the farm at a URL; with ``wait`` download what they made. Return the exit code."""
    from farm import app
    from farm.client import FarmClient

    targets = app.outputs(jobs, out)
    client = FarmClient(url)
    try:
        ids = [
            client.submit(app.read_document(job), job.name, job.resolve().parent, use_cache=cache)
            for job in jobs
        ]
        if not wait:
            _tell_accepted(url, jobs, ids, as_json)
            return 0
        try:
            ended = _watch(client, jobs, ids, quiet=as_json)
        except KeyboardInterrupt:
            click.echo(
                f"left running; come back with: farm submit {' '.join(map(str, jobs))} --address {url}",
                err=True,
            )
            raise
        results = [_fetched(client, job, target) for job, target in zip(ended, targets, strict=True)]
    finally:
        client.close()
    if as_json:
        print_json(results)
    return 0 if all(job["state"] == "done" for job in results) else 4


def _tell_accepted(url: str, jobs: Sequence[Path], ids: Sequence[str], as_json: bool) -> None:
    if as_json:
        print_json(
            [{"source": job.name, "job": job_id, "farm": url} for job, job_id in zip(jobs, ids, strict=True)]
        )
        return
    for job, job_id in zip(jobs, ids, strict=True):
        click.echo(f"{job.name}  accepted as {job_id}  {url}/v1/jobs/{job_id}")


def _watch(
    client: FarmClient, jobs: Sequence[Path], ids: Sequence[str], *, quiet: bool
) -> list[dict[str, Any]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[told]}"))
    ended = []
    with Progress(*columns, console=Console(stderr=True, quiet=quiet)) as bars:
        tasks = [bars.add_task(job.name, total=None, told="waiting") for job in jobs]
        for task, job_id in zip(tasks, ids, strict=True):

            def show(told: dict[str, Any], task: Any = task) -> None:
                segments = told["segments"]
                reused = f" · {segments['reused']} reused" if segments["reused"] else ""
                line = f"{segments['done']}/{segments['total']} segments{reused} · {told['state']}"
                bars.update(task, total=segments["total"] or None, completed=segments["done"], told=line)

            ended.append(client.wait(job_id, show))
    return ended


def _fetched(client: FarmClient, job: dict[str, Any], target: Path) -> dict[str, Any]:
    if job["state"] != "done":
        click.echo(f"{job['source']}: {job['state']}: {job.get('message') or job.get('cause', '')}", err=True)
        for problem in job.get("problems", ()):
            click.echo(f"  {problem['path']}  {problem['message']}", err=True)
        return job
    files = client.download(job["id"], target.parent, target.stem)
    click.echo(f"{files.video}  from {job['id']}", err=True)
    return job | {"video": str(files.video), "cover": str(files.cover), "report": str(files.report)}
