"""`farm nodes`, `drain`, `restore`, `scale`, `queue`: commands for operators of a farm."""

from __future__ import annotations

import click

from farm.cli.print import echo, json_option, print_json, print_table
from farm.cli.remote import ADDRESS, reach
from farm.contract.fleet import Drain, FleetService, Pause, Queue, Scale

CAUSE = click.option("--cause", default="by operator", show_default=True, help="The reason, shown to users.")
TENANT = click.option("--tenant", default="", help="The tenant; the whole farm if left out.")
NODE = click.argument("node")


@click.group(invoke_without_command=True)
@ADDRESS
@json_option
@click.pass_context
def nodes(context: click.Context, address: str | None, as_json: bool) -> None:
    """List the nodes of a running farm: workers, load, condition, versions, plugins.

    `farm nodes rm` removes one.
    """
    if context.invoked_subcommand is not None:
        return
    with reach(address) as farm:
        found = farm.ask(FleetService.nodes)
    rows = [
        (one.node, one.address, one.condition, f"{one.running}/{one.workers}", one.load, _size(one.disk_free_bytes),
         _size(one.memory_free_bytes), one.version, ", ".join(one.plugins),
         "; ".join(filter(None, (one.cause, one.differs))))
        for one in found
    ]  # fmt: skip
    columns = ["node", "address", "condition", "busy", "load", "disk free", "memory free", "version", "plugins",
               "cause"]  # fmt: skip
    print_json(found) if as_json else print_table(columns, rows)


@nodes.command("rm")
@NODE
@click.option(
    "--within",
    type=click.FloatRange(min=0.0),
    help="Seconds after which running work is moved to other nodes.",
)
@CAUSE
@ADDRESS
@json_option
def remove(node: str, within: float | None, cause: str, address: str | None, as_json: bool) -> None:
    """Remove NODE (a name, its beginning, or an address) from the farm permanently.

    It gets no more work; when running work has ended, its workers are dismissed and its Ray leaves, upon which its
    watchdog (`farm up --watch`) ends. A dead node is removed at once. `farm up --address` joins it again.
    """
    with reach(address) as farm:
        removal = farm.ask(FleetService.remove, node=node, within_s=within, cause=cause)
    if as_json:
        print_json(removal)
    elif removal.gone:
        click.echo(f"{removal.node} was removed")
    else:
        click.echo(
            f"{removal.node} will be removed when nothing runs there any more; until then `farm nodes` shows it"
        )


@click.command()
@NODE
@click.option(
    "--deadline",
    type=click.FloatRange(min=0.0),
    help="Seconds after which running work is moved to other nodes.",
)
@CAUSE
@ADDRESS
@json_option
def drain(node: str, deadline: float | None, cause: str, address: str | None, as_json: bool) -> None:
    """Start nothing more on NODE (a name, its beginning, or an address), so that it can be removed."""
    with reach(address) as farm:
        change = farm.ask(FleetService.drain, node=node, order=Drain(within_s=deadline, cause=cause))
    print_json(change) if as_json else echo(f"{change.node} is draining; `farm nodes` shows when it is empty")


@click.command()
@NODE
@ADDRESS
@json_option
def restore(node: str, address: str | None, as_json: bool) -> None:
    """Use the drained or quarantined NODE again."""
    with reach(address) as farm:
        change = farm.ask(FleetService.restore, node=node)
    print_json(change) if as_json else echo(f"{change.node} is in use again")


@click.command()
@click.option(
    "--min", "least", type=click.IntRange(0, 10_000), required=True, help="Minimum number of workers."
)
@click.option(
    "--max", "most", type=click.IntRange(1, 10_000), required=True, help="Maximum number of workers."
)
@ADDRESS
@json_option
def scale(least: int, most: int, address: str | None, as_json: bool) -> None:
    """Let the number of workers follow the queue; Ray's autoscaler adds and removes nodes with them."""
    with reach(address) as farm:
        scaled = farm.ask(FleetService.scale, order=Scale(min=least, max=most))
    print_json(scaled) if as_json else echo(f"{scaled.min} to {scaled.max} workers, following the queue")


@click.group()
def queue() -> None:
    """Show, pause and resume the queue of a running farm, or one tenant's."""


@queue.command("show")
@ADDRESS
@json_option
def show_queue(address: str | None, as_json: bool) -> None:
    """Show what is waiting, running and paused."""
    with reach(address) as farm:
        found = farm.ask(FleetService.queue)
    _print_queue(found, as_json)


@queue.command()
@TENANT
@CAUSE
@ADDRESS
@json_option
def pause(tenant: str, cause: str, address: str | None, as_json: bool) -> None:
    """Start nothing more; running work continues, and jobs are still accepted."""
    with reach(address) as farm:
        found = farm.ask(FleetService.pause, order=Pause(tenant=tenant, cause=cause))
    _print_queue(found, as_json)


@queue.command()
@TENANT
@ADDRESS
@json_option
def resume(tenant: str, address: str | None, as_json: bool) -> None:
    """Resume a paused queue."""
    with reach(address) as farm:
        found = farm.ask(FleetService.resume, order=Pause(tenant=tenant))
    _print_queue(found, as_json)


def _print_queue(queue: Queue, as_json: bool) -> None:
    if as_json:
        print_json(queue)
        return
    echo(
        f"{queue.unfinished} jobs unfinished, {queue.running} segments running on {queue.workers} workers, "
        f"{queue.waiting} waiting"
    )
    for tenant, cause in queue.paused.items():
        echo(f"paused: {tenant or 'the whole farm'} ({cause})")


def _size(size_bytes: int | None) -> str:
    return "" if size_bytes is None else f"{size_bytes / 2**30:.1f} GiB"
