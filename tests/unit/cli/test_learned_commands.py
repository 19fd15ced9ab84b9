"""`farm events import`, `farm dash`, `farm catalog`, `farm sql`: on this machine and through a running farm alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farm.cli import catalog as catalog_commands
from farm.cli import catalog_file, remote
from farm.cli.main import run
from farm_catalog.asset_entry import Arrival
from farm_catalog.catalog import Catalog
from tests.contract.small_farm import SmallFarm, served
from tests.unit.catalog.productions_made import make

MADE = [("p1", "shop", "story.clean", "watch"), ("p2", "shop", "story.bold", "watch")]
ROWS = [
    {"id": f"{kind}{number}", "production": production, "kind": kind, "at": 1_780_000_000, "count": 10}
    for production in ("p1", "p2")
    for kind in ("play", "click")
    for number in (1, 2)
]


@pytest.fixture(params=["here", "farm"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield a farm's home with two productions; with ``farm`` one runs there and has the catalog open."""
    monkeypatch.setenv("FARM_HOME", str(tmp_path / "home"))
    path = tmp_path / "home" / "catalog.duckdb"
    with Catalog.open(path) as catalog:
        make(catalog, MADE)
    if request.param == "here":
        yield path.parent
        return
    with SmallFarm(path.parent) as farm, served(farm.api) as url:
        farm.controller.catalog_handle.catalog()
        for module in (catalog_file, catalog_commands, remote):
            monkeypatch.setattr(module, "running_farm", lambda _settings: url)
        yield path.parent


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "events.ndjson"
    unique = {
        (row["id"], row["production"]): row | {"id": f"{row['production']} {row['id']}"} for row in ROWS
    }
    path.write_text("\n".join(json.dumps(row) for row in unique.values()), encoding="utf-8")
    return path


