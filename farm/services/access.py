"""The desk for access: API keys with their tenants and roles, and tenants' shares and limits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from farm.errors import AccessError, ConflictError
from farm.journal.access import Key, Role, Tenant
from farm.scheduling.event import TenantChanged, TenantShare
from farm.services.job_status import iso

if TYPE_CHECKING:
    from farm.controller.controller import FarmController


class AccessDesk:
    """Keys are shown only once, when they are created."""

    def __init__(self, controller: FarmController) -> None:
        self._controller = controller
        self._access = controller.journal.access

    def check(self, text: str) -> tuple[str, str, str]:
        """Return a key's tenant, role and id.

        Raises:
            AccessError: there is no such key, or it was revoked or has expired.
        """
        key = self._access.find_key(text)
        if key is None:
            raise AccessError("the API key is not one of this farm's; ask its operator for one", known=False)
        if key.revoked_s is not None:
            raise AccessError(
                f"the API key {key.key_id} was revoked; ask the operator for another", known=False
            )
        if key.expires_s is not None and time.time() >= key.expires_s:
            raise AccessError(
                f"the API key {key.key_id} expired at {iso(key.expires_s)}; ask the operator for another",
                known=False,
            )
        return key.tenant, key.role.word, key.key_id

    def create(self, tenant: str, role: str, label: str, expires_s: float | None = None) -> dict[str, Any]:
        """Create a key, valid until a time (seconds since the epoch) or indefinitely.

        Raises:
            DocumentError: the tenant's or the role's name is invalid, or the key would already have expired.
        """
        text, key = self._access.create_key(tenant, role, label, time.time(), expires_s)
        return {"key": text, **_told(key), "webhook_secret": self._access.tenant(tenant).webhook_secret}

    def revoke(self, key_id: str) -> bool:
        """Revoke a key permanently; returns False if there is no such key.

        Raises:
            ConflictError: no operator key would be left.
        """
        now_s = time.time()
        operators = {
            one.key_id
            for one in self._access.all_keys()
            if one.role is Role.OPERATE
            and one.revoked_s is None
            and (one.expires_s is None or one.expires_s > now_s)
        }
        if operators == {key_id}:
            raise ConflictError(
                f"{key_id} is the last operator's key, and nobody could make another; make one first: "
                "farm keys create --tenant default --role operate"
            )
        return self._access.revoke_key(key_id, now_s)

    def limits(self, tenant: str) -> dict[str, Any]:
        """Return a tenant's share and limits."""
        known = next((one for one in self._access.tenants() if one.tenant == tenant), None)
        if known is None:
            return {"weight": 1.0, "max_running": None, "max_unfinished": None}
        return {
            "weight": known.weight,
            "max_running": known.max_running,
            "max_unfinished": known.max_unfinished,
        }

    def keys(self) -> list[dict[str, Any]]:
        """Return all keys, without their secrets."""
        return [_told(key) for key in self._access.all_keys()]

    def rotate_secret(self, tenant: str) -> dict[str, Any] | None:
        """Give a tenant a new webhook secret; None if there is no such tenant. The old one still signs for a day."""
        changed = self._access.rotate_secret(tenant, time.time())
        if changed is None:
            return None
        return {
            "tenant": tenant,
            "webhook_secret": changed.webhook_secret,
            "former_until": iso(changed.former_until_s),
        }

    def tenants(self) -> list[dict[str, Any]]:
        """Return all tenants: their limits, what is running and waiting, and why they are paused."""
        known = {one.tenant: one for one in self._access.tenants()}
        seen = {
            one.tenant: one for one in self._controller.conductor.ask(lambda scheduler: scheduler.tenants())
        }
        told = []
        for name in sorted(known.keys() | seen.keys()):
            tenant, view = known.get(name), seen.get(name)
            told.append(
                {
                    "tenant": name,
                    "weight": tenant.weight if tenant is not None else 1.0,
                    "max_running": tenant.max_running if tenant is not None else None,
                    "max_unfinished": tenant.max_unfinished if tenant is not None else None,
                    "running": view.running if view is not None else 0,
                    "waiting": view.waiting if view is not None else 0,
                    "share_used": round(view.share_used, 4) if view is not None else 0.0,
                    "paused": view.paused if view is not None else "",
                }
            )
        return told

    def set_tenant(
        self, tenant: str, weight: float, max_running: int | None, max_unfinished: int | None
    ) -> dict[str, Any]:
        """Change a tenant's share and limits.

        Raises:
            DocumentError: the name is invalid, or a number is out of range.
        """
        changed = self._access.set_tenant(
            tenant, weight=weight, max_running=max_running, max_unfinished=max_unfinished
        )
        self._controller.conductor.tell(TenantChanged(share_of(changed)))
        return {
            "tenant": tenant,
            "weight": changed.weight,
            "max_running": changed.max_running,
            "max_unfinished": changed.max_unfinished,
        }


def share_of(tenant: Tenant) -> TenantShare:
    """Return what the scheduler must know about a tenant."""
    return TenantShare(tenant.tenant, tenant.weight, tenant.max_running)


def _told(key: Key) -> dict[str, Any]:
    return {
        "id": key.key_id,
        "tenant": key.tenant,
        "role": key.role.word,
        "label": key.label,
        "created_at": iso(key.created_s),
        "revoked_at": iso(key.revoked_s),
        "expires_at": iso(key.expires_s),
    }
