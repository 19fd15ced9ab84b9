"""Routes for operators: queue, nodes, workers, tenants, keys."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from starlette.exceptions import HTTPException

from farm.api.access_shapes import (
    KeyItem,
    MadeKey,
    NewKey,
    RotatedSecret,
    TenantChange,
    TenantItem,
    TenantSettings,
)
from farm.api.desks import Desks
from farm.api.gate import Operator, Reader
from farm.api.problem import there
from farm.api.shapes import (
    PRINTABLE,
    Drain,
    NodeItem,
    NodeRemoval,
    Pause,
    Queue,
    Scale,
)
from farm.errors import DocumentError, Problem
from farm.journal.quotas import NAMES as QUOTAS
from farm.services.fleet import Removal

Name = Annotated[str, Path(min_length=1, max_length=100)]


def operation_routes(desks: Desks) -> APIRouter:
    """Build the routes."""
    routes = APIRouter(tags=["operation"])

    @routes.get("/v1/queue", response_model=Queue)
    async def queue(caller: Reader) -> Any:
        """Show what is queued, running and paused: the tenant's own, and for operators everybody's."""
        return await desks.fleet.queue(caller.sees)

    @routes.post("/v1/queue/pause", response_model=Queue)
    async def pause(caller: Operator, order: Pause) -> Any:
        """Pause a tenant's queue, or the whole farm's; what is running continues."""
        del caller
        await desks.fleet.pause(order.tenant, order.cause)
        return await desks.fleet.queue()

    @routes.post("/v1/queue/resume", response_model=Queue)
    async def resume(caller: Operator, order: Pause) -> Any:
        """Resume a paused queue."""
        del caller
        if not await desks.fleet.resume(order.tenant):
            whose = f'tenant "{order.tenant}"' if order.tenant else "the farm"
            raise HTTPException(409, f"the queue of {whose} is not paused")
        return await desks.fleet.queue()

    @routes.get("/v1/nodes", response_model=list[NodeItem])
    async def nodes(caller: Operator) -> Any:
        """List the nodes: workers, load, condition, versions, plugins."""
        del caller
        return await desks.fleet.nodes()

    @routes.post("/v1/nodes/{node}/drain", status_code=202)
    async def drain(caller: Operator, node: Name, order: Drain) -> dict[str, str]:
        """Drain a node: start nothing more there, and after the deadline move what is running."""
        del caller
        return {"node": await desks.fleet.drain(node, order.within_s, order.cause)}

    @routes.post("/v1/nodes/{node}/restore", status_code=202)
    async def restore(caller: Operator, node: Name) -> dict[str, str]:
        """Use a drained or quarantined node again."""
        del caller
        return {"node": await desks.fleet.restore(node)}

    @routes.delete("/v1/nodes/{node}", status_code=202, response_model=NodeRemoval)
    async def remove(
        caller: Operator,
        node: Name,
        within_s: Annotated[
            float | None, Query(ge=0.0, le=1e9, description="What runs there longer is made elsewhere.")
        ] = None,
        cause: Annotated[str, Query(max_length=200, pattern=PRINTABLE)] = "by operator",
    ) -> dict[str, Any]:
        """Remove a node for good: drain it, stop its workers, let it leave; a dead one is removed at once."""
        del caller
        told: Removal = await desks.fleet.remove(node, within_s, cause)
        return {"node": told.node, "gone": told.gone}

    @routes.put("/v1/workers")
    async def scale(caller: Operator, order: Scale) -> Scale:
        """Let the number of workers follow the queue between two bounds."""
        del caller
        if order.min > order.max:
            said = f"{order.min} is more than max, {order.max}"
            raise DocumentError([Problem("min", said)], source="scale")
        await desks.fleet.scale(order.min, order.max)
        return order

    @routes.get("/v1/tenants", response_model=list[TenantItem])
    async def tenants(caller: Operator) -> Any:
        """List the tenants: shares, limits, current load."""
        del caller
        return await desks.access.tenants()

    @routes.put("/v1/tenants/{tenant}", response_model=TenantChange)
    async def tenant(caller: Operator, tenant: Name, settings: TenantSettings) -> Any:
        """Change a tenant's share, limits and quotas; omitted fields are kept."""
        del caller
        given = settings.model_dump(exclude_unset=True)
        limits = await desks.access.limits(tenant) | {
            name: value for name, value in given.items() if name not in QUOTAS
        }
        changed = await desks.access.set_tenant(
            tenant, limits["weight"], limits["max_running"], limits["max_unfinished"]
        )
        quotas = {name: value for name, value in given.items() if name in QUOTAS}
        return changed | asdict(await desks.storage.set_quotas(tenant, quotas))

    @routes.post("/v1/tenants/{tenant}/rotate-secret", response_model=RotatedSecret)
    async def rotate(caller: Operator, tenant: Name) -> Any:
        """Give a tenant a new webhook secret; for a day, messages are signed with the former one as well."""
        del caller
        return there(await desks.access.rotate_secret(tenant), f"tenant {tenant}", "/v1/tenants")

    @routes.get("/v1/keys", response_model=list[KeyItem])
    async def keys(caller: Operator) -> Any:
        """List the API keys, including revoked ones."""
        del caller
        return await desks.access.keys()

    @routes.post("/v1/keys", status_code=201, response_model=MadeKey)
    async def create(caller: Operator, wanted: NewKey, response: Response) -> Any:
        """Create an API key; only this response shows it."""
        del caller
        expires_s = None if wanted.expires_in_s is None else time.time() + wanted.expires_in_s
        made = await desks.access.create(wanted.tenant, wanted.role, wanted.label, expires_s)
        response.headers["Location"] = f"/v1/keys/{made['id']}"
        return made

    @routes.delete("/v1/keys/{key_id}", status_code=204)
    async def revoke(caller: Operator, key_id: Name) -> None:
        """Revoke a key for good."""
        del caller
        if not await desks.access.revoke(key_id):
            raise HTTPException(404, f"there is no key {key_id}; /v1/keys lists them")

    return routes