@pytest.mark.usefixtures("home")
def test_files_are_imported_once_with_every_problem_at_its_line(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(
        "id,production,kind,at,count\nx1,p1,play,1780000000,3\nx2,p9,play,1780000000,3\nx3,p1,play,tomorrow,-3\n"
    )
    assert run(["events", "import", str(file)]) == 0
    assert "8 imported, 0 already known" in capsys.readouterr().out
    assert run(["events", "import", str(file), str(wrong), "--json"]) == 2
    captured = capsys.readouterr()
    first, second = json.loads(captured.out)
    assert (first["taken"], first["repeated"]) == (0, 8)
    assert (second["taken"], second["refused"]) == (1, 2)
    places = sorted((one["line"], one["path"]) for one in second["problems"])
    assert places == [(3, "production"), (4, "at"), (4, "count")]
    assert "line 4  count" in captured.err


@pytest.mark.usefixtures("home")
def test_a_file_of_wrong_events_is_reported_line_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.ndjson"
    wrong.write_text('{"id": "a"}\nnonsense\n')
    assert run(["events", "import", str(wrong)]) == 2
    captured = capsys.readouterr()
    assert "0 imported, 0 already known, 2 refused" in captured.out
    assert "line 1  production  is missing" in captured.err
    assert "line 2  is not JSON" in captured.err


@pytest.mark.usefixtures("home")
def test_unreadable_files_are_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.xlsx").write_text("")
    (tmp_path / "x.csv").write_bytes(b"id,production,kind,at\n\xff\xfe,p1,play,1780000000\n")
    for name, message in (("x.xlsx", "--format"), ("gone.csv", "No such file"), ("x.csv", "not UTF-8")):
        assert run(["events", "import", str(tmp_path / name)]) == 2
        assert message in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_the_dashboard_is_printed_and_written(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["dash"]) == 0
    assert "farm events import FILE" in capsys.readouterr().err
    run(["events", "import", str(file)])
    capsys.readouterr()
    assert run(["dash"]) == 0
    output = capsys.readouterr().out
    assert "story.clean" in output
    assert "100.0 % (91.2–100.0)" in output
    assert run(["dash", "--html", str(tmp_path / "out" / "dash.html"), "--days", "3650"]) == 0
    assert "<!doctype html>" in (tmp_path / "out" / "dash.html").read_text(encoding="utf-8")
    capsys.readouterr()
    assert run(["dash", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["funnel"][1]["count"] == 40


def test_sql_and_stats_answer(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(["sql", "SELECT production, asked_at_s > 0 AS known FROM productions ORDER BY 1", "--json"]) == 0
    )
    assert json.loads(capsys.readouterr().out) == [
        {"production": "p1", "known": True},
        {"production": "p2", "known": True},
    ]
    assert run(["sql", "DELETE FROM productions"]) == 2
    assert "DELETE is not allowed" in capsys.readouterr().err
    assert run(["stats", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["videos"] == 0
    assert home.exists()


def test_the_catalog_is_checked_backed_up_and_exported(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["catalog", "check"]) == 0
    assert "no problems found" in capsys.readouterr().out
    target = tmp_path / "mine" / "backup.duckdb"
    assert run(["catalog", "backup", str(target)]) == 0
    with Catalog.open(target) as copy:
        assert len(copy.productions.page(None, 9)) == 2
    assert len(list((home / "backups").glob("catalog-*.duckdb"))) == 1
    assert run(["catalog", "export", "-o", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "productions.parquet").stat().st_size > 0
    assert list((home / "exports").iterdir()) == []


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FARM_HOME", str(tmp_path))
    with Catalog.open(tmp_path / "catalog.duckdb") as catalog:
        make(catalog, MADE)
        catalog.assets.add([Arrival("a" * 64, 9, "shop", "金表.jpg", ("watch",))])
    return tmp_path


def names(home: Path) -> list[str]:
    with Catalog.open(home / "catalog.duckdb") as catalog:
        return sorted(one.production for one in catalog.productions.page(None, 9))


def test_a_missing_file_of_the_library_is_found_with_its_remedy(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["catalog", "check", "--json"]) == 4
    (one,) = json.loads(capsys.readouterr().out)["findings"]
    assert (one["what"], one["count"]) == ("assets whose files are missing from the library", 1)
    assert "farm assets add" in one["remedy"]
    assert run(["catalog", "check", "--no-files"]) == 0
    assert here.exists()


def test_a_backup_is_restored_and_the_old_catalog_kept(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["catalog", "backup", str(here / "b.duckdb")]) == 0
    with Catalog.open(here / "catalog.duckdb") as catalog:
        make(catalog, [("p3", "shop", "t", "watch")])
    capsys.readouterr()
    assert run(["catalog", "restore", str(here / "b.duckdb"), "--json"]) == 0
    restored = json.loads(capsys.readouterr().out)
    assert names(here) == ["p1", "p2"]
    assert Path(restored["kept"]).exists()
    assert run(["catalog", "restore", str(here / "none.duckdb")]) == 4


def test_rebuilding_keeps_what_only_the_catalog_has(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Catalog.open(here / "catalog.duckdb") as catalog:
        catalog.writer.write(lambda connection: connection.execute("DELETE FROM words"))
    assert run(["catalog", "rebuild", "--json"]) == 0
    rebuilt = json.loads(capsys.readouterr().out)
    assert (rebuilt["runs"], rebuilt["entries"], rebuilt["lost"]) == (0, 1, "")
    assert names(here) == ["p1", "p2"]
    assert run(["catalog", "check", "--no-files"]) == 0


@pytest.mark.parametrize("with_backup", [True, False])
def test_a_damaged_catalog_is_replaced_by_its_newest_backup(
    here: Path, with_backup: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if with_backup:
        assert run(["catalog", "backup"]) == 0
        (here / "backups" / "catalog-20991231T000000Z.duckdb").write_bytes(b"damaged as well")
    (here / "catalog.duckdb").write_bytes(b"\0" * 50_000)
    capsys.readouterr()
    assert run(["catalog", "rebuild", "--json"]) == 0
    rebuilt: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert names(here) == (["p1", "p2"] if with_backup else [])
    assert bool(rebuilt["backup"]) is with_backup
    assert "events" in rebuilt["lost"]
    assert Path(rebuilt["kept"]).read_bytes() == b"\0" * 50_000


def test_what_needs_the_file_for_itself_is_refused_while_a_farm_runs(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalog_file, "running_farm", lambda _settings: "http://127.0.0.1:1")
    for command in (["catalog", "rebuild"], ["catalog", "restore", str(here / "catalog.duckdb")]):
        assert run(command) == 5
        assert "farm down" in capsys.readouterr().err
