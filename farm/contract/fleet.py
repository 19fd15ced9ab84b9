"""The fleet: queues, nodes and workers, and the farm's own health and statistics."""

from __future__ import annotations

from typing import Annotated, Protocol

from pydantic import Field

from farm.contract.model import PRINTABLE, Order, Result
from farm.contract.operation import operation
from farm.contract.scope import Scope
from farm.model.access import Role

NodeName = Annotated[str, Field(min_length=1, max_length=100)]


class NodeItem(Result):
    """A node of the cluster."""

    node: str
    address: str
    alive: bool
    condition: str
    cause: str
    until: str | None
    workers: int
    running: int
    faults: int
    disk_free_bytes: int | None
    cpus: float | None
    load: float | None
    memory_free_bytes: int | None
    version: str
    plugins: list[str] = Field(
        description="Plugins that its workers loaded, with version and the first digits of the files' hash."
    )
    differs: str = Field(
        description="Plugins that its workers loaded in more than one variant; empty if none."
    )


class NodeChange(Result):
    """The node that an order concerns."""

    node: str = Field(description="Its full name.")


class NodeRemoval(NodeChange):
    """A node that is being removed from the farm."""

    gone: bool = Field(
        description="Whether it is gone already; otherwise it is removed when nothing runs there any more."
    )


class Pause(Order):
    """Which queue to pause or resume."""

    tenant: str = Field(
        "",
        pattern=r"^([a-z0-9][a-z0-9._-]{0,62})?$",
        description="The tenant; empty for the whole farm.",
    )
    cause: str = Field(
        "by operator",
        max_length=200,
        pattern=PRINTABLE,
        description="The reason; shown in answers to why a job is waiting.",
    )


class Drain(Order):
    """How to drain a node."""

    within_s: float | None = Field(
        None, ge=0.0, le=86_400.0 * 30, description="Work that runs longer is moved; null: never."
    )
    cause: str = Field("by operator", max_length=200, pattern=PRINTABLE)


class Scale(Order):
    """Bounds of the number of workers."""

    min: int = Field(ge=0, le=10_000)
    max: int = Field(ge=1, le=10_000)


class Queue(Result):
    """The state of the queues."""

    paused: dict[str, str] = Field(description="Causes by tenant; an empty name is the whole farm.")
    unfinished: int
    running: int
    waiting: int
    pace: float = Field(description="Measured CPU seconds over estimated ones.")
    measured_segments: int
    workers: int


class Health(Result):
    """Whether the farm accepts jobs and works on them."""

    ok: bool
    ready: bool
    workers: int
    workers_wanted: int
    unfinished: int | None = Field(
        description="Number of jobs; null for callers without the operator's key if one is required."
    )
    since_s: float
    trouble: list[str]
    pid: int | None = Field(description="The controller's process; null as for `unfinished`.")


class FarmStats(Result):
    """Statistics of rendered and waiting work; sums over all tenants are for operators, and null for others."""

    jobs: dict[str, int] = Field(description="Jobs by state.")
    tenants: dict[str, dict[str, int]] = Field(description="Jobs by tenant and state.")
    workers: int
    webhooks: dict[str, int] | None = Field(None, description="Messages by state.")
    videos: int | None = Field(None, description="Finished videos.")
    failures: int | None = Field(None, description="Failed jobs.")
    cancelled: int | None = Field(None, description="Jobs withdrawn.")
    seconds: float | None = Field(None, description="Total length of all finished videos.")
    frames: int | None = None
    segments: int | None = None
    segments_reused: int | None = Field(None, description="Of these, reused from the store.")
    cpu_s: float | None = Field(None, description="CPU seconds spent, including on failures.")
    decode_s: float | None = None
    composite_s: float | None = None
    encode_s: float | None = None
    frames_per_core_s: float | None = Field(
        None, description="Without reused frames; null if nothing was rendered."
    )
    cpu_s_per_video: float | None = None
    wait_p50_s: float | None = None
    wait_p95_s: float | None = None
    wall_p50_s: float | None = None
    wall_p95_s: float | None = None
    reuse_ratio: float | None = Field(None, description="Share of all segments that came from the store.")
    cores_for_target: float | None = Field(
        None, description="Busy cores needed for 60,000 such videos a day."
    )


class FleetService(Protocol):
    """Orders are stored in the journal and survive restarts."""

    def health(self, scope: Scope) -> Health:
        """Return whether jobs are accepted and processed."""

    def stats(self, scope: Scope, *, since_s: float) -> FarmStats:
        """Return the catalog's statistics, and current counts of jobs, webhooks and workers."""

    @operation("GET", "/v1/queue", tag="operation")
    def queue(self, scope: Scope) -> Queue:
        """Show what is queued, running and paused: the tenant's own, and for operators all tenants'."""

    @operation("POST", "/v1/queue/pause", tag="operation", role=Role.OPERATE)
    def pause(self, scope: Scope, *, order: Pause) -> Queue:
        """Pause a tenant's queue, or the whole farm's; running work continues."""

    @operation("POST", "/v1/queue/resume", tag="operation", role=Role.OPERATE)
    def resume(self, scope: Scope, *, order: Pause) -> Queue:
        """Resume a paused queue."""

    @operation("GET", "/v1/nodes", tag="operation", role=Role.OPERATE)
    def nodes(self, scope: Scope) -> list[NodeItem]:
        """List the nodes: workers, load, condition, versions, plugins."""

    @operation("POST", "/v1/nodes/{node}/drain", tag="operation", role=Role.OPERATE, status=202)
    def drain(self, scope: Scope, *, node: NodeName, order: Drain) -> NodeChange:
        """Drain a node: start nothing more there, and after the deadline move running work."""

    @operation("POST", "/v1/nodes/{node}/restore", tag="operation", role=Role.OPERATE, status=202)
    def restore(self, scope: Scope, *, node: NodeName) -> NodeChange:
        """Use a drained or quarantined node again."""

    @operation("DELETE", "/v1/nodes/{node}", tag="operation", role=Role.OPERATE, status=202)
    def remove(
        self,
        scope: Scope,
        *,
        node: NodeName,
        within_s: Annotated[
            float | None, Field(ge=0.0, le=1e9, description="Work that runs there longer is moved elsewhere.")
        ] = None,
        cause: Annotated[str, Field(max_length=200, pattern=PRINTABLE)] = "by operator",
    ) -> NodeRemoval:
        """Remove a node permanently: drain it, stop its workers, and have it leave; a dead node is removed at once."""

    @operation("PUT", "/v1/workers", tag="operation", role=Role.OPERATE)
    def scale(self, scope: Scope, *, order: Scale) -> Scale:
        """Let the number of workers follow the queue between two bounds."""
