"""`farm still` and `farm sheet`: pictures of a job without rendering all of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.inspect import JOB
from farm.cli.print import echo, json_option, print_json, tell_warnings

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
    from farm.settings import Settings
    from farm.worker import stills

    _write(stills.still(job, at, Settings.from_environment()), job, out, as_json)


@click.command()
@JOB
@click.option("--count", type=click.IntRange(1, 200), default=12, show_default=True, help="Number of frames.")
@OUT
@json_option
def sheet(job: Path, count: int, out: Path, as_json: bool) -> None:
    """Render evenly spaced frames of JOB to one picture."""
    from farm.settings import Settings
    from farm.worker import stills

    _write(stills.sheet(job, count, Settings.from_environment()), job, out, as_json)


def _write(picture: Picture, job: Path, out: Path, as_json: bool) -> None:
    from PIL import Image

    from farm.errors import MachineError

    rgb = picture.rgb
    tell_warnings(job.name, picture.warnings)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rgb).save(out)
    except (OSError, ValueError) as error:
        raise MachineError(
            f"{out} cannot be written: {error}; name a .png or .jpg in a writable folder"
        ) from error
    data: dict[str, Any] = {
        "picture": str(out),
        "width": rgb.shape[1],
        "height": rgb.shape[0],
        "warnings": list(picture.warnings),
    }
    print_json(data) if as_json else echo(f"{out}  {rgb.shape[1]}x{rgb.shape[0]}")
