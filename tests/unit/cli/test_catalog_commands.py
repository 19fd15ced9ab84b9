"""`farm stats` and `farm sql`, as a user calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from farm.cli.main import run
from farm_catalog.run_record import spool
from tests.unit.catalog.test_catalog import record


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FARM_HOME", str(tmp_path))
    return tmp_path


def test_stats_take_the_spool_in_first(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spool(record(), home / "spool")
    assert run(["stats", "--json"]) == 0
    statistics = json.loads(capsys.readouterr().out)
    assert (statistics["videos"], statistics["frames"], statistics["reuse_ratio"]) == (1, 60, 0.5)
    assert run(["stats"]) == 0
    assert "cores for 60,000 videos a day" in capsys.readouterr().out


@pytest.mark.usefixtures("home")
def test_stats_of_nothing_are_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stats"]) == 0
    assert "–" in capsys.readouterr().out


def test_sql_prints_rows(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spool(record(), home / "spool")
    run(["stats"])
    capsys.readouterr()
    assert run(["sql", "SELECT name, frames FROM runs", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"name": "金表", "frames": 60}]


@pytest.mark.usefixtures("home")
def test_sql_that_writes_is_a_wrong_document(capsys: pytest.CaptureFixture[str]) -> None:
    run(["stats"])
    assert run(["sql", "DROP TABLE runs"]) == 2
    assert "DROP is not allowed; allowed: SELECT, EXPLAIN" in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_sql_without_a_catalog_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sql", "SELECT 1"]) == 4
    assert "there is no catalog at" in capsys.readouterr().err
