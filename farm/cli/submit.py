"""`farm submit` and `farm demo`: jobs on a running farm or on one started for the command."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.print import echo, json_option
from farm.cli.remote import ADDRESS, reach, running_farm, submit_to
from farm.cli.render import CACHE, carry_out, reject_broken
from farm.cli.target import INTO_FOLDER, check_folder

if TYPE_CHECKING:
    from farm.local.validation import Checked
    from farm.settings import Settings

WORKERS = click.option(
    "--workers",
    type=click.IntRange(1, 256),
    help="Number of workers of a farm started here; one per core if left out.",
)
STARTERS = ("sunglasses.yaml", "watch-sale.yaml", "home-lookbook.yaml", "product15.yaml")


@click.command()
@click.argument("jobs", nargs=-1, type=click.Path(path_type=Path), metavar="[JOBS]...")
@click.option("--rows", "table", type=click.Path(path_type=Path),
              help="Instead of JOBS: a table with one product per row, .csv or .ndjson.")  # fmt: skip
@click.option("--template", help="With --rows: the template of rows that specify none.")
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True,
              help="Destination: a folder, or a file for one job.")  # fmt: skip
@click.option("--wait/--no-wait", default=True, show_default=True,
              help="Wait and download; always on for a farm started for this command.")  # fmt: skip
@click.option("--priority", type=click.IntRange(-100, 100), default=0, show_default=True,
              help="On a running farm: higher goes first among your own jobs.")  # fmt: skip
@click.option("--tag", "tags", multiple=True, help="On a running farm: a capability that workers must have.")
@click.option("--webhook", default="", help="On a running farm: a URL that is notified when the job ends.")
@ADDRESS
@WORKERS
@CACHE
@json_option
def submit(
    jobs: tuple[Path, ...],
    table: Path | None,
    template: str | None,
    out: Path,
    address: str | None,
    workers: int | None,
    wait: bool,
    cache: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Render JOBS on a running farm, or on a private one started for this command if there is none."""
    if (table is None) == (not jobs):
        raise click.UsageError("specify job documents, or a table with --rows")
    if table is not None:
        check_folder(out)
        return send_rows(
            table, out, address, template=template, wait=wait, cache=cache, as_json=as_json, **options
        )
    return send(
        jobs, out, address=address, workers=workers, wait=wait, cache=cache, as_json=as_json, **options
    )


def send(
    jobs: Sequence[Path],
    out: Path,
    *,
    address: str | None,
    workers: int | None,
    wait: bool,
    cache: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Run jobs on the farm at an address, else on this machine's, else on a private one; return the exit code."""
    from farm.settings import Settings

    settings = Settings.from_environment()
    checked = reject_broken(jobs, out, settings)
    known = checked.known_warnings
    if address is None and running_farm(settings) is None:
        if any(options.values()):
            raise click.UsageError(
                "--priority, --tag and --webhook need a running farm; `farm up` starts one"
            )
        return on_private_farm(jobs, out, settings, checked, workers=workers, cache=cache, as_json=as_json)
    with reach(address) as farm:
        differs = farm.plugins_differ(checked.plugins)
        if differs:
            echo(f"warning: {differs}", err=True)
        return submit_to(farm, jobs, out, wait=wait, cache=cache, as_json=as_json, known=known, **options)


def send_rows(
    table: Path, out: Path, address: str | None, *, tags: tuple[str, ...] = (), **options: Any
) -> int:
    """Run a table's rows on a running farm; return the exit code."""
    from farm.cli.rows import submit_rows

    if tags:
        raise click.UsageError("--tag cannot be combined with --rows")
    with reach(address) as farm:
        return submit_rows(farm, table, out, **options)


def on_private_farm(
    jobs: Sequence[Path],
    out: Path,
    settings: Settings,
    checked: Checked,
    *,
    workers: int | None,
    cache: bool,
    as_json: bool,
) -> int:
    """Start Ray for this command, run the checked jobs, stop it; return the exit code."""
    from farm.cluster.embedded import embedded

    count = workers or len(os.sched_getaffinity(0))
    if not as_json:
        echo(f"starting a farm of {count} worker{'' if count == 1 else 's'} for this command …", err=True)
    with embedded(settings, workers=count) as executor:
        known, drafts = checked.known_warnings, checked.drafts
        return carry_out(
            executor, jobs, out, settings, cache=cache, as_json=as_json, known=known, drafts=drafts
        )


@click.command()
@INTO_FOLDER
@ADDRESS
@WORKERS
@CACHE
@json_option
def demo(out: Path, address: str | None, workers: int | None, cache: bool, as_json: bool) -> int:
    """Render the starter jobs that ship with farm, and a contact sheet of them all, into a folder."""
    from farm.draft.starter_library import starter_folder
    from farm.worker.stills import write_strips

    jobs = [starter_folder() / name for name in STARTERS]
    code = send(jobs, out, address=address, workers=workers, wait=True, cache=cache, as_json=as_json)
    if code == 0:
        write_strips([out / f"{job.stem}.mp4" for job in jobs], out / "contact-sheet.jpg")
        echo(f"{out / 'contact-sheet.jpg'}  four frames of each", err=as_json)
    return code
