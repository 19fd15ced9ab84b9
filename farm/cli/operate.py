"""`farm nodes`, `drain`, `restore`, `scale`, `queue`, `keys`, `tenants`: for whoever runs a farm."""

from __future__ import annotations

from typing import Any

import click

from farm.cli.print import json_option, print_json, print_table
from farm.cli.remote import ADDRESS, reach
from farm.client.address import quoted

CAUSE = click.option("--cause", default="by operator", show_default=True, help="Told to whoever asks why.")
TENANT = click.option("--tenant", default="", help="Whose; left out, the whole farm's.")
NODE = click.argument("node")


@click.command()
@ADDRESS
@json_option
def nodes(address: str | None, as_json: bool) -> None:
    """List the nodes of a running farm: workers, load, condition, versions, plugins."""
    with reach(address) as farm:
        found = farm.call("GET", "/v1/nodes")
    rows = [
        (n["node"], n["address"], n["condition"], f"{n['running']}/{n['workers']}", n["load"],
         _size(n["disk_free_bytes"]), _size(n["memory_free_bytes"]), n["version"], ", ".join(n["plugins"]),
         "; ".join(filter(None, (n["cause"], n.get("differs")))))
        for n in found
    ]  # fmt: skip
    columns = ["node", "address", "condition", "busy", "load", "disk free", "memory free", "version", "plugins",
               "cause"]  # fmt: skip
    print_json(found) if as_json else print_table(columns, rows)


@click.command()
@NODE
@click.option(
    "--deadline", type=click.FloatRange(min=0.0), help="Seconds; what runs longer is made elsewhere."
)
@CAUSE
@ADDRESS
@json_option
def drain(node: str, deadline: float | None, cause: str, address: str | None, as_json: bool) -> None:
    """Start nothing more on NODE (a name, its beginning, or an address), so that it can be taken away."""
    with reach(address) as farm:
        told = farm.call("POST", f"/v1/nodes/{quoted(node)}/drain", {"within_s": deadline, "cause": cause})
    print_json(told) if as_json else click.echo(
        f"{told['node']} is draining; `farm nodes` tells when it is empty"
    )


@click.command()
@NODE
@ADDRESS
@json_option
def restore(node: str, address: str | None, as_json: bool) -> None:
    """Use NODE again after a drain or a quarantine."""
    with reach(address) as farm:
        told = farm.call("POST", f"/v1/nodes/{quoted(node)}/restore")
    print_json(told) if as_json else click.echo(f"{told['node']} is used again")


@click.command()
@click.option("--min", "least", type=click.IntRange(0, 10_000), required=True, help="Workers at the least.")
@click.option("--max", "most", type=click.IntRange(1, 10_000), required=True, help="Workers at the most.")
@ADDRESS
@json_option
def scale(least: int, most: int, address: str | None, as_json: bool) -> None:
    """Let the number of workers follow the queue; Ray's autoscaler adds and removes nodes with them."""
    with reach(address) as farm:
        told = farm.call("PUT", "/v1/workers", {"min": least, "max": most})
    print_json(told) if as_json else click.echo(f"{told['min']} to {told['max']} workers, as the queue needs")


@click.group()
def queue() -> None:
    """Show, pause and resume the queue of a running farm, or one tenant's."""


@queue.command("show")
@ADDRESS
@json_option
def show_queue(address: str | None, as_json: bool) -> None:
    """Show what waits and runs, and what is paused."""
    with reach(address) as farm:
        told = farm.call("GET", "/v1/queue")
    _print_queue(told, as_json)


@queue.command()
@TENANT
@CAUSE
@ADDRESS
@json_option
def pause(tenant: str, cause: str, address: str | None, as_json: bool) -> None:
    """Start nothing more; what runs goes on, and jobs are accepted still."""
    with reach(address) as farm:
        told = farm.call("POST", "/v1/queue/pause", {"tenant": tenant, "cause": cause})
    _print_queue(told, as_json)


@queue.command()
@TENANT
@ADDRESS
@json_option
def resume(tenant: str, address: str | None, as_json: bool) -> None:
    """Go on with a paused queue."""
    with reach(address) as farm:
        told = farm.call("POST", "/v1/queue/resume", {"tenant": tenant})
    _print_queue(told, as_json)


