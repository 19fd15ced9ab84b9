"""`farm store`: stored files and their retention, garbage collection, verification."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from farm.cli.print import json_option, print_json, print_table
from farm.cli.remote import ADDRESS, is_remote, reach

if TYPE_CHECKING:
    from farm.contract.services import Backend
    from farm.contract.storage import StoreTask, VerificationOutcome

POLL_S: Final = 1.0
"""How often a task is polled."""
KIND = click.argument("kind")
TENANT = click.option(
    "--tenant", default="", help="The tenant; if left out, all tenants without a rule of their own."
)


@contextmanager
def open_storage(address: str | None) -> Iterator[Backend]:
    """Yield the storage of a running farm, otherwise that in FARM_HOME.

    Raises:
        FarmUnreachableError: the farm at the address does not answer.
        MachineError: another command has the catalog open.
    """
    if is_remote(address):
        with reach(address) as client:
            yield client
        return
    from farm.local import storage
    from farm.settings import Settings

    with storage.open_storage(Settings.from_environment()) as local:
        yield local


def ended(storage: Backend, task: StoreTask) -> StoreTask:
    """Wait until a task on the stores has ended, and return it.

    Raises:
        StoreError: the farm was restarted meanwhile.
        ConflictError: another task was started before the outcome was read.
        FarmError: the task failed.
    """
    from farm.contract.storage import StorageService
    from farm.errors import ConflictError, FarmError, StoreError

    began_s = task.began_s
    while task.running:
        time.sleep(POLL_S)
        task = storage.ask(StorageService.task)
        if task.began_s < began_s:
            raise StoreError("the farm was restarted meanwhile; ask again")
        if task.began_s > began_s:
            # The farm remembers only the last task, and another has been started.
            raise ConflictError(
                "it has ended, but another was started before its outcome was read; run it again"
            )
    if task.failed:
        raise FarmError(task.failed)
    return task


@click.group()
def store() -> None:
    """Show what is stored and how long it is kept; collect garbage; verify and repair."""


@store.command()
@ADDRESS
@json_option
def usage(address: str | None, as_json: bool) -> None:
    """Count files and bytes by kind and by tenant, with the tenants' quotas."""
    from farm.contract.storage import StorageService

    with open_storage(address) as storage:
        found = storage.ask(StorageService.usage)
    if as_json:
        print_json(found)
        return
    rows = [(one.kind, one.place, f"{one.items:,}", _bytes(one.size_bytes)) for one in found.files]
    print_table(["kind", "place", "files", "size"], rows)
    tenants = [
        (
            one.tenant,
            f"{one.uploads:,}",
            f"{_bytes(one.upload_bytes)} of {_bytes(one.upload_limit_bytes)}",
            f"{one.assets:,} of {one.asset_limit:,}",
            f"{one.productions:,}",
            f"{_bytes(one.production_bytes)} of {_bytes(one.production_limit_bytes)}",
        )
        for one in found.tenants
    ]
    print_table(["tenant", "uploads", "size", "assets", "videos", "size"], tenants)
    click.echo(
        f"{found.unneeded:,} unneeded items are waiting for removal; {_bytes(found.disk_free_bytes)} free"
    )


