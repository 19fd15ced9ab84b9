"""`farm works undo`, `redo`, `versions`, `diff`: the versions of a work."""

from __future__ import annotations

import click

from farm.cli.library import open_library, reaches_library, when
from farm.cli.print import echo, json_option, print_json, print_table
from farm.cli.work_view import print_work


@click.command()
@click.argument("work")
@reaches_library
@json_option
def undo(work: str, address: str | None, owner: str, as_json: bool) -> None:
    """Go back to the previous version."""
    from farm.contract.works import WorkService

    with open_library(address, owner) as library:
        head = library.ask(WorkService.show, name=work).head
        print_work(library.ask(WorkService.undo, name=work, base=head), as_json)


@click.command()
@click.argument("work")
@reaches_library
@json_option
def redo(work: str, address: str | None, owner: str, as_json: bool) -> None:
    """Go forward again after an undo."""
    from farm.contract.works import WorkService

    with open_library(address, owner) as library:
        head = library.ask(WorkService.show, name=work).head
        print_work(library.ask(WorkService.redo, name=work, base=head), as_json)


@click.command()
@click.argument("work")
@reaches_library
@json_option
def versions(work: str, address: str | None, owner: str, as_json: bool) -> None:
    """List the versions of a WORK."""
    from farm.contract.works import WorkService

    with open_library(address, owner) as library:
        found = library.ask(WorkService.versions, name=work)
    if as_json:
        print_json(found)
        return
    print_table(
        ("version", "made from", "saved", "change", ""),
        [
            (
                one.version,
                one.parent or "",
                when(one.saved_at_s),
                one.note,
                "worked on" if one.head else "",
            )
            for one in found
        ],
    )


@click.command()
@click.argument("work")
@click.argument("before", type=int, required=False)
@click.argument("after", type=int, required=False)
@reaches_library
@json_option
def diff(
    work: str, before: int | None, after: int | None, address: str | None, owner: str, as_json: bool
) -> None:
    """Show the changes of a WORK from version BEFORE to AFTER; by default its last change."""
    from farm.contract.works import WorkService

    with open_library(address, owner) as library:
        found = library.ask(WorkService.diff, name=work, before=before, after=after)
    if as_json:
        print_json(found)
        return
    echo(f"version {found.first} to {found.last}: distance {found.distance:.2f}")
    print_table(
        ("where", "what", "before", "after"),
        [(one.where, one.what, one.before, one.after) for one in found.changes],
    )
