"""A disk that is slow: every acceptance waits for it, and no job fails for it."""

from __future__ import annotations

import shutil
import subprocess
import time
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
