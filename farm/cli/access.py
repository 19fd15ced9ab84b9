"""`farm keys`, `tenants`, `audit`: access to a farm, limits, and the log of callers' actions."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

import click

from farm.cli.print import echo, json_option, print_json, print_table
from farm.cli.remote import ADDRESS, reach, running_farm

_UNITS_S: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 7 * 86_400.0}


class _Span(click.ParamType[float]):
    """A length of time, in seconds."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return a span such as `90d`, `12h`, `30m` or `45s` in seconds."""
        if isinstance(value, float):
            return value
        match = re.fullmatch(r"(\d{1,9})([smhdw])", str(value).strip())
        if match is None:
            self.fail(f"`{str(value)[:40]}` is not a duration; write e.g. 90d, 12h or 30m", param, ctx)
        return int(match[1]) * _UNITS_S[match[2]]


@click.group()
def keys() -> None:
    """Create, list and revoke API keys."""


@keys.command()
@click.option("--tenant", required=True, help="The tenant whose jobs it may access.")
@click.option("--role", type=click.Choice(["read", "submit", "operate"]), default="submit", show_default=True)
@click.option("--label", default="", help="A label for the key.")
@click.option(
    "--expires", type=_Span(), help="How long it is valid, e.g. 90d, 12h or 30m; without expiry if left out."
)
@ADDRESS
@json_option
def create(
    tenant: str,
    role: Literal["read", "submit", "operate"],
    label: str,
    expires: float | None,
    address: str | None,
    as_json: bool,
) -> None:
    """Create an API key; it is shown only once."""
    from farm.contract.access import AccessService, NewKey

    wanted = NewKey(tenant=tenant, role=role, label=label, expires_in_s=expires)
    with reach(address, patience_s=0.0) as farm:
        made = farm.ask(AccessService.create_key, key=wanted)
    if as_json:
        print_json(made)
        return
    echo(made.key)
    until = f", valid until {made.expires_at}" if made.expires_at else ""
    echo(
        f"key {made.id} for tenant {tenant}, role {role}{until}; shown only once, use it as FARM_API_KEY",
        err=True,
    )
    echo(f"its webhooks are signed with {made.webhook_secret}", err=True)


@keys.command("ls")
@ADDRESS
@json_option
def list_keys(address: str | None, as_json: bool) -> None:
    """List keys, including revoked and expired ones."""
    from farm.contract.access import AccessService

    with reach(address) as farm:
        found = farm.ask(AccessService.keys)
    columns = ["key", "tenant", "role", "label", "made", "expires", "revoked"]
    rows = [
        (one.id, one.tenant, one.role, one.label, one.created_at, one.expires_at, one.revoked_at)
        for one in found
    ]
    print_json(found) if as_json else print_table(columns, rows)


@keys.command()
@click.argument("key_id", metavar="KEY")
@ADDRESS
@json_option
def revoke(key_id: str, address: str | None, as_json: bool) -> None:
    """Revoke a key permanently; it is refused within seconds."""
    from farm.contract.access import AccessService

    with reach(address) as farm:
        farm.ask(AccessService.revoke_key, key_id=key_id)
    print_json({"revoked": key_id}) if as_json else echo(f"{key_id} is revoked")


@click.group()
def tenants() -> None:
    """Show tenants and set their shares and limits."""


@tenants.command("ls")
@ADDRESS
@json_option
def list_tenants(address: str | None, as_json: bool) -> None:
    """List tenants: shares, limits, current load."""
    from farm.contract.access import AccessService

    with reach(address) as farm:
        found = farm.ask(AccessService.tenants)
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
    rows = [[getattr(one, column) for column in columns] for one in found]
    print_json(found) if as_json else print_table([one.replace("_", " ") for one in columns], rows)


BOUNDS = ("weight", "max-running", "max-unfinished", "upload-bytes", "assets", "production-bytes")