def _print_queue(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(told)
        return
    click.echo(
        f"{told['unfinished']} jobs unfinished, {told['running']} segments running on {told['workers']} workers, "
        f"{told['waiting']} waiting"
    )
    for tenant, cause in told["paused"].items():
        click.echo(f"paused: {tenant or 'the whole farm'} ({cause})")


@click.group()
def keys() -> None:
    """Make, list and revoke API keys."""


@keys.command()
@click.option("--tenant", required=True, help="Whose jobs it is for.")
@click.option("--role", type=click.Choice(["read", "submit", "operate"]), default="submit", show_default=True)
@click.option("--label", default="", help="What you call it.")
@ADDRESS
@json_option
def create(tenant: str, role: str, label: str, address: str | None, as_json: bool) -> None:
    """Make an API key; it is shown this once."""
    with reach(address, patience_s=0.0) as farm:
        made = farm.call("POST", "/v1/keys", {"tenant": tenant, "role": role, "label": label})
    if as_json:
        print_json(made)
        return
    click.echo(made["key"])
    click.echo(
        f"key {made['id']} for tenant {tenant}, role {role}; shown this once, use it as FARM_API_KEY",
        err=True,
    )
    click.echo(f"its webhooks are signed with {made['webhook_secret']}", err=True)


@keys.command("ls")
@ADDRESS
@json_option
def list_keys(address: str | None, as_json: bool) -> None:
    """List keys, revoked ones too."""
    with reach(address) as farm:
        found = farm.call("GET", "/v1/keys")
    rows = [(k["id"], k["tenant"], k["role"], k["label"], k["created_at"], k["revoked_at"]) for k in found]
    print_json(found) if as_json else print_table(["key", "tenant", "role", "label", "made", "revoked"], rows)


@keys.command()
@click.argument("key_id", metavar="KEY")
@ADDRESS
@json_option
def revoke(key_id: str, address: str | None, as_json: bool) -> None:
    """Make a key invalid for good, within seconds."""
    with reach(address) as farm:
        farm.call("DELETE", f"/v1/keys/{quoted(key_id)}")
    print_json({"revoked": key_id}) if as_json else click.echo(f"{key_id} is revoked")


@click.group()
def tenants() -> None:
    """Show tenants and set their shares and limits."""


@tenants.command("ls")
@ADDRESS
@json_option
def list_tenants(address: str | None, as_json: bool) -> None:
    """List tenants: shares, limits, what they have in work."""
    with reach(address) as farm:
        found = farm.call("GET", "/v1/tenants")
    columns = [
        "tenant",
        "weight",
        "max_running",
        "max_unfinished",
        "running",
        "waiting",
        "share_used",
        "paused",
    ]
    rows = [[one[column] for column in columns] for one in found]
    print_json(found) if as_json else print_table([one.replace("_", " ") for one in columns], rows)


@tenants.command("set")
@click.argument("tenant")
@click.option("--weight", type=float, default=1.0, show_default=True, help="Share when workers are short.")
@click.option(
    "--max-running", type=click.IntRange(min=0), help="Segments in work at once; no limit if left out."
)
@click.option("--max-unfinished", type=click.IntRange(min=0), help="Unfinished jobs; no limit if left out.")
@click.option("--upload-bytes", type=click.IntRange(min=0), help="Bytes of uploads; the default if left out.")
@click.option("--assets", type=click.IntRange(min=0), help="Entries in its library; the default if left out.")
@click.option(
    "--production-bytes",
    type=click.IntRange(min=0),
    help="Bytes of finished videos; the default if left out.",
)
@ADDRESS
@json_option
def set_tenant(
    tenant: str,
    weight: float,
    max_running: int | None,
    max_unfinished: int | None,
    upload_bytes: int | None,
    assets: int | None,
    production_bytes: int | None,
    address: str | None,
    as_json: bool,
) -> None:
    """Set a tenant's share, limits and quotas."""
    with reach(address) as farm:
        told = farm.call(
            "PUT",
            f"/v1/tenants/{quoted(tenant)}",
            {
                "weight": weight,
                "max_running": max_running,
                "max_unfinished": max_unfinished,
                "upload_bytes": upload_bytes,
                "assets": assets,
                "production_bytes": production_bytes,
            },
        )
    print_json(told) if as_json else click.echo(f"{tenant}: weight {told['weight']:g}")


def _size(size_bytes: int | None) -> str:
    return "" if size_bytes is None else f"{size_bytes / 2**30:.1f} GiB"
