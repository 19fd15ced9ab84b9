"""Disks that fill up and disks that are slow: work goes elsewhere or waits, and no job fails for it."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.lan import needs_lan
from tests.cluster.shop_floor import Floor

pytestmark = [needs_lan, pytest.mark.timeout(600)]

SLOW_SYNC = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static int late(const char *name, int fd) {
    int (*real)(int) = (int (*)(int)) dlsym(RTLD_NEXT, name);
    usleep(150000);
    return real(fd);
}
int fsync(int fd) { return late("fsync", fd); }
int fdatasync(int fd) { return late("fdatasync", fd); }
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[tuple[Floor, Path]]:
    """A farm whose node ``a`` has its folder on a disk of 48 MiB."""
    floor = Floor(tmp_path, ("a",))
    home = floor.nodes["a"].home
    home.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(home)], check=True)
    try:
        floor.up()
        yield floor, home
    finally:
        floor.down()
        subprocess.run(["umount", "-l", str(home)], check=False)


def condition_of(floor: Floor, host: str) -> str:
    address = floor.nodes[host].address
    return next(str(one["condition"]) for one in floor.call("/v1/nodes") if one["address"] == address)


def test_a_disk_fills_up_and_is_freed_again(small_disk: tuple[Floor, Path]) -> None:
    floor, home = small_disk
    filler = home / "filler"
    with floor.work(jobs=6) as ids:
        floor.until(
            lambda: any(floor.call(f"/v1/jobs/{one}")["segments"]["done"] for one in ids), "work has begun"
        )
        # To the last byte, between two reports of the node: what it writes then fails.
        with filler.open("wb", buffering=0) as file:
            try:
                while file.write(b"\0" * 2**16):
                    pass
            except OSError:
                pass
        floor.until(lambda: condition_of(floor, "a") == "disk_full", "the node gets no more leases")
    filler.unlink()
    floor.until(lambda: condition_of(floor, "a") == "ready", "the node is used again")


@pytest.mark.slow
def test_every_sync_takes_long(tmp_path: Path) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("a slow disk is played by a library that needs a C compiler")
    source, library = tmp_path / "late.c", tmp_path / "late.so"
    source.write_text(SLOW_SYNC)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    floor = Floor(tmp_path, ("a",), LD_PRELOAD=str(library))
    try:
        floor.up()
        began_s = time.monotonic()
        with floor.work(jobs=6) as ids:
            # Each acceptance waited for the disk.
            assert time.monotonic() - began_s > len(ids) * 0.15
    finally:
        floor.down()
