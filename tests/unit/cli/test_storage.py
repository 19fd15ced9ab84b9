"""`farm store` where no farm runs: usage, rules, collection, verification."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from farm.cli.main import run
from farm.retention.collector_lock import collecting
from farm.store.blobs import blob_name
from tests.contract.retained_farm import RetainedFarm


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a FARM_HOME with an upload, a segment and a finished job."""
    monkeypatch.setenv("FARM_HOME", str(tmp_path))
    farm = RetainedFarm(tmp_path)
    farm.upload("shop", b"upload")
    farm.segment(b"segment")
    farm.accept("job", "shop")
    farm.end("job", b"video")
    farm.close()
    return tmp_path


def json_output(capsys: pytest.CaptureFixture[str], *args: str, code: int = 0) -> object:
    capsys.readouterr()
    assert run([*args, "--json"]) == code
    found: object = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.usefixtures("home")
def test_usage_and_rules(capsys: pytest.CaptureFixture[str]) -> None:
    usage = json_output(capsys, "store", "usage")
    assert isinstance(usage, dict)
    assert [one["uploads"] for one in usage["tenants"]] == [1]
    assert run(["store", "keep", "uploads", "--tenant", "shop", "--days", "2", "--bytes", "1024"]) == 0
    assert "uploads of shop are kept for 2 days, 1.0 KiB at most" in capsys.readouterr().out
    rules = json_output(capsys, "store", "rules")
    assert isinstance(rules, list)
    assert rules[-1]["own"]
    assert run(["store", "rules"]) == 0
    assert "while their work exists" in capsys.readouterr().out
    assert run(["store", "reset", "uploads", "--tenant", "shop"]) == 0
    assert run(["store", "reset", "uploads", "--tenant", "shop"]) == 5
    assert run(["store", "keep", "uploadz", "--days", "2"]) == 2
    assert run(["store", "usage"]) == 0


def test_collection(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dry = json_output(capsys, "store", "gc", "--dry-run")
    assert isinstance(dry, dict)
    assert (dry["dry_run"], dry["freed"]) == (True, [])
    assert run(["store", "gc"]) == 0
    assert "0 B were freed" in capsys.readouterr().out
    with collecting(home):
        assert run(["store", "gc"]) == 5
    assert "already running" in capsys.readouterr().err


def test_verification_exits_with_what_it_found(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["store", "verify"]) == 0
    assert "0 damaged" in capsys.readouterr().out
    (segment,) = home.glob("store/??/*.mp4")
    segment.write_bytes(b"spoiled")
    found = json_output(capsys, "store", "verify", code=4)
    assert isinstance(found, dict)
    assert [blob_name(one["name"][:64], ".mp4") for one in found["damages"]] == [
        str(segment.relative_to(home / "store"))
    ]
    assert run(["store", "repair"]) == 0
    assert not segment.exists()
    assert run(["store", "verify"]) == 0
    (media,) = (one for one in home.glob("store/??/*") if not one.suffix)
    media.unlink()
    assert run(["store", "repair"]) == 4
    assert "tenant shop" in capsys.readouterr().out
