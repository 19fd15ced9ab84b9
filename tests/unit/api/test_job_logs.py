"""A job's log over HTTP: operators see machines, tenants their own jobs and no internals of the farm."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from farm.cli.main import run
from farm.services.job_log import FARMS_FAULT
from farm.telemetry.log import FILE, JsonLines, SharedFile, ids
from tests.contract.small_farm import SmallFarm, served, words


def write(farm: SmallFarm, says: str, **fields: Any) -> None:
    """Log a line as a worker of the farm does."""
    file = SharedFile(farm.settings.logs / FILE)
    file.setFormatter(JsonLines("worker", "node-7"))
    record = logging.LogRecord("farm", logging.WARNING, "", 0, says, (), None)
    record.ids = ids(worker="worker-1", fence=5, **fields)["ids"]
    file.emit(record)


def accepted(farm: SmallFarm, key: str) -> str:
    job_id: str = farm.client(key).post("/v1/jobs?tag=nobody-has-it", content=words("a")).json()["id"]
    return job_id


def test_operators_see_machines_and_tenants_do_not(locked: SmallFarm) -> None:
    shop, operator = locked.key("shop", "submit"), locked.key("house", "operate")
    job_id = accepted(locked, shop)
    write(locked, "lease failed: bad-1 cannot be decoded", job=job_id, blame="job", task="segment", index=0)
    write(locked, "retry: worker-2 on node-9: no room", job=job_id, blame="disk", trace="Traceback …")
    write(locked, "lease failed: of another", job="other", blame="job")

    logs = locked.client(operator).get(f"/v1/jobs/{job_id}/logs").json()
    assert (logs["nodes"], logs["silent"], len(logs["lines"])) == (1, 0, 2)
    assert {"node": "node-7", "worker": "worker-1", "fence": 5, "trace": "Traceback …"}.items() <= logs[
        "lines"
    ][1].items()

    own = locked.client(locked.key("shop", "read")).get(f"/v1/jobs/{job_id}/logs").json()
    first, second = own["lines"]
    assert (first["says"], first["blame"]) == ("lease failed: bad-1 cannot be decoded", "job")
    assert (second["says"], second["blame"]) == (FARMS_FAULT, "farm")
    for hidden in ("node-7", "node-9", "worker-1", "worker-2", "Traceback"):
        assert hidden not in json.dumps(own)
    assert [one["trace"] for one in own["lines"]] == ["", ""]


def test_only_the_newest_lines_are_returned(locked: SmallFarm) -> None:
    operator = locked.client(locked.key("house", "operate"))
    job_id = accepted(locked, locked.key("shop", "submit"))
    for number in range(5):
        write(locked, f"line {number}", job=job_id)
    logs = operator.get(f"/v1/jobs/{job_id}/logs?limit=2").json()
    assert [one["says"] for one in logs["lines"]] == ["line 3", "line 4"]
    assert operator.get(f"/v1/jobs/{job_id}/logs?limit=1001").status_code == 422


def test_anothers_job_has_no_log(locked: SmallFarm) -> None:
    job_id = accepted(locked, locked.key("shop", "submit"))
    write(locked, "lease failed", job=job_id)
    other = locked.client(locked.key("other", "submit"))
    assert other.get(f"/v1/jobs/{job_id}/logs").status_code == 404
    assert locked.client().get(f"/v1/jobs/{job_id}/logs").status_code == 401


def test_the_command_prints_lines_and_tracebacks(
    farm: SmallFarm, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id: str = farm.client().post("/v1/jobs", content=words("bad-1")).json()["id"]
    farm.ended(job_id)
    with served(farm.api) as url:
        monkeypatch.setenv("FARM_ADDRESS", url)
        assert run(["jobs", "logs", job_id]) == 0
        assert "there are no log lines about it" in capsys.readouterr().err
        write(
            farm, "lease failed: x", job=job_id, task="segment", index=1, took_s=2.0, trace="Traceback\n  row"
        )
        assert run(["jobs", "logs", job_id, "--follow"]) == 0
        out = capsys.readouterr().out
        assert "warning  node-7/worker-1  segment 2 (2.0 s)  lease failed: x" in out
        assert "      row" in out
        assert run(["jobs", "logs", job_id, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["says"] == "lease failed: x"