@tenants.command("set")
@click.argument("tenant")
@click.option("--weight", type=float, help="Relative share of the workers when they are short; 1 by default.")
@click.option(
    "--max-running",
    type=click.IntRange(min=0),
    help="Maximum number of concurrent segments; no limit by default.",
)
@click.option(
    "--max-unfinished",
    type=click.IntRange(min=0),
    help="Maximum number of unfinished jobs; by default a share of the farm's.",
)
@click.option("--upload-bytes", type=click.IntRange(min=0), help="Maximum size of uploads, bytes.")
@click.option("--assets", type=click.IntRange(min=0), help="Maximum number of entries in its library.")
@click.option(
    "--production-bytes", type=click.IntRange(min=0), help="Maximum size of finished videos, bytes."
)
@click.option(
    "--default", "defaults", multiple=True, type=click.Choice(BOUNDS), help="Reset this limit to its default."
)
@ADDRESS
@json_option
def set_tenant(
    tenant: str, defaults: tuple[str, ...], address: str | None, as_json: bool, **given: float | int | None
) -> None:
    """Set a tenant's share, limits and quotas; the others are unchanged."""
    changes: dict[str, float | int | None] = {
        name: value for name, value in given.items() if value is not None
    }
    for name in defaults:
        changes[name.replace("-", "_")] = 1.0 if name == "weight" else None
    if not changes:
        raise click.UsageError(
            f"specify what to change: --{', --'.join(BOUNDS)}, or --default with one of them"
        )
    from farm.contract.access import AccessService, TenantSettings

    with reach(address) as farm:
        changed = farm.ask(
            AccessService.set_tenant, tenant=tenant, settings=TenantSettings.model_validate(changes)
        )
    if as_json:
        print_json(changed)
        return
    values = changed.model_dump()
    shown = ", ".join(
        f"{name} {'default' if (value := values[name.replace('-', '_')]) is None else f'{value:g}'}"
        for name in BOUNDS
    )
    echo(f"{tenant}: {shown}")


@tenants.command("rotate-secret")
@click.argument("tenant")
@ADDRESS
@json_option
def rotate_secret(tenant: str, address: str | None, as_json: bool) -> None:
    """Give TENANT a new webhook secret; for a day, its messages are signed with both."""
    from farm.contract.access import AccessService

    with reach(address, patience_s=0.0) as farm:
        rotated = farm.ask(AccessService.rotate_secret, tenant=tenant)
    if as_json:
        print_json(rotated)
        return
    echo(rotated.webhook_secret)
    echo(
        f"shown only once; messages are also signed with the previous secret until {rotated.former_until}",
        err=True,
    )


@tenants.command()
@json_option
def reseal(as_json: bool) -> None:
    """If seal.key is lost: create another and give every tenant a new webhook secret.

    For the farm on this machine, while it is stopped. Receivers need the new secrets: `farm tenants rotate-secret`
    shows one when the farm is up again.
    """
    import time

    from farm.errors import ConflictError
    from farm.journal.audit import AuditEntry
    from farm.journal.journal import Journal
    from farm.settings import Settings

    settings = Settings.from_environment()
    if running_farm(settings) is not None:
        raise ConflictError("the farm on this machine is running; stop it first (farm down)")
    journal = Journal.open(settings.journal, new_seal=True)
    try:
        names = [tenant.tenant for tenant in journal.access.tenants()]
        journal.audit.add([AuditEntry(time.time(), "", "", "operate", "", "farm tenants reseal", "", 0)])
    finally:
        journal.close()
    print_json({"tenants": names}) if as_json else echo(
        f"{len(names)} tenants have new webhook secrets: {', '.join(names)}"
    )


@click.command()
@click.option(
    "--since",
    "span",
    type=_Span(),
    help="Only this recent period, e.g. 7d, 12h or 30m; everything if left out.",
)
@click.option("--key", default="", help="Only actions of this API key, by its id.")
@click.option("--tenant", default="", help="Only actions on behalf of this tenant.")
@click.option("--action", default="", help="Only actions that contain this, e.g. DELETE or /v1/keys.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="So many.")
@ADDRESS
@json_option
def audit(
    span: float | None, key: str, tenant: str, action: str, limit: int, address: str | None, as_json: bool
) -> None:
    """Show the actions of callers, newest first; kept for 90 days."""
    since_s = 0.0
    if span is not None:
        since_s = max(0.0, (datetime.now(UTC) - timedelta(seconds=span)).timestamp())
    from farm.contract.audit import AuditItem, AuditService

    found: list[AuditItem] = []
    cursor: str | None = ""
    with reach(address) as farm:
        while cursor is not None and len(found) < limit:
            page = farm.ask(
                AuditService.page,
                since_s=since_s,
                key=key,
                tenant=tenant,
                action=action,
                cursor=cursor,
                limit=min(500, limit - len(found)),
            )
            found += page.entries
            cursor = page.next
    columns = ["at", "key", "tenant", "role", "address", "action", "target", "status"]
    fields = ["at", "key_id", *columns[2:]]
    print_json(found) if as_json else print_table(
        columns, [[getattr(one, name) for name in fields] for one in found]
    )
