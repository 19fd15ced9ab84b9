"""`farm jobs logs`: log lines about a job from a farm's machines."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

import click

from farm.cli.print import json_option
from farm.cli.remote import ADDRESS, reach

if TYPE_CHECKING:
    from farm.contract.jobs import LogItem

LOOK_S: Final = 2.0


@click.command("logs")
@click.argument("job_id", metavar="JOB")
@click.option(
    "-n", "--lines", type=click.IntRange(1, 1000), default=200, show_default=True, help="The newest."
)
@click.option("-f", "--follow", is_flag=True, help="Keep printing new lines until the job has ended.")
@ADDRESS
@json_option
def logs(job_id: str, lines: int, follow: bool, address: str | None, as_json: bool) -> None:
    """Show the log lines of a farm's machines about a job, in order of time; with --json one line each.

    By default a farm logs only problems; `FARM_LOG=info farm up` also logs each lease. Operators see machines,
    workers and tracebacks too. Logs of machines without workers are not read.
    """
    from farm.contract.jobs import JobService

    shown: set[str] = set()
    with reach(address) as farm:
        while True:
            # Query the state first, so that the fetch below includes what was logged at the end.
            ended = not follow or farm.job(job_id).finished_at is not None
            found = farm.ask(JobService.logs, job_id=job_id, limit=lines)
            for line in found.lines:
                row = json.dumps(line.model_dump(mode="json"), ensure_ascii=False)
                if row not in shown:
                    shown.add(row)
                    click.echo(row) if as_json else _print_line(line)
            if ended:
                break
            time.sleep(LOOK_S)
    if found.silent:
        which = ", ".join(found.silent_nodes) or "their names are shown to operators only"
        click.echo(f"not read: {found.silent} of {found.nodes + found.silent} machines ({which})", err=True)
    if not shown:
        click.echo(
            "there are no log lines about it, which is normal for a job without problems at the default level",
            err=True,
        )


def _print_line(line: LogItem) -> None:
    where = "/".join(filter(None, (line.node, line.worker or line.process)))
    part = f" {line.segment + 1}" if line.segment is not None else ""
    took = f" ({line.took_s:.1f} s)" if line.took_s is not None else ""
    click.echo(f"{line.at}  {line.level:<7}  {where}  {line.task}{part}{took}  {line.says}")
    for row in line.trace.splitlines():
        click.echo(f"    {row}")
