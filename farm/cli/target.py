"""The folder that a command writes several files into."""

from __future__ import annotations

from pathlib import Path

import click


def check_folder(value: Path) -> Path:
    """Return ``value``; raise click.BadParameter if it names a single video where a folder is needed."""
    from farm.local.outputs import names_file

    if names_file(value):
        raise click.BadParameter(
            f"`{value}` is a file name, but this command writes several files into a folder; specify a folder, e.g. "
            f"{value.with_suffix('')}",
            param_hint="-o",
        )
    return value


def _check(context: click.Context, option: click.Parameter, value: Path) -> Path:
    del context, option
    return check_folder(value)


INTO_FOLDER = click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out"),
    show_default=True,
    callback=_check,
    help="A folder.",
)
