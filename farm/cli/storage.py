"""`farm store`: stored files and their retention, garbage collection, verification."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import click

from farm.cli.print import json_option, print_json, print_table
from farm.cli.remote import ADDRESS, reach, running_farm

if TYPE_CHECKING:
    from farm.journal.retention import Rule

KIND = click.argument("kind")
TENANT = click.option(
    "--tenant", default="", help="The tenant; if left out, all tenants without a rule of their own."
)


class StorageDoor(Protocol):
    """The storage of a running farm, else of this machine."""

    def usage(self) -> dict[str, Any]:
        """Count files and bytes."""

    def rules(self) -> list[dict[str, Any]]:
        """List the retention rules."""

    def keep(self, kind: str, tenant: str, rule: Rule) -> None:
        """Set a rule."""

    def reset(self, kind: str, tenant: str) -> bool:
        """Drop a rule."""

    def collect(self, *, dry_run: bool) -> dict[str, Any]:
        """Collect garbage."""

    def verify(self, *, repair: bool) -> dict[str, Any]:
        """Verify everything; with ``repair``, fix what can be fixed."""


@contextmanager
def open_storage(address: str | None) -> Iterator[StorageDoor]:
    """Yield the storage of a running farm, else that in FARM_HOME.

    Raises:
        FarmUnreachableError: the farm at the address does not answer.
        MachineError: another command has the catalog open.
    """
    from farm.settings import Settings

    settings = Settings.from_environment()
    if address is not None or running_farm(settings) is not None:
        from farm.client.storage import RemoteStorage

        with reach(address) as client:
            yield RemoteStorage(client)
        return
    from farm.local.storage import local_storage

    with local_storage(settings) as local:
        yield local


@click.group()
def store() -> None:
    """Show what is stored and how long it is kept; collect garbage; verify and repair."""


@store.command()
@ADDRESS
@json_option
def usage(address: str | None, as_json: bool) -> None:
    """Count files and bytes by kind and by tenant, with the tenants' quotas."""
    with open_storage(address) as door:
        told = door.usage()
    if as_json:
        print_json(told)
        return
    rows = [
        (one["kind"], one["place"], f"{one['items']:,}", _bytes(one["size_bytes"])) for one in told["files"]
    ]
    print_table(["kind", "place", "files", "size"], rows)
    tenants = [
        (
            one["tenant"],
            f"{one['uploads']:,}",
            f"{_bytes(one['upload_bytes'])} of {_bytes(one['upload_limit_bytes'])}",
            f"{one['assets']:,} of {one['asset_limit']:,}",
            f"{one['productions']:,}",
            f"{_bytes(one['production_bytes'])} of {_bytes(one['production_limit_bytes'])}",
        )
        for one in told["tenants"]
    ]
    print_table(["tenant", "uploads", "size", "assets", "videos", "size"], tenants)
    click.echo(
        f"{told['unneeded']:,} unneeded items are waiting for removal; {_bytes(told['disk_free_bytes'])} free"
    )


@store.command()
@ADDRESS
@json_option
def rules(address: str | None, as_json: bool) -> None:
    """List the retention rule of each kind."""
    with open_storage(address) as door:
        found = door.rules()
    if as_json:
        print_json(found)
        return
    rows = [
        (
            one["kind"],
            one["tenant"] or "everybody",
            "for ever" if one["days"] is None else f"{one['days']:g} days",
            "" if one["bytes"] is None else _bytes(one["bytes"]),
            "while their work exists" if one["keep_used"] else "",
            "set" if one["own"] else "default",
        )
        for one in found
    ]
    print_table(["kind", "tenant", "kept", "at most", "and", ""], rows)


