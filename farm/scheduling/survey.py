"""Surveys: snapshots of nodes, tenants and demand."""

from __future__ import annotations

from collections import Counter

from farm.scheduling.fair_share import FARM, FairShare
from farm.scheduling.farm_view import Demand, NodeView, TenantView
from farm.scheduling.fleet import Fleet
from farm.scheduling.lease_watch import LeaseWatch
from farm.scheduling.need import Need
from farm.scheduling.node import Node


def nodes(fleet: Fleet) -> tuple[NodeView, ...]:
    """Return the known nodes, sorted by name."""
    return tuple(_node(fleet.nodes[name]) for name in sorted(fleet.nodes))


def _node(node: Node) -> NodeView:
    until_s = node.drain.deadline_s if node.drain is not None else node.quarantined_until_s
    return NodeView(
        node.name,
        node.condition,
        node.cause,
        until_s,
        len(node.slots),
        node.running,
        len(node.faults),
        node.disk_free_bytes,
    )


def tenants(shares: FairShare, watch: LeaseWatch, now_s: float) -> tuple[TenantView, ...]:
    """Return the known tenants, sorted by name."""
    used = used_shares(shares, watch, now_s)
    return tuple(
        TenantView(
            name,
            tenant.share.weight,
            tenant.share.max_running,
            tenant.waiting,
            tenant.running,
            used[name],
            shares.paused.get(name) or shares.paused.get(FARM, ""),
        )
        for name, tenant in sorted(shares.tenants.items())
    )


def used_shares(shares: FairShare, watch: LeaseWatch, now_s: float) -> dict[str, float]:
    """Return each tenant's share of all recently used worker-seconds, including running leases."""
    used = {name: tenant.usage.lately_s(now_s) for name, tenant in shares.tenants.items()}
    since_s = now_s - shares.window_s
    for held in watch.held.values():
        used[held.tenant] += now_s - max(held.started_s, since_s)
    total_s = sum(used.values())
    return {name: used[name] / total_s if total_s > 0.0 else 0.0 for name in shares.tenants}


def demand(shares: FairShare, watch: LeaseWatch) -> Demand:
    """Return how much work there is: waiting units that may run, and running leases."""
    waiting: Counter[Need] = Counter()
    for tenant in shares.tenants.values():
        if not shares.may(tenant):
            continue
        limit = tenant.share.max_running
        room = None if limit is None else limit - tenant.running
        for need, count in tenant.ready.waiting.items():
            units = count if room is None else min(count, room)
            waiting[need] += units
            room = None if room is None else room - units
    return Demand(tuple(sorted((need, count) for need, count in waiting.items() if count)), len(watch.held))
