"""`farm still` and `farm sheet`: pictures of a job without rendering all of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.inspect import JOB
from farm.cli.print import echo, json_option, print_json, print_warnings

if TYPE_CHECKING:
    from farm.worker.stills import Picture

OUT = click.option(
    "-o", "--out", type=click.Path(path_type=Path), required=True, help="The PNG (or JPEG) to write."
)


@click.command()
@JOB
@click.option("--at", type=float, default=0.0, show_default=True, help="Time in seconds.")
@OUT
@json_option
def still(job: Path, at: float, out: Path, as_json: bool) -> None:
    """Render the frame of JOB at a time to a picture, identical to the video's."""
    from farm.local.documents import plan_task
    from farm.local.worker import with_worker
    from farm.worker.stills import still_of

    picture = with_worker(lambda worker: still_of(worker, plan_task(job), at, option="--at"))
    _write(picture, job, out, as_json)


@click.command()
@JOB
@click.option("--count", type=click.IntRange(1, 200), default=12, show_default=True, help="Number of frames.")
@OUT
@json_option
def sheet(job: Path, count: int, out: Path, as_json: bool) -> None:
    """Render evenly spaced frames of JOB to one picture."""
    from farm.local import stills

    _write(stills.sheet(job, count=count), job, out, as_json)


def _write(picture: Picture, job: Path, out: Path, as_json: bool) -> None:
    rgb = picture.rgb
    print_warnings(job.name, picture.warnings)
    picture.save(out)
    data: dict[str, Any] = {
        "picture": str(out),
        "width": rgb.shape[1],
        "height": rgb.shape[0],
        "warnings": list(picture.warnings),
    }
    print_json(data) if as_json else echo(f"{out}  {rgb.shape[1]}x{rgb.shape[0]}")
