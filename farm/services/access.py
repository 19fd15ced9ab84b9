"""API keys with their tenants and roles, and tenants' shares and limits, on the journal."""

from __future__ import annotations

import time
from dataclasses import asdict

from farm.contract.access import (
    AccessService,
    Credential,
    KeyItem,
    MadeKey,
    NewKey,
    RotatedSecret,
    TenantChange,
    TenantItem,
    TenantSettings,
)
from farm.contract.scope import Scope
from farm.errors import AccessError, ConflictError, MissingError
from farm.journal.access import Key, Tenant
from farm.journal.journal import Journal
from farm.journal.quotas import NAMES as QUOTAS
from farm.model.access import Role
from farm.scheduling.conductor import Conductor
from farm.scheduling.event import TenantChanged, TenantShare
from farm.services.job_status import iso


class JournalAccess(AccessService):
    """Keys and tenants as recorded in the journal."""

    def __init__(self, journal: Journal, conductor: Conductor) -> None:
        self._access = journal.access
        self._quotas = journal.quotas
        self._conductor = conductor

    def check(self, scope: Scope, *, key: str) -> Credential:
        """See the contract."""
        del scope  # an unauthenticated caller has no scope yet
        found = self._access.find_key(key)
        if found is None:
            raise AccessError("the API key is unknown to this farm; ask its operator for one", known=False)
        if found.revoked_s is not None:
            raise AccessError(
                f"the API key {found.key_id} was revoked; ask the operator for another", known=False
            )
        if found.expires_s is not None and time.time() >= found.expires_s:
            raise AccessError(
                f"the API key {found.key_id} expired at {iso(found.expires_s)}; ask the operator for another",
                known=False,
            )
        return Credential(found.tenant, found.role, found.key_id)

    def tenants(self, scope: Scope) -> list[TenantItem]:
        """See the contract."""
        known = {one.tenant: one for one in self._access.tenants()}
        seen = {one.tenant: one for one in self._conductor.ask(lambda scheduler: scheduler.tenants())}
        found = []
        for name in sorted(known.keys() | seen.keys()):
            tenant, view = known.get(name), seen.get(name)
            found.append(
                TenantItem(
                    tenant=name,
                    weight=tenant.weight if tenant is not None else 1.0,
                    max_running=tenant.max_running if tenant is not None else None,
                    max_unfinished=tenant.max_unfinished if tenant is not None else None,
                    running=view.running if view is not None else 0,
                    waiting=view.waiting if view is not None else 0,
                    share_used=round(view.share_used, 4) if view is not None else 0.0,
                    paused=view.paused if view is not None else "",
                )
            )
        return found

    def set_tenant(self, scope: Scope, *, tenant: str, settings: TenantSettings) -> TenantChange:
        """See the contract.

        Raises:
            DocumentError: the name is invalid.
        """
        given = settings.model_dump(exclude_unset=True)
        known = next((one for one in self._access.tenants() if one.tenant == tenant), None)
        changed = self._access.set_tenant(
            tenant,
            weight=given.get("weight", known.weight if known else 1.0),
            max_running=given.get("max_running", known.max_running if known else None),
            max_unfinished=given.get("max_unfinished", known.max_unfinished if known else None),
        )
        self._conductor.tell(TenantChanged(share_of(changed)))
        quotas = self._quotas.set(tenant, {name: given[name] for name in QUOTAS if name in given})
        return TenantChange(
            tenant=tenant,
            weight=changed.weight,
            max_running=changed.max_running,
            max_unfinished=changed.max_unfinished,
            **asdict(quotas),
        )

    def rotate_secret(self, scope: Scope, *, tenant: str) -> RotatedSecret:
        """See the contract."""
        changed = self._access.rotate_secret(tenant, time.time())
        if changed is None or changed.former_until_s is None:
            raise MissingError("tenant", tenant)
        return RotatedSecret(
            tenant=tenant,
            webhook_secret=changed.webhook_secret,
            former_until=iso(changed.former_until_s),
        )

    def keys(self, scope: Scope) -> list[KeyItem]:
        """See the contract."""
        return [KeyItem.model_validate(_item(key)) for key in self._access.all_keys()]

    def create_key(self, scope: Scope, *, key: NewKey) -> MadeKey:
        """See the contract.

        Raises:
            DocumentError: the tenant's name is invalid.
        """
        now_s = time.time()
        expires_s = None if key.expires_in_s is None else now_s + key.expires_in_s
        text, made = self._access.create_key(key.tenant, key.role, key.label, now_s, expires_s)
        secret = self._access.tenant(key.tenant).webhook_secret
        return MadeKey.model_validate({**_item(made), "key": text, "webhook_secret": secret})

    def revoke_key(self, scope: Scope, *, key_id: str) -> None:
        """See the contract.

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
                f"{key_id} is the last operator's key, without which no other could be created; create one first: "
                "farm keys create --tenant default --role operate"
            )
        if not self._access.revoke_key(key_id, now_s):
            raise MissingError("key", key_id)


def share_of(tenant: Tenant) -> TenantShare:
    """Return a tenant's share and limits for the scheduler."""
    return TenantShare(tenant.tenant, tenant.weight, tenant.max_running)


def _item(key: Key) -> dict[str, object]:
    return {
        "id": key.key_id,
        "tenant": key.tenant,
        "role": key.role.word,
        "label": key.label,
        "created_at": iso(key.created_s),
        "revoked_at": iso(key.revoked_s),
        "expires_at": iso(key.expires_s),
    }
