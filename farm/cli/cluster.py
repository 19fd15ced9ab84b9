"""`farm up`, `farm down`, `farm status`: a farm on this machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from farm.cli.print import echo, json_option, print_json

if TYPE_CHECKING:
    from farm.cluster.farm_state import FarmState
    from farm.settings import Settings

PLAIN_HTTP: Final = (
    "the API at {host}:{port} uses plain HTTP without TLS: keys and videos can be read in transit. Keep it within "
    "a trusted network, or put a TLS proxy in front of it (docs/operations.md, TLS)"
)


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address on which the API listens; beyond this machine it requires API keys.",
)
@click.option(
    "--port", default=8700, show_default=True, type=click.IntRange(1, 65535), help="Port of the API."
)
@click.option(
    "--workers",
    type=click.IntRange(0, 1024),
    help="Number of workers on this machine; one per core if left out.",
)
@click.option(
    "--cluster-ip",
    default="127.0.0.1",
    show_default=True,
    help="Address at which other machines reach this one; loopback for a farm of one machine.",
)
@click.option(
    "--cluster-port", type=click.IntRange(1, 65535), help="Ray's port at that address; 6390 if left out."
)
@click.option(
    "--address",
    metavar="HOST:PORT",
    help="Join the farm whose head is at this address instead of starting one.",
)
@click.option("--ip", help="With --address: address at which other machines reach this one.")
@click.option(
    "--keys/--no-keys",
    default=None,
    help="Whether requests need an API key; by default unless --host is loopback and no FARM_TRUSTED_PROXIES are set.",
)
@click.option(
    "--tag", "tags", multiple=True, help="A capability of this machine's workers that jobs may require."
)
@click.option(
    "--metrics-port",
    type=click.IntRange(1, 65535),
    help="Port of the Prometheus endpoint; if left out 8701, or a free one on loopback.",
)
@click.option(
    "--autoscaling-config",
    metavar="FILE",
    help="Description of the machines that Ray may add and remove; `ray up` writes ~/ray_bootstrap_config.yaml.",
)
@click.option(
    "--monitor/--no-monitor",
    default=True,
    help="Whether Ray's autoscaler runs on this head; disable it if KubeRay provides one.",
)
@click.option(
    "--durable/--no-durable",
    default=None,
    help="Whether nodes and their work survive the death of the head's Ray; by default if other machines may join.",
)
@click.option(
    "--watch",
    is_flag=True,
    help="Stay in the foreground and restart the farm when it dies; for systemd and containers.",
)
@json_option
def up(address: str | None, watch: bool, as_json: bool, **options: Any) -> None:
    """Start a farm on this machine: workers, a journal of jobs, an HTTP API; or join one with --address."""
    from dataclasses import asdict

    from farm.settings import Settings

    settings = Settings.from_environment()
    start = starter(settings, address, **options)
    if watch:
        from farm.cluster.watch import keep_up

        keep_up(settings, start, lambda line: echo(line, err=True))
        return
    state = start()
    if as_json:
        print_json(asdict(state))
    else:
        print_up(settings, state)


def starter(settings: Settings, address: str | None, **options: Any) -> Callable[[], FarmState]:
    """Return a function that starts a head, or a node that joins the head at an address."""
    if address is None:
        from farm.cluster.lifecycle import LOOPBACKS, Head
        from farm.cluster.lifecycle import up as start

        if options.pop("ip") is not None:
            raise click.UsageError("--ip requires --address; for a head use --cluster-ip")
        config = options.pop("autoscaling_config")
        head = Head(**options, autoscaling_config=config and Path(config).expanduser())
        if head.host not in LOOPBACKS:
            click.echo(f"warning: {PLAIN_HTTP.format(host=head.host, port=head.port)}", err=True)
        return lambda: start(settings, head)
    from farm.cluster.join import Joining, join
    from farm.cluster.ray_node import METRICS_PORT

    for name in ("autoscaling_config", "durable"):
        if options[name] is not None:
            raise click.UsageError(
                f"--{name.replace('_', '-')} applies to the head only; leave it out with --address"
            )
    joining = Joining(
        address,
        options["workers"],
        options["ip"],
        options["tags"],
        metrics_port=options["metrics_port"] or METRICS_PORT,
    )
    return lambda: join(settings, joining)


def print_up(settings: Settings, state: FarmState) -> None:
    """Print where the farm is and what to do next."""
    if state.role == "node":
        echo(
            f"this machine works for the farm at {state.url} with {state.workers} workers; `farm down` stops them"
        )
        return
    workers = "1 worker" if state.workers == 1 else f"{state.workers} workers"
    echo(f"a farm of {workers} listens at {state.url}; `farm down` stops it")
    if not state.address.startswith("127."):
        echo(f"other machines join with: farm up --address {state.address}  (they need {settings.ray_token})")
    if settings.operator_key.exists():
        echo(f"the operator's API key is in {settings.operator_key}; `farm keys create` creates others")


@click.command()
@json_option
def down(as_json: bool) -> None:
    """Stop the farm on this machine; unfinished jobs are resumed by the next `farm up`."""
    from farm.cluster import lifecycle
    from farm.settings import Settings

    stopped = lifecycle.down(Settings.from_environment())
    if as_json:
        print_json({"stopped": stopped})
    else:
        echo("stopped" if stopped else "no farm was running")


@click.command()
@json_option
def status(as_json: bool) -> int:
    """Show the farm on this machine; exits with 5 if none is running properly."""
    from farm.cluster import lifecycle
    from farm.settings import Settings

    state = lifecycle.status(Settings.from_environment())
    if as_json:
        print_json(state)
    else:
        print_status(state)
    return 0 if state["running"] and (state["health"] or {}).get("ok") else 5


def print_status(state: dict[str, Any]) -> None:
    """Print where the farm is and its health, one line each."""
    if not state["running"]:
        echo(f"no farm runs in {state['home']}; `farm up` starts one")
    else:
        echo(f"a farm runs at {state['url']} (process {state['pid']}, {state['processes']} in all)")
        if state["metrics_port"]:
            echo(f"Prometheus metrics: port {state['metrics_port']}, /metrics")
    health = state.get("health")
    if health:
        echo(f"{health['workers']} of {health['workers_wanted']} workers ready")
        if health["unfinished"] is not None:
            echo(f"{health['unfinished']} jobs unfinished")
    for trouble in [*(health or {}).get("trouble", ()), state.get("trouble")]:
        if trouble:
            echo(f"trouble: {trouble}", err=True)
