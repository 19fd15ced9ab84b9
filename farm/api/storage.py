"""Storage routes for operators: usage, retention rules, garbage collection, verification."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.exceptions import HTTPException

from farm.api.desks import Desks
from farm.api.gate import Operator
from farm.api.store_shapes import GcOrder, RuleItem, RuleSettings, StoreTask, StoreUsage, VerifyOrder
from farm.controller.storage_thread import StorageWork
from farm.journal.retention import Rule

KindName = Annotated[str, Path(min_length=1, max_length=40, description="A kind of things, as `uploads`.")]
OfTenant = Annotated[
    str, Query(max_length=63, description="Whose rule; everybody's that has none of its own if left out.")
]


def storage_routes(desks: Desks) -> APIRouter:
    """Build the routes."""
    routes = APIRouter(tags=["storage"])

    async def rules() -> list[dict[str, Any]]:
        return [
            {"kind": kind.value, "tenant": tenant, "own": own, **asdict(rule)}
            for tenant, kind, rule, own in await desks.storage.rules()
        ]

    @routes.get("/v1/store/usage", response_model=StoreUsage)
    async def usage(caller: Operator) -> Any:
        """Count what is stored, by kind and tenant; lists every file, which takes a while if there are many."""
        del caller
        return asdict(await desks.storage.usage())

    @routes.get("/v1/store/rules", response_model=list[RuleItem])
    async def list_rules(caller: Operator) -> Any:
        """List the retention rules: everybody's, then those of single tenants."""
        del caller
        return await rules()

    @routes.put("/v1/store/rules/{kind}", response_model=list[RuleItem])
    async def keep(caller: Operator, kind: KindName, rule: RuleSettings, tenant: OfTenant = "") -> Any:
        """Set how long things of a kind are kept."""
        del caller
        await desks.storage.keep(kind, tenant, Rule(rule.days, rule.bytes, rule.keep_used))
        return await rules()

    @routes.delete("/v1/store/rules/{kind}", response_model=list[RuleItem])
    async def reset(caller: Operator, kind: KindName, tenant: OfTenant = "") -> Any:
        """Delete a rule that was set."""
        del caller
        if not await desks.storage.reset(kind, tenant):
            raise HTTPException(404, f"no rule for {kind} was set there; /v1/store/rules lists all")
        return await rules()

    @routes.post("/v1/store/gc", status_code=202, response_model=StoreTask)
    async def collect(caller: Operator, order: GcOrder) -> Any:
        """Collect garbage now; `GET /v1/store/task` returns the outcome."""
        del caller
        return asdict(
            await desks.storage.order(StorageWork.DRY_RUN if order.dry_run else StorageWork.COLLECT)
        )

    @routes.post("/v1/store/verify", status_code=202, response_model=StoreTask)
    async def verify(caller: Operator, order: VerifyOrder) -> Any:
        """Verify everything that is stored; `GET /v1/store/task` returns what was found."""
        del caller
        return asdict(await desks.storage.order(StorageWork.REPAIR if order.repair else StorageWork.VERIFY))

    @routes.get("/v1/store/task", response_model=StoreTask)
    async def task(caller: Operator) -> Any:
        """Return the running or last task on the stores."""
        del caller
        found = await desks.storage.task()
        if found is None:
            raise HTTPException(404, "neither collection nor verification ran since the farm started")
        return asdict(found)

    return routes
