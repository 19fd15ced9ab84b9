"""A node whose disk fills up again and again while quick jobs come and go: it is used again each time it has room."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.lan import needs_lan
from tests.cluster.shop_floor import Floor

pytestmark = [needs_lan, pytest.mark.timeout(900), pytest.mark.slow]

ROUNDS = 10
RELIEF_S = 60.0


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """A head and a node whose folder is on a small disk of its own."""
    floor = Floor(tmp_path_factory.mktemp("floor"), ("a",))
    home = floor.nodes["a"].home
    home.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(home)], check=True)
    try:
        floor.up()
        yield floor
    finally:
        floor.down()
        subprocess.run(["umount", "-l", str(home)], check=False)


def condition_of(floor: Floor, host: str) -> str:
    address = floor.nodes[host].address
    return next(str(one["condition"]) for one in floor.call("/v1/nodes") if one["address"] == address)


def fill(path: Path) -> None:
    """Write a file until its disk has no byte left."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 2**16):
                pass
        except OSError:
            pass


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_node_with_room_again_is_used_again_however_quick_the_jobs_are(floor: Floor, turn: int) -> None:
    filler = floor.nodes["a"].home / "filler"
    # In every other turn the disk is full before the first job begins, else while the jobs go on: the first time
    # before the node has reported at all.
    if turn % 2:
        fill(filler)
    try:
        with floor.work(jobs=6, shots=3, frames=6):
            if not turn % 2:
                fill(filler)
            floor.until(
                lambda: condition_of(floor, "a") == "disk_full", "the node gets no more leases", RELIEF_S
            )
            if turn % 4 < 2:
                filler.unlink()
    finally:
        filler.unlink(missing_ok=True)
    floor.until(lambda: condition_of(floor, "a") == "ready", "the node is used again", RELIEF_S)
    assert floor.queue()["workers"] == 2
