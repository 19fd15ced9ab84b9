"""The catalog: records go in once, come out in numbers, and SQL from outside can only read."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from farm.errors import DocumentError, MachineError, StoreError
from farm_catalog.catalog import Catalog
from farm_catalog.migration import migrations
from farm_catalog.query import query, read_stats
from farm_catalog.run_record import RunRecord, SegmentRecord, spool


def segment(index: int, reused: bool = False) -> SegmentRecord:
    cpu_s = 0.0 if reused else 2.0
    return SegmentRecord(
        index, f"key-{index}", 30, 1000, reused, cpu_s / 4, cpu_s / 4, cpu_s / 2, cpu_s, "n1"
    )


def record(job_id: str = "j1", **changes: object) -> RunRecord:
    base = RunRecord(
        job_id=job_id,
        state="done",
        name="金表",
        template="retail.spotlight",
        source="watch.yaml",
        encoder="libx264",
        submitted_at_s=1_000_000.0,
        finished_at_s=1_000_010.5,
        wait_s=0.5,
        wall_s=10.5,
        frames=60,
        duration_s=2.0,
        width_px=720,
        height_px=1280,
        size_bytes=4000,
        loudness_lufs=-14.1,
        sha256="0" * 64,
        video="out/j1.mp4",
        cover="out/j1.jpg",
        report="out/j1.json",
        decode_s=0.5,
        composite_s=0.5,
        encode_s=1.5,
        cpu_s=3.0,
        node="n1",
        retries=0,
        message="",
        segments=(segment(0), segment(1, reused=True)),
        plugins=(("farm_basics", "0.1.0"),),
        warnings=("music is shorter than the video",),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalog.duckdb"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


def fill(path: Path, folder: Path, *records: RunRecord) -> None:
    for one in records:
        spool(one, folder)
    with Catalog.open(path) as catalog:
        catalog.runs.ingest(folder)


def test_a_record_survives_its_file() -> None:
    one = record()
    assert RunRecord.from_json(one.to_json(), "x") == one


def test_records_go_in_once_and_their_files_go(path: Path, folder: Path) -> None:
    spool(record("j1"), folder)
    spool(record("j2", loudness_lufs=None, segments=(), plugins=(), warnings=()), folder)
    with Catalog.open(path) as catalog:
        intake = catalog.runs.ingest(folder)
        assert (intake.taken, intake.repeated, intake.damaged) == (2, 0, ())
        assert list(folder.iterdir()) == []
        spool(record("j1"), folder)
        spool(record("j1", finished_at_s=2_000_000.0), folder)
        intake = catalog.runs.ingest(folder)
        assert (intake.taken, intake.repeated) == (1, 1)
        assert catalog.runs.ingest(folder).taken == 0
    rows = query(path, "SELECT job_id, name, loudness_lufs FROM runs ORDER BY job_id, finished_at_s").rows
    assert rows == (("j1", "金表", -14.1), ("j1", "金表", -14.1), ("j2", "金表", None))
    assert query(path, "SELECT count(*) FROM run_segments").rows == ((4,),)
    assert query(path, "SELECT DISTINCT warning FROM run_warnings").rows == (
        ("music is shorter than the video",),
    )


def test_a_damaged_file_is_set_aside_and_the_rest_goes_in(path: Path, folder: Path) -> None:
    spool(record(), folder)
    (folder / "broken.json").write_text('{"job_id": "x"}')
    (folder / ".half-written.json").write_text("{")
    with Catalog.open(path) as catalog:
        intake = catalog.runs.ingest(folder)
    assert intake.taken == 1
    assert intake.damaged == (str(folder / "broken.json"),)
    assert {file.name for file in folder.iterdir()} == {"broken.json.damaged", ".half-written.json"}


def test_stats_add_up(path: Path, folder: Path) -> None:
    failed = record("j2", state="failed", frames=0, duration_s=0.0, cpu_s=1.0, segments=(segment(0),))
    fill(path, folder, record(), failed, record("j3", state="cancelled", cpu_s=0.0, segments=()))
    stats = read_stats(path)
    assert (stats.videos, stats.failures, stats.cancelled, stats.frames) == (1, 1, 1, 60)
    assert (stats.segments, stats.segments_reused) == (3, 1)
    assert stats.reuse_ratio == pytest.approx(1 / 3)
    assert stats.cpu_s_per_video == pytest.approx(4.0), "failures are paid by what was finished"
    assert stats.frames_per_core_s == pytest.approx(60 / 4.0)
    assert stats.cores_for_target == pytest.approx(60_000 * 4.0 / 86_400)
    assert (stats.wait_p50_s, stats.wall_p95_s) == (0.5, 10.5)
    assert read_stats(path, since_s=1_000_011.0).videos == 0


def test_stats_of_nothing_are_nothing(path: Path) -> None:
    with Catalog.open(path) as catalog:
        stats = catalog.runs.stats()
    assert (stats.videos, stats.reuse_ratio, stats.cpu_s_per_video, stats.cores_for_target) == (
        0,
        None,
        None,
        None,
    )


@pytest.mark.parametrize("view", ["days", "templates", "nodes"])
def test_the_views_answer(path: Path, folder: Path, view: str) -> None:
    fill(path, folder, record())
    assert len(query(path, f"SELECT * FROM {view}").rows) == 1


def test_a_long_answer_is_cut_and_says_so(path: Path, folder: Path) -> None:
    fill(path, folder, record())
    answer = query(path, "SELECT * FROM range(20) numbers(n)", rows=5)
    assert (answer.columns, len(answer.rows), answer.cut) == (("n",), 5, True)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM runs",
        "DROP TABLE runs",
        "CREATE TABLE mine (a INTEGER)",
        "SELECT 1; DELETE FROM runs",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "COPY runs TO '/tmp/leak.csv'",
        "ATTACH '/tmp/other.db'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "EXPLAIN ANALYZE DELETE FROM runs",
        "SELECT * FROM no_such_table",
        "SELEKT 1",
        "",
    ],
)
def test_sql_that_does_more_than_read_is_refused(path: Path, folder: Path, sql: str) -> None:
    fill(path, folder, record())
    with pytest.raises(DocumentError):
        query(path, sql)
    assert query(path, "SELECT count(*) FROM runs").rows == ((1,),)


def test_without_a_catalog_it_says_so(path: Path) -> None:
    with pytest.raises(StoreError, match="there is no catalog at"):
        query(path, "SELECT 1")


def test_a_file_that_is_no_catalog_is_named(path: Path) -> None:
    path.write_text("no database" * 1000)
    with pytest.raises(StoreError, match=r"catalog\.duckdb cannot be opened"):
        query(path, "SELECT 1")


HOLD = """
import sys, time
from pathlib import Path
from farm_catalog.catalog import Catalog
with Catalog.open(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_process_that_holds_the_file_is_named(path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(MachineError, match=f"in use by process {process.pid}"):
            query(path, "SELECT 1", patience_s=0.1)
        with pytest.raises(MachineError), Catalog.open(path, patience_s=0.1):
            pass
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    with Catalog.open(path) as catalog:
        assert catalog.runs.stats().videos == 0


def test_migrations_are_numbered_and_run_once(path: Path) -> None:
    for _ in range(2):
        with Catalog.open(path):
            pass
    rows = query(path, "SELECT number, name FROM schema_version ORDER BY number").rows
    assert rows == tuple((step.number, step.name) for step in migrations())


def test_a_newer_catalog_is_refused(path: Path) -> None:
    with Catalog.open(path):
        pass
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO schema_version (number, name) VALUES (99, 'x')")
    with pytest.raises(StoreError, match="layout 99"), Catalog.open(path):
        pass


def test_a_thousand_records_go_in_within_seconds(path: Path, folder: Path) -> None:
    for number in range(1000):
        spool(record(f"j{number}", segments=tuple(segment(index) for index in range(7))), folder)
    begun_s = time.process_time()
    with Catalog.open(path) as catalog:
        assert catalog.runs.ingest(folder).taken == 1000
    spent_s = time.process_time() - begun_s
    assert spent_s / 1000 < 0.01, f"{spent_s:.2f} CPU s for 1000 records"
