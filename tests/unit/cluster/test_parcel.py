"""Leases come out of a parcel as they went in, and a job's leases share one plan."""

from __future__ import annotations

from farm.cluster.parcel import Packer, Unpacker
from farm.scheduling.instruction import Lease
from farm.worker.task import PlanTask, SegmentTask
from tests.unit.scheduling.plans import plan


def test_a_lease_without_a_plan_comes_out_as_it_went_in() -> None:
    lease = Lease(1, "w", PlanTask("a", "x", "x.yaml", None))
    assert Unpacker().unpack(Packer().pack(lease)) == lease


def test_leases_of_one_job_share_their_plan_on_both_sides() -> None:
    packer, unpacker = Packer(), Unpacker()
    made = plan("k1", "k2")
    leases = [
        Lease(index, "w", SegmentTask("a", made, segment)) for index, segment in enumerate(made.segments)
    ]
    parcels = [packer.pack(lease) for lease in leases]
    assert parcels[0].plan is parcels[1].plan
    out = [unpacker.unpack(parcel) for parcel in parcels]
    assert out == leases
    first, second = (lease.task for lease in out)
    assert isinstance(first, SegmentTask)
    assert isinstance(second, SegmentTask)
    assert first.plan is second.plan


def test_another_plan_of_the_same_job_is_packed_anew() -> None:
    packer, unpacker = Packer(), Unpacker()
    for keys in (("k1",), ("k2", "k3"), ("k1",)):
        made = plan(*keys)
        lease = Lease(1, "w", SegmentTask("a", made, made.segments[0]))
        assert unpacker.unpack(packer.pack(lease)) == lease
