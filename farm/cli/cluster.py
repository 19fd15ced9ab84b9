"""`farm up`, `farm down`, `farm status`: a farm on this machine."""

from __future__ import annotations

from typing import Any

import click

from farm.cli.print import json_option, print_json


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the API listens.")
@click.option("--port", default=8700, show_default=True, type=click.IntRange(1, 65535), help="Its port.")
@click.option("--workers", type=click.IntRange(1, 1024), help="How many; one a core if left out.")
@json_option
def up(host: str, port: int, workers: int | None, as_json: bool) -> None:
    """Start a farm on this machine: workers, a journal of jobs, and an HTTP API."""
    from dataclasses import asdict

    from farm.cluster import lifecycle
    from farm.work.settings import Settings

    state = lifecycle.up(Settings.from_environment(), host=host, port=port, workers=workers)
    if as_json:
        print_json(asdict(state))
    else:
        click.echo(f"a farm of {state.workers} workers listens at {state.url}; `farm down` stops it")


@click.command()
@json_option
def down(as_json: bool) -> None:
    """Stop the farm on this machine; jobs that are not finished wait for the next `farm up`."""
    from farm.cluster import lifecycle
    from farm.work.settings import Settings

    stopped = lifecycle.down(Settings.from_environment())
    if as_json:
        print_json({"stopped": stopped})
    else:
        click.echo("stopped" if stopped else "no farm was running")


@click.command()
@json_option
def status(as_json: bool) -> int:
    """Show the farm on this machine; exits with 5 where none runs well."""
    from farm.cluster import lifecycle
    from farm.work.settings import Settings

    told = lifecycle.status(Settings.from_environment())
    if as_json:
        print_json(told)
    else:
        print_status(told)
    return 0 if told["running"] and (told["health"] or {}).get("ok") else 5


def print_status(told: dict[str, Any]) -> None:
    """Print where the farm is and how it does, a line each."""
    if not told["running"]:
        click.echo(f"no farm runs in {told['home']}; `farm up` starts one")
    else:
        click.echo(f"a farm runs at {told['url']} (process {told['pid']}, {told['processes']} in all)")
    health = told.get("health")
    if health:
        click.echo(f"{health['workers']} of {health['workers_wanted']} workers ready")
        click.echo(f"{health['unfinished']} jobs unfinished")
    for trouble in [*(health or {}).get("trouble", ()), told.get("trouble")]:
        if trouble:
            click.echo(f"trouble: {trouble}", err=True)
