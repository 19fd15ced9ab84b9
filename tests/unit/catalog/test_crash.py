"""The writer is killed (SIGKILL) under load: all that it acknowledged is there after reopening, and nothing is half."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from farm_catalog.catalog import Catalog
from farm_catalog.checkup import look_over

ROOT = Path(__file__).parents[3]
PATIENCE_S = 60.0


def killed_under_load(path: Path, turn: int, load: int, dice: random.Random) -> list[str]:
    """Start a writer, kill it after so many acknowledgements and a moment more; return what it acknowledged."""
    folders = [str(ROOT), str(ROOT / "plugins"), str(ROOT / "catalog")]
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.unit.catalog.writer_under_load", str(path), str(turn)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
    )
    acknowledged: list[str] = []
    enough = threading.Event()

    def listen() -> None:
        assert writer.stdout is not None
        for line in writer.stdout:
            # A line that a killed process did not finish acknowledges nothing.
            if line.endswith("\n"):
                acknowledged.append(line.strip())
            if len(acknowledged) >= load:
                enough.set()

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        assert enough.wait(PATIENCE_S), "the writer does not write"
        time.sleep(dice.random() * 0.05)
    finally:
        writer.kill()
        writer.wait()
        listener.join()
    return acknowledged


def check(path: Path, acknowledged: list[str]) -> None:
    """Compare the catalog with what was acknowledged."""
    with Catalog.open(path) as catalog:

        def ask(sql: str) -> set[str]:
            return catalog.writer.read(
                lambda connection: {row[0] for row in connection.execute(sql).fetchall()}
            )

        there = {
            "asset": ask(
                "SELECT sha256 FROM assets JOIN holdings USING (sha256) JOIN words USING (sha256, owner)"
            ),
            "production": ask("SELECT production FROM productions WHERE state = 'done'"),
            "events": ask("SELECT production FROM events GROUP BY production HAVING count(*) = 3"),
            "run": ask(
                "SELECT job_id FROM runs JOIN run_segments USING (job_id) GROUP BY job_id HAVING count(*) = 2"
            ),
        }
        for kind, names in there.items():
            assert {line.split()[1] for line in acknowledged if line.startswith(f"{kind} ")} <= names
        # Nothing is half: a batch is there whole or not at all, with its sums, parts, words and segments.
        assert ask("SELECT production FROM events GROUP BY production HAVING count(*) <> 3") == set()
        assert there["asset"] == ask("SELECT sha256 FROM assets")
        assert there["run"] == ask("SELECT job_id FROM runs")
        assert catalog.writer.read(lambda connection: look_over(connection, 0)).findings == ()
        assert len(catalog.assets.words().find("金色", None, 10_000)) == len(there["asset"])


def rounds(path: Path, count: int, load: int, seed: int) -> None:
    dice = random.Random(seed)
    acknowledged: list[str] = []
    for turn in range(count):
        acknowledged += killed_under_load(path, turn, dice.randint(load // 2, load), dice)
        check(path, acknowledged)


def test_a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    rounds(tmp_path / "catalog.duckdb", count=3, load=60, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_a_writer_killed_many_times_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    rounds(tmp_path / "catalog.duckdb", count=40, load=1_500, seed=2)


INDEXED = """
import os, sys
from pathlib import Path
from farm_catalog.asset_entry import Arrival
from farm_catalog.catalog import Catalog
catalog = Catalog.start(Path(sys.argv[1]))
for number in range(4):
    catalog.assets.add([Arrival(f"{number:064}", 9, "shop", f"kettle {number}", ())])
    assert len(catalog.assets.words().find("kettle", None, 10)) == number + 1
    if number == 1:
        catalog.writer.alone(lambda connection: connection.execute("CHECKPOINT"))
os._exit(9)
"""


def test_a_catalog_whose_index_was_rebuilt_opens_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "catalog.duckdb"
    done = subprocess.run(
        [sys.executable, "-c", INDEXED, str(path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert done.returncode == 9
    with Catalog.open(path) as catalog:
        assert len(catalog.assets.words().find("kettle", None, 10)) == 4
