"""Jobs on a running farm, over HTTP: reach it, submit, wait, download."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.print import echo, print_json, print_warnings

if TYPE_CHECKING:
    from farm.client.client import FarmClient
    from farm.contract.jobs import Job
    from farm.settings import Settings

ADDRESS = click.option(
    "--address",
    envvar="FARM_ADDRESS",
    help="HTTP address of a running farm; by default FARM_ADDRESS, or this machine's farm.",
)


def running_farm(settings: Settings) -> str | None:
    """Return the HTTP address of the farm that `farm up` started on this machine; None if there is none."""
    from farm.cluster.farm_state import FarmState

    state = FarmState.read(settings.state)
    return state.url if state is not None else None


def is_remote(address: str | None) -> bool:
    """Whether a command uses a farm: one was named, or one runs on this machine."""
    from farm.settings import Settings

    return address is not None or running_farm(Settings.from_environment()) is not None


@contextmanager
def reach(address: str | None, *, patience_s: float | None = None) -> Iterator[FarmClient]:
    """Yield a client of the farm at an address, or of this machine's.

    The API key is FARM_API_KEY or, on the machine that started the farm, the operator's.

    Raises:
        FarmUnreachableError: no address, and no farm was started here.
    """
    from farm.client.client import FarmClient
    from farm.client.connection import PATIENCE_S
    from farm.errors import FarmUnreachableError
    from farm.settings import Settings

    settings = Settings.from_environment()
    here = running_farm(settings)
    url = address or here
    if url is None:
        raise FarmUnreachableError(
            "no farm runs on this machine; `farm up` starts one, or name one with --address"
        )
    key = os.environ.get("FARM_API_KEY")
    if key is None and url == here and settings.operator_key.exists():
        key = settings.operator_key.read_text(encoding="utf-8").strip()
    client = FarmClient(
        url,
        key=key,
        patience_s=PATIENCE_S if patience_s is None else patience_s,
        say=lambda line: echo(line, err=True),
    )
    try:
        yield client
    finally:
        client.close()


def submit_to(
    client: FarmClient,
    jobs: Sequence[Path],
    out: Path,
    *,
    wait: bool,
    cache: bool,
    as_json: bool,
    priority: int = 0,
    tags: tuple[str, ...] = (),
    webhook: str = "",
    known: frozenset[str] = frozenset(),
) -> int:
    """Submit jobs; with ``wait``, download their results. Return the exit code.

    Warnings in ``known`` were printed before and are not repeated.
    """
    from farm.draft.job_input import read_document
    from farm.local.outputs import outputs

    targets = outputs(jobs, out)
    ids = [
        client.submit(
            read_document(job),
            job.name,
            job.resolve().parent,
            priority=priority,
            use_cache=cache,
            tags=tags,
            webhook=webhook,
        )
        for job in jobs
    ]
    if not wait:
        _print_accepted(client.url, jobs, ids, as_json)
        return 0
    ended = watch(client, [job.name for job in jobs], ids, quiet=as_json)
    results = [_fetched(client, job, target, known) for job, target in zip(ended, targets, strict=True)]
    if as_json:
        print_json(results)
    return 0 if all(job.state == "done" for job in ended) else 4


def watch(client: FarmClient, names: Sequence[str], ids: Sequence[str], *, quiet: bool) -> list[Job]:
    """Wait for jobs with a bar each and return their final states; Ctrl-C leaves them running, with a note."""
    from farm.cli.progress import bars

    ended = []
    try:
        with bars(quiet=quiet) as shown:
            tasks = [shown.add_task(name, total=None, status="waiting") for name in names]
            for task, job_id in zip(tasks, ids, strict=True):

                def show(job: Job, task: Any = task) -> None:
                    segments = job.segments
                    reused = f" · {segments.reused} reused" if segments.reused else ""
                    line = f"{segments.done}/{segments.total} segments{reused} · {job.state}"
                    if job.finished_at is not None:
                        line += f" in {job.took_s:.1f} s"
                    shown.update(task, total=segments.total or None, completed=segments.done, status=line)

                ended.append(client.wait(job_id, show))
    except KeyboardInterrupt:
        echo(f"left running; continue with: farm jobs watch {' '.join(ids)} --address {client.url}", err=True)
        raise
    return ended


def _print_accepted(url: str, jobs: Sequence[Path], ids: Sequence[str], as_json: bool) -> None:
    if as_json:
        print_json(
            [{"source": job.name, "job": job_id, "farm": url} for job, job_id in zip(jobs, ids, strict=True)]
        )
        return
    for job, job_id in zip(jobs, ids, strict=True):
        echo(f"{job.name}  accepted as {job_id}  {url}/v1/jobs/{job_id}")


def _fetched(client: FarmClient, job: Job, target: Path, known: frozenset[str]) -> dict[str, Any]:
    print_warnings(job.source, job.warnings, known)
    result = job.model_dump(mode="json")
    if job.state != "done":
        print_failed(job)
        return result
    files = client.download(job.id, target.parent, target.stem)
    echo(f"{files.video}  from {job.id}", err=True)
    for made, path in files.files[1:]:
        if made.kind != "piece":
            echo(f"{path}  from {job.id}", err=True)
    return result | {
        "video": str(files.video),
        "cover": str(files.cover),
        "report": str(files.report),
        "files": [str(path) for _, path in files.files],
    }


def print_failed(job: Job) -> None:
    """Print why a job has no files, on stderr."""
    echo(f"{job.source}: {job.state}: {job.message or job.cause}", err=True)
    for problem in job.problems:
        echo(f"  {problem.path}  {problem.message}", err=True)
