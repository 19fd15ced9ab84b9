"""`farm batches`: tables of products on a running farm."""

from __future__ import annotations

from pathlib import Path

import click

from farm.cli.print import echo, json_option, print_json, print_table
from farm.cli.remote import ADDRESS, reach
from farm.cli.rows import fetch_batch, watch_batch
from farm.cli.target import INTO_FOLDER

BATCH_ID = click.argument("batch_id", metavar="BATCH")


@click.group()
def batches() -> None:
    """Batches of products on a running farm, created by `farm submit --rows`."""


@batches.command("ls")
@click.option("--limit", type=click.IntRange(1, 100), default=50, show_default=True)
@ADDRESS
@json_option
def list_batches(limit: int, address: str | None, as_json: bool) -> None:
    """List batches, newest first."""
    from farm.contract.batches import BatchService

    with reach(address) as farm:
        found = farm.ask(BatchService.newest, limit=limit).batches
    rows = [
        (
            one.id,
            one.state,
            one.tenant,
            one.source,
            f"{one.rows['ended']}/{one.rows['total']}",
            one.submitted_at,
        )
        for one in found
    ]
    print_json(found) if as_json else print_table(
        ["batch", "state", "tenant", "table", "rows", "accepted"], rows
    )


@batches.command("show")
@BATCH_ID
@ADDRESS
@json_option
def show_batch(batch_id: str, address: str | None, as_json: bool) -> None:
    """Show the outcome of each row."""
    with reach(address) as farm:
        rows = list(farm.rows(batch_id))
    if as_json:
        print_json(rows)
        return
    cells = [
        (one.row, one.state, one.job, one.message or "; ".join(problem.message for problem in one.problems))
        for one in rows
    ]
    print_table(["row", "state", "job", "why"], cells)


@batches.command("fetch")
@BATCH_ID
@INTO_FOLDER
@ADDRESS
@json_option
def fetch(batch_id: str, out: Path, address: str | None, as_json: bool) -> int:
    """Wait for a batch and download the results of its rows."""
    with reach(address) as farm:
        watch_batch(farm, batch_id, batch_id, quiet=as_json)
        return fetch_batch(farm, batch_id, out, as_json=as_json)


@batches.command("cancel")
@BATCH_ID
@ADDRESS
@json_option
def cancel_batch(batch_id: str, address: str | None, as_json: bool) -> None:
    """Cancel the rows that have not ended."""
    from farm.contract.batches import BatchService

    with reach(address) as farm:
        cancelled = farm.ask(BatchService.cancel, batch_id=batch_id)
    print_json(cancelled) if as_json else echo(f"cancelling {batch_id}")


@batches.command("resume")
@BATCH_ID
@ADDRESS
@json_option
def resume_batch(batch_id: str, address: str | None, as_json: bool) -> None:
    """Resume rows that were left out, failed or cancelled."""
    from farm.contract.batches import BatchService

    with reach(address) as farm:
        made = farm.ask(BatchService.resume, batch_id=batch_id)
    print_json(made) if as_json else echo(f"{made.resumed} rows resumed")