@store.command()
@ADDRESS
@json_option
def rules(address: str | None, as_json: bool) -> None:
    """List the retention rule of each kind."""
    from farm.contract.storage import StorageService

    with open_storage(address) as storage:
        found = storage.ask(StorageService.rules)
    if as_json:
        print_json(found)
        return
    rows = [
        (
            one.kind,
            one.tenant or "everybody",
            "for ever" if one.days is None else f"{one.days:g} days",
            "" if one.bytes is None else _bytes(one.bytes),
            "while their work exists" if one.keep_used else "",
            "set" if one.own else "default",
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
    from farm.contract.storage import RuleSettings, StorageService

    settings = RuleSettings(days=days, bytes=limit_bytes, keep_used=keep_used)
    with open_storage(address) as storage:
        storage.ask(StorageService.keep, kind=kind, rule=settings, tenant=tenant)
    rule = {"kind": kind, "tenant": tenant, "days": days, "bytes": limit_bytes, "keep_used": keep_used}
    length = "for ever" if days is None else f"for {days:g} days"
    more = "" if limit_bytes is None else f", {_bytes(limit_bytes)} at most"
    print_json(rule) if as_json else click.echo(
        f"{kind} of {tenant or 'all tenants'} are kept {length}{more}"
    )


@store.command()
@KIND
@TENANT
@ADDRESS
@json_option
def reset(kind: str, tenant: str, address: str | None, as_json: bool) -> None:
    """Delete a rule, so that the next more general one applies."""
    from farm.contract.storage import StorageService
    from farm.errors import ConflictError, MissingError

    with open_storage(address) as storage:
        try:
            storage.ask(StorageService.reset, kind=kind, tenant=tenant)
        except MissingError as error:
            raise ConflictError(
                f"no rule for {kind} of {tenant or 'all tenants'} was set; `farm store rules` lists all"
            ) from error
    rule = {"kind": kind, "tenant": tenant}
    print_json(rule) if as_json else click.echo(
        f"{kind} of {tenant or 'all tenants'} follow the more general rule again"
    )


@store.command()
@click.option("--dry-run", is_flag=True, help="Remove nothing; show what would be removed.")
@ADDRESS
@json_option
def gc(dry_run: bool, address: str | None, as_json: bool) -> None:
    """Remove what exceeds the rules and is not needed; a running farm does so every day."""
    from farm.contract.storage import GcOrder, StorageService

    with open_storage(address) as storage:
        task = ended(storage, storage.ask(StorageService.collect, order=GcOrder(dry_run=dry_run)))
    outcome = task.outcome
    assert outcome is not None
    if as_json:
        print_json(outcome)
        return
    rows = [
        (one.kind, one.reason, f"{one.items:,}", _bytes(one.size_bytes) if one.size_bytes else "")
        for one in outcome.freed
    ]
    print_table(["kind", "why", "number", "size"], rows)
    total = sum(one.size_bytes for one in outcome.freed)
    click.echo(f"{_bytes(total)} {'would be' if dry_run else 'were'} freed, in {outcome.took_s:.1f} s")


@store.command()
@ADDRESS
@json_option
@click.pass_context
def verify(context: click.Context, address: str | None, as_json: bool) -> None:
    """Read everything and report what is damaged or missing, and who needs it; exits with 4 if anything is."""
    found = _verification(address, repair=False)
    _print_verification(found, as_json)
    context.exit(4 if found.damages else 0)


@store.command()
@ADDRESS
@json_option
@click.pass_context
def repair(context: click.Context, address: str | None, as_json: bool) -> None:
    """Verify, and repair what can be repaired; exits with 4 if anything is lost.

    Segments and files derived from assets are removed and recreated, media are copied from an intact copy, finished
    videos are rendered again under the same job.
    """
    found = _verification(address, repair=True)
    _print_verification(found, as_json)
    context.exit(4 if any(one.lost or not one.mended for one in found.damages) else 0)


def _verification(address: str | None, *, repair: bool) -> VerificationOutcome:
    from farm.contract.storage import StorageService, VerifyOrder

    with open_storage(address) as storage:
        task = ended(storage, storage.ask(StorageService.verify, order=VerifyOrder(repair=repair)))
    assert task.verification is not None
    return task.verification


def _print_verification(found: VerificationOutcome, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    if found.damages:
        rows = [
            (
                one.kind,
                one.name[:24],
                one.place,
                one.what,
                ", ".join(one.users) or "no users",
                one.mended or ("lost" if one.lost else "farm store repair"),
            )
            for one in found.damages
        ]
        print_table(["kind", "name", "place", "what", "needed by", ""], rows)
    unchecked = f"; {found.unchecked:,} without a checksum" if found.unchecked else ""
    click.echo(
        f"{found.items:,} files of {_bytes(found.size_bytes)} compared in {found.took_s:.1f} s{unchecked}; "
        f"{len(found.damages)} damaged, {sum(one.lost for one in found.damages)} of them lost"
    )


def _bytes(size_bytes: int) -> str:
    from farm.journal.quotas import format_bytes

    return format_bytes(size_bytes)
