"""`farm gallery`: a page that shows everything that documents can use, moving."""

from __future__ import annotations

from pathlib import Path

import click

from farm.cli.print import echo, json_option, print_json


@click.command()
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="The folder to write.")
@click.option(
    "--only", multiple=True, help="Sections or names to show, such as transitions; may be repeated."
)
@click.option(
    "--photos",
    type=click.Path(path_type=Path),
    help="A folder of pictures to show it on; the starter library's if left out.",
)
@click.option(
    "--measure/--no-measure", default=True, help="Measure milliseconds a frame at 720x1280, or save the time."
)
@json_option
def gallery(out: Path, only: tuple[str, ...], photos: Path | None, measure: bool, as_json: bool) -> None:
    """Show every transition, effect, easing, blend mode, mask, motion and template, moving, on one page."""
    from farm.cli.progress import bars
    from farm.gallery.build import build, chosen, material_of
    from farm.local.worker import with_worker
    from farm.worker.worker import Worker

    material = material_of(photos)

    def made(worker: Worker) -> tuple[Path, int]:
        exhibits = chosen(worker, material, only)
        with bars(quiet=as_json) as progress:
            task = progress.add_task("gallery", total=len(exhibits), status="")
            done = build(
                worker,
                exhibits,
                out,
                measured=measure,
                done=lambda shot: progress.update(task, advance=1, status=shot.exhibit.name),
            )
        return done.page, done.exhibits

    page, count = with_worker(made)
    print_json({"page": str(page), "exhibits": count}) if as_json else echo(f"{page}  {count} exhibits")
