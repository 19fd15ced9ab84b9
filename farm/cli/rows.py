"""A table of products on a running farm: submit, wait, download."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from farm.cli.print import echo, print_json, print_report_warnings

if TYPE_CHECKING:
    from farm.client.client import FarmClient
    from farm.contract.batches import Batch
    from farm.draft.rows import RowJob

KINDS = {".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}


def submit_rows(
    client: FarmClient,
    table: Path,
    out: Path,
    *,
    template: str | None,
    wait: bool,
    cache: bool,
    priority: int,
    webhook: str,
    as_json: bool,
) -> int:
    """Submit a table; with ``wait``, download the results of its rows. Return the exit code."""
    from farm.draft.job_input import read_document

    batch_id, wrong = client.submit_rows(
        read_document(table),
        KINDS.get(table.suffix.lower(), "csv"),
        table.name,
        table.resolve().parent,
        template=template,
        priority=priority,
        use_cache=cache,
        webhook=webhook,
    )
    _print_wrong(table, wrong)
    if not wait:
        accepted = {"batch": batch_id, "farm": client.url, "wrong": [row.number for row in wrong]}
        print_json(accepted) if as_json else echo(f"{table.name}  accepted as batch {batch_id}")
        return 0
    watch_batch(client, table.name, batch_id, quiet=as_json)
    return fetch_batch(client, batch_id, out, as_json=as_json)


def watch_batch(client: FarmClient, name: str, batch_id: str, *, quiet: bool) -> None:
    """Wait for a batch with a bar; Ctrl-C leaves it running, with a note."""
    from farm.cli.progress import bars

    try:
        with bars(quiet=quiet) as shown:
            task = shown.add_task(name, total=None, status="waiting")

            def show(batch: Batch) -> None:
                rows = batch.rows
                parts = [
                    f"{number} {state}" for state, number in rows.items() if state not in ("total", "ended")
                ]
                line = f"{rows['ended']}/{rows['total']} rows · {' · '.join(parts)}"
                shown.update(task, total=rows["total"], completed=rows["ended"], status=line)

            client.wait_for_batch(batch_id, show)
    except KeyboardInterrupt:
        echo(
            f"left running; fetch the results with: farm batches fetch {batch_id} --address {client.url}",
            err=True,
        )
        raise


def fetch_batch(client: FarmClient, batch_id: str, out: Path, *, as_json: bool) -> int:
    """Download the results of a batch's rows and print why others have none; return the exit code."""
    code, results = 0, []
    for row in client.rows(batch_id):
        if row.state == "done" and row.job is not None:
            files = client.download(row.job, out, f"row-{row.row:05d}")
            paths = {"video": str(files.video), "cover": str(files.cover)}
            results.append(row.model_dump(mode="json") | paths)
            echo(f"{files.video}  from {row.job}", err=True)
            print_report_warnings(files.report, f"row {row.row}")
            continue
        code = 4
        results.append(row.model_dump(mode="json"))
        message = row.message or "; ".join(f"{one.path} {one.message}".strip() for one in row.problems)
        echo(f"row {row.row}: {row.state}{': ' if message else ''}{message}", err=True)
    if as_json:
        print_json(results)
    return code


def _print_wrong(table: Path, wrong: list[RowJob]) -> None:
    if wrong:
        echo(f"{table.name}: {len(wrong)} rows are invalid and were skipped", err=True)
    for row in wrong:
        for problem in row.problems:
            echo(f"  row {row.number}  {problem.path}  {problem.message}", err=True)