@store.command()
@KIND
@TENANT
@click.option(
    "--days", type=click.FloatRange(0, 36_500), help="Retention time in days; unlimited if left out."
)
@click.option(
    "--bytes",
    "limit_bytes",
    type=click.IntRange(min=0),
    help="Maximum size in bytes; the oldest are removed first.",
)
@click.option("--keep-used", is_flag=True, help="Keep productions for as long as their work exists.")
@ADDRESS
@json_option
def keep(
    kind: str,
    tenant: str,
    days: float | None,
    limit_bytes: int | None,
    keep_used: bool,
    address: str | None,
    as_json: bool,
) -> None:
    """Set the retention rule of a kind; `farm store rules` lists the kinds."""
    from farm.journal.retention import Rule

    with open_storage(address) as door:
        door.keep(kind, tenant, Rule(days, limit_bytes, keep_used))
    told = {"kind": kind, "tenant": tenant, "days": days, "bytes": limit_bytes, "keep_used": keep_used}
    said = "for ever" if days is None else f"for {days:g} days"
    more = "" if limit_bytes is None else f", {_bytes(limit_bytes)} at most"
    print_json(told) if as_json else click.echo(f"{kind} of {tenant or 'everybody'} are kept {said}{more}")


@store.command()
@KIND
@TENANT
@ADDRESS
@json_option
def reset(kind: str, tenant: str, address: str | None, as_json: bool) -> None:
    """Delete a rule, so that the next more general one applies."""
    from farm.errors import ConflictError

    with open_storage(address) as door:
        if not door.reset(kind, tenant):
            raise ConflictError(
                f"no rule for {kind} of {tenant or 'everybody'} was set; `farm store rules` lists all"
            )
    told = {"kind": kind, "tenant": tenant}
    print_json(told) if as_json else click.echo(
        f"{kind} of {tenant or 'everybody'} follow the more general rule again"
    )


@store.command()
@click.option("--dry-run", is_flag=True, help="Remove nothing; show what would be removed.")
@ADDRESS
@json_option
def gc(dry_run: bool, address: str | None, as_json: bool) -> None:
    """Remove what exceeds the rules and is not needed; a running farm does so every day."""
    with open_storage(address) as door:
        told = door.collect(dry_run=dry_run)
    if as_json:
        print_json(told)
        return
    rows = [
        (
            one["kind"],
            one["reason"],
            f"{one['items']:,}",
            _bytes(one["size_bytes"]) if one["size_bytes"] else "",
        )
        for one in told["freed"]
    ]
    print_table(["kind", "why", "number", "size"], rows)
    total = sum(one["size_bytes"] for one in told["freed"])
    click.echo(f"{_bytes(total)} {'would be' if dry_run else 'were'} freed, in {told['took_s']:.1f} s")


@store.command()
@ADDRESS
@json_option
@click.pass_context
def verify(context: click.Context, address: str | None, as_json: bool) -> None:
    """Read everything and report what is damaged or missing, and who needs it; exits with 4 if anything is."""
    with open_storage(address) as door:
        told = door.verify(repair=False)
    _tell(told, as_json)
    context.exit(4 if told["damages"] else 0)


@store.command()
@ADDRESS
@json_option
@click.pass_context
def repair(context: click.Context, address: str | None, as_json: bool) -> None:
    """Verify, and repair what can be repaired; exits with 4 if anything is lost.

    Segments and files made of assets are removed and made anew, media are copied from where they are whole, finished
    videos are rendered again under the same job.
    """
    with open_storage(address) as door:
        told = door.verify(repair=True)
    _tell(told, as_json)
    context.exit(4 if any(one["lost"] or not one["mended"] for one in told["damages"]) else 0)


def _tell(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(told)
        return
    if told["damages"]:
        rows = [
            (
                one["kind"],
                one["name"][:24],
                one["place"],
                one["what"],
                ", ".join(one["users"]) or "nobody",
                one["mended"] or ("lost" if one["lost"] else "farm store repair"),
            )
            for one in told["damages"]
        ]
        print_table(["kind", "name", "place", "what", "needed by", ""], rows)
    unchecked = f"; {told['unchecked']:,} without a checksum" if told["unchecked"] else ""
    click.echo(
        f"{told['items']:,} files of {_bytes(told['size_bytes'])} compared in {told['took_s']:.1f} s{unchecked}; "
        f"{len(told['damages'])} damaged, {sum(one['lost'] for one in told['damages'])} of them lost"
    )


def _bytes(size_bytes: int) -> str:
    from farm.journal.quotas import told_bytes

    return told_bytes(size_bytes)
