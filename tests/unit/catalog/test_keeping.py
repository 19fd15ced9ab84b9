"""The catalog looked after: questions that can only read, checks, backups, exports."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from farm.errors import DocumentError, MachineError, StoreError
from farm_catalog import backup as keeping
from farm_catalog.asset_entry import Arrival, Wanted
from farm_catalog.catalog import Catalog
from farm_catalog.checkup import library_files, look_over
from farm_catalog.events import Event
from farm_catalog.export import export, move
from farm_catalog.query import ask
from tests.unit.catalog.productions_made import make
from tests.unit.catalog.test_catalog import record


def filled(path: Path) -> None:
    with Catalog.open(path) as catalog:
        catalog.runs.add([record()])
        catalog.assets.add(
            [Arrival("a" * 64, 9, "shop", "金表.jpg", ("watch",)), Arrival("b" * 64, 9, "shop", "b", ())]
        )
        catalog.works.make("w1", "shop", {"name": "W"}, ["a" * 64], "rough cut")
        make(catalog, [("p1", "shop", "t", "watch")])
        catalog.events.add([Event("e1", "p1", "play", 1_780_000_000.0)])


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("original") / "catalog.duckdb"
    filled(path)
    return path


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    return shutil.copy(original, tmp_path / "catalog.duckdb")


@pytest.fixture
def catalog(path: Path) -> Iterator[Catalog]:
    with Catalog.open(path) as opened:
        yield opened


def damage(catalog: Catalog, sql: str) -> None:
    catalog.writer.write(lambda connection: connection.execute(sql))


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("DELETE FROM runs", "DELETE is not allowed"),
        ("SELECT 1; SELECT 2", "one statement at a time"),
        ("EXPLAIN ANALYZE DELETE FROM runs", "EXPLAIN of a statement that writes is not allowed"),
        (
            "EXPLAIN (ANALYZE, FORMAT json) INSERT INTO runs SELECT * FROM runs",
            "EXPLAIN of a statement that writes",
        ),
        ("/* x */ EXPLAIN ANALYZE DELETE FROM runs", "EXPLAIN of a statement that writes"),
        ("EXPLAIN ANALYZE WITH x AS (SELECT 1) DELETE FROM runs", "read-only"),
        ("SELECT * FROM read_text('/etc/passwd')", "disabled"),
        ("COPY runs TO 'x.csv'", "COPY is not allowed"),
        ("SELEC 1", "syntax error"),
    ],
)
def test_queries_on_an_open_catalog_can_only_read(catalog: Catalog, sql: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        ask(catalog.writer, sql)
    assert ask(catalog.writer, "SELECT count(*) FROM runs").rows == ((1,),)
    catalog.events.add([Event("after", "p1", "play", 1_780_000_000.0)])
    assert catalog.events.count() == 2


def test_a_query_is_limited_in_rows_and_says_so(catalog: Catalog) -> None:
    answer = ask(catalog.writer, "SELECT * FROM range(100)", rows=10)
    assert (len(answer.rows), answer.cut) == (10, True)
    assert ask(catalog.writer, "EXPLAIN SELECT * FROM performance_by_template").rows


def test_a_query_that_takes_too_long_is_cancelled_and_others_go_on(catalog: Catalog) -> None:
    slow = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE (a.range * b.range) % 7 = 1"
    with pytest.raises(DocumentError, match=r"took longer than 0\.2 s"):
        ask(catalog.writer, slow, limit_s=0.2)
    assert ask(catalog.writer, "SELECT 1", limit_s=5.0).rows == ((1,),)


def test_a_sound_catalog_has_no_findings(catalog: Catalog) -> None:
    report = catalog.writer.read(lambda connection: look_over(connection, 7))
    assert (report.findings, report.size_bytes, report.rows["assets"], report.rows["events"]) == ((), 7, 2, 1)
    assert sorted(catalog.writer.read(library_files)) == [("a" * 64, "a" * 64, ""), ("b" * 64, "b" * 64, "")]


@pytest.mark.parametrize(
    ("sql", "finding_text"),
    [
        ("DELETE FROM assets WHERE sha256 LIKE 'b%'", "entries of owners whose asset is gone"),
        ("DELETE FROM holdings WHERE sha256 LIKE 'b%'", "assets without owner"),
        ("DELETE FROM assets WHERE sha256 LIKE 'a%'", "works that use assets which are gone"),
        ("DELETE FROM work_versions", "works whose current version"),
        ("DELETE FROM works", "versions of works that are gone"),
        ("INSERT INTO findings VALUES ('x', 'q', 1, '{}', '', '', 0)", "findings on assets that are gone"),
        (
            "INSERT INTO asset_facts SELECT 'a', 'q', 'f', 1, NULL FROM range(2)",
            "two findings of one analyser",
        ),
        ("DELETE FROM words", "entries missing from the word index"),
        ("DELETE FROM productions", "events of productions that are gone"),
        ("DELETE FROM productions", "parts of productions that are gone"),
        ("INSERT INTO events SELECT * FROM events", "events counted twice"),
        ("DELETE FROM event_sums", "wrong sums of events"),
        ("DELETE FROM runs", "segments of runs that are gone"),
        ("INSERT INTO run_segments SELECT * FROM run_segments", "segments counted twice"),
    ],
)
def test_each_inconsistency_is_found_with_its_remedy(catalog: Catalog, sql: str, finding_text: str) -> None:
    damage(catalog, sql)
    found = catalog.writer.read(lambda connection: look_over(connection, 0)).findings
    (one,) = [finding for finding in found if finding_text in finding.what]
    assert one.count >= 1
    assert one.examples
    assert one.remedy


def test_a_backup_taken_under_load_is_whole_and_holds_all_that_was_acknowledged(
    catalog: Catalog, tmp_path: Path
) -> None:
    stop, acknowledged = threading.Event(), []

    def load() -> None:
        number = 0
        while not stop.is_set():
            catalog.events.add([Event(f"n{number}", "p1", "view", 1_780_000_000.0)])
            acknowledged.append(f"n{number}")
            number += 1

    thread = threading.Thread(target=load)
    thread.start()
    try:
        for number in range(4):
            before = len(acknowledged)
            target = tmp_path / f"b{number}.duckdb"
            assert keeping.back_up(catalog, target) == target.stat().st_size
            with Catalog.open(target) as copy:
                assert copy.events.count() >= before + 1
                assert copy.writer.read(lambda connection: look_over(connection, 0)).findings == ()
    finally:
        stop.set()
        thread.join()
    assert not list(tmp_path.glob(".*"))


def test_a_backup_runs_beside_open_queries(catalog: Catalog, tmp_path: Path) -> None:
    def work(connection: duckdb.DuckDBPyConnection) -> object:
        rows = connection.execute("SELECT * FROM range(100000)")
        rows.fetchone()
        keeping.back_up(catalog, tmp_path / "b.duckdb")
        return rows.fetchone()

    assert catalog.writer.read(work) == (1,)
    with Catalog.open(tmp_path / "b.duckdb") as copy:
        assert copy.events.count() == 1


def test_a_backup_is_restored_and_the_old_catalog_kept(path: Path, tmp_path: Path) -> None:
    with Catalog.open(path) as catalog:
        keeping.back_up(catalog, tmp_path / "b.duckdb")
        catalog.events.add([Event("later", "p1", "play", 1_780_000_000.0)])
    restored = keeping.put_back(tmp_path / "b.duckdb", path)
    assert restored.kept is not None
    for file, count in ((path, 1), (restored.kept, 2)):
        with Catalog.open(file) as catalog:
            assert catalog.events.count() == count


@pytest.mark.parametrize("content", [b"", b"no catalog at all", b"\0" * 20_000])
def test_an_invalid_backup_leaves_the_catalog_unchanged(path: Path, tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.duckdb"
    bad.write_bytes(content)
    if not content:
        bad.unlink()
    before = path.read_bytes()
    with pytest.raises(StoreError):
        keeping.put_back(bad, path)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.glob("*.duckdb.*")] == []


def test_a_catalog_that_is_open_is_not_replaced(catalog: Catalog, tmp_path: Path) -> None:
    keeping.back_up(catalog, tmp_path / "b.duckdb")
    script = (
        "import sys; from pathlib import Path; from farm_catalog.backup import put_back\n"
        "put_back(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    completed = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "b.duckdb"), str(catalog.path)],
        capture_output=True,
        text=True,
    )
    assert "MachineError" in completed.stderr
    assert "in use by process" in completed.stderr


def test_a_backup_that_cannot_be_written_leaves_nothing(catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError, match="cannot be written"):
        keeping.back_up(catalog, tmp_path / "file" / "b.duckdb")


def test_only_the_newest_backups_are_kept_and_no_other_file_is_removed(tmp_path: Path) -> None:
    for day in range(1, 11):
        (tmp_path / f"catalog-202611{day:02}T000000Z.duckdb").write_text("")
    (tmp_path / "catalog-mine.duckdb").write_text("")
    assert not keeping.is_due(tmp_path)
    gone = keeping.prune(tmp_path, 7)
    assert [path.name for path in gone] == [f"catalog-202611{day:02}T000000Z.duckdb" for day in (3, 2, 1)]
    assert len(keeping.backups(tmp_path)) == 7
    assert (tmp_path / "catalog-mine.duckdb").exists()
    for path in keeping.backups(tmp_path):
        os.utime(path, (0, 0))
    assert keeping.is_due(tmp_path)


def test_every_table_is_exported_and_reads_back(catalog: Catalog, tmp_path: Path) -> None:
    folder, rows = export(catalog)
    files = move(folder, tmp_path / "out")
    assert {path.stem for path in files} == set(rows)
    assert (rows["events"], rows["assets"], rows["runs"]) == (1, 2, 1)
    assert not folder.exists()
    for path in files:
        (count,) = duckdb.execute(f"SELECT count(*) FROM '{path}'").fetchone() or (-1,)
        assert count == rows[path.stem]
    assert duckdb.execute(
        f"SELECT name, tags FROM '{tmp_path}/out/holdings.parquet' ORDER BY 1"
    ).fetchall() == [
        ("b", []),
        ("金表.jpg", ["watch"]),
    ]


def test_the_word_index_is_rebuilt(catalog: Catalog) -> None:
    damage(catalog, "DELETE FROM words")
    assert catalog.assets.words().rebuild() == 2
    assert [hit.sha256 for hit in catalog.assets.words().find("金表", None, 9)] == ["a" * 64]
    assert not catalog.assets.words().tend()


def test_pages_cut_before_the_join_are_those_cut_after_it(catalog: Catalog) -> None:
    catalog.assets.add(
        [Arrival(f"{number:064x}", 9, "shop", f"n{number}", ("many",)) for number in range(30)]
    )
    # A limit that all meet asks of the assets themselves, so that the page is cut after the join.
    wide = Wanted("shop", limits=(("size_bytes", ">", 0),))
    for offset in (0, 7, 30):
        one, other = (
            [(entry.sha256, entry.owner) for entry in catalog.assets.page(want, 9, offset)]
            for want in (Wanted("shop"), wide)
        )
        assert one == other
    assert catalog.assets.count(Wanted("shop", tags=("many",))) == 30
