"""Parcels: serialised leases for workers; a plan that many leases share is packed and unpacked once.

A plan is most of a lease. Pickling it for each segment took the controller 2.4 ms and the worker 2.2 ms per segment,
a fifth of the farm's overhead (everything but rendering) for a short video.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

from farm.plan.segment import Plan
from farm.scheduling.instruction import Lease
from farm.worker.task import AnalysisTask, PlanTask

KEPT: Final = 256


@dataclass(frozen=True, slots=True)
class Parcel:
    """A lease, pickled."""

    lease: bytes
    """Everything but the plan."""
    plan: bytes = b""
    """The plan; empty if there is none yet."""


class Packer:
    """Packs leases; caches the packed plans of the most recent jobs."""

    def __init__(self) -> None:
        self._packed: OrderedDict[str, tuple[Plan, bytes]] = OrderedDict()

    def pack(self, lease: Lease) -> Parcel:
        """Return a lease ready to send."""
        if isinstance(lease.task, PlanTask | AnalysisTask):
            return Parcel(pickle.dumps(lease, pickle.HIGHEST_PROTOCOL))
        buffer = io.BytesIO()
        _WithoutPlan(buffer, pickle.HIGHEST_PROTOCOL).dump(lease)
        return Parcel(buffer.getvalue(), self._plan(lease.task.job_id, lease.task.plan))

    def _plan(self, job_id: str, plan: Plan) -> bytes:
        known = self._packed.get(job_id)
        if known is None or known[0] is not plan:
            known = self._packed[job_id] = plan, pickle.dumps(plan, pickle.HIGHEST_PROTOCOL)
            if len(self._packed) > KEPT:
                self._packed.popitem(last=False)
        return known[1]


class Unpacker:
    """Unpacks leases; caches the last plan, since a worker often gets consecutive leases of one job."""

    def __init__(self) -> None:
        self._last: tuple[bytes, Plan | None] = (b"", None)

    def unpack(self, parcel: Parcel) -> Lease:
        """Return the lease."""
        digest = hashlib.sha256(parcel.plan).digest()
        if parcel.plan and self._last[0] != digest:
            self._last = digest, pickle.loads(parcel.plan)
        lease: Lease = _WithPlan(io.BytesIO(parcel.lease), self._last[1]).load()
        return lease


class _WithoutPlan(pickle.Pickler):
    def persistent_id(self, obj: Any) -> str | None:
        return "plan" if isinstance(obj, Plan) else None


class _WithPlan(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, plan: Plan | None) -> None:
        super().__init__(file)
        self._plan = plan

    def persistent_load(self, pid: Any) -> Any:
        del pid  # a lease has one plan
        return self._plan
