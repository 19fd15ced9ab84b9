"""`farm events`: events of the farm; `farm events import`: audience events of its videos."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from farm.cli.library import open_library, reaches_library
from farm.cli.print import echo, json_option, print_json
from farm.cli.remote import ADDRESS, is_remote, reach
from farm.errors import json_text, one_line

if TYPE_CHECKING:
    from farm.contract.audience import EventIntake
    from farm.contract.jobs import EventItem

SENT: Final = 5_000
"""Events per request, or per commit."""
KINDS: Final = {".ndjson": "ndjson", ".jsonl": "ndjson", ".csv": "csv"}


@click.group(invoke_without_command=True)
@click.option("-f", "--follow", is_flag=True, help="Keep printing new events until Ctrl-C.")
@click.option("--job", "job_id", help="Only events of this job.")
@click.option("--after", metavar="ID", help="Only events after this one, by its id in --json.")
@ADDRESS
@json_option
@click.pass_context
def events(
    context: click.Context,
    follow: bool,
    job_id: str | None,
    after: str | None,
    address: str | None,
    as_json: bool,
) -> None:
    """Show events: each change of a job or node, with its cause; with --json one per line.

    `farm events import` imports audience events of finished videos.
    """
    if context.invoked_subcommand is not None:
        return
    from farm.contract.jobs import EVENTS_PAGE, JobService

    with reach(address) as farm:
        if follow:
            for event in farm.events(job_id, after):
                _print_event(event, as_json)
            return
        last = after or "0"
        while page := farm.ask(JobService.events, after=last, job=job_id, limit=EVENTS_PAGE).events:
            for event in page:
                _print_event(event, as_json)
            last = page[-1].id


@events.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["ndjson", "csv"]),
    help="Format of the file; by its suffix if left out.",
)
@reaches_library
@json_option
def import_(files: tuple[Path, ...], kind: str | None, address: str | None, owner: str, as_json: bool) -> int:
    """Import views, plays, completions, clicks, carts and orders of productions: NDJSON or CSV.

    Each event counts once, by its id, however often its file is imported. Invalid rows are listed with
    their line numbers and skipped; the exit code is then 2.
    """
    results = []
    with _intake(address, owner) as take:
        for file in files:
            problems: list[dict[str, Any]] = []
            more = 0
            result: dict[str, Any] = {"file": str(file), "taken": 0, "repeated": 0, "problems": problems}
            for part in _parts(file, kind, problems):
                intake = take([row for _, row in part])
                result["taken"] += intake.taken
                result["repeated"] += intake.repeated
                more += intake.more_refused
                problems += [
                    {"line": part[one.line - 1][0], **problem.model_dump()}
                    for one in intake.refused
                    for problem in one.problems
                ]
            result["refused"] = len({one["line"] for one in problems}) + more
            results.append(result)
            _print_import(result, quiet=as_json)
    if as_json:
        print_json(results)
    return 2 if any(result["refused"] for result in results) else 0


@contextmanager
def _intake(
    address: str | None, owner: str
) -> Iterator[Callable[[Sequence[Mapping[str, Any]]], EventIntake]]:
    """Yield a function that records events: on the farm, otherwise in this machine's catalog."""
    if is_remote(address):
        with reach(address) as farm:
            yield lambda rows: farm.send_events(rows, owner)
        return
    from farm.contract.audience import AudienceService

    with open_library(None, owner, everybodys=True) as library:
        yield lambda rows: library.ask(AudienceService.take, rows=rows)


def _parts(
    file: Path, kind: str | None, problems: list[dict[str, Any]]
) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    """Yield a file's rows with their line numbers, in batches of ``SENT``; invalid rows go to ``problems``."""
    from farm.errors import DocumentError, Problem
    from farm.services.event_rows import read_rows

    found = kind or KINDS.get(file.suffix.lower())
    if found is None:
        message = f"`{file.suffix}` is an unknown file type; allowed: {', '.join(KINDS)}, or specify --format"
        raise DocumentError([Problem("", message)], source=str(file))
    part: list[tuple[int, dict[str, Any]]] = []
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            for line, row in read_rows(lines, found, str(file)):
                if isinstance(row, Problem):
                    problems.append({"line": line, "path": row.path, "message": row.message})
                    continue
                part.append((line, dict(row)))
                if len(part) == SENT:
                    yield part
                    part = []
    except OSError as error:
        raise DocumentError([Problem("", f"cannot be read: {error.strerror}")], source=str(file)) from error
    except UnicodeDecodeError as error:
        message = (
            "is not UTF-8; save it as UTF-8. The events before it were imported; importing the file again counts "
            "none twice"
        )
        raise DocumentError([Problem("", message)], source=str(file)) from error
    if part:
        yield part


def _print_import(result: dict[str, Any], *, quiet: bool) -> None:
    refused = f", {result['refused']:,} refused" if result["refused"] else ""
    if not quiet:
        echo(f"{result['file']}: {result['taken']:,} imported, {result['repeated']:,} already known{refused}")
    for one in sorted(result["problems"], key=lambda one: int(one["line"])):
        at = f"line {one['line']}" + (f"  {one['path']}" if one["path"] else "")
        echo(f"  {at}  {one['message']}", err=True)


def _print_event(event: EventItem, as_json: bool) -> None:
    if as_json:
        import json

        click.echo(json_text(json.dumps(event.model_dump(), ensure_ascii=False)))
        return
    echo(one_line(f"{event.at}  {event.job or event.node}  {event.state}  {event.cause}"))
