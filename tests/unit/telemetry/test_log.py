"""The log: lines that parse, carry the ids, hold no secrets, and stay within their files."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farm.errors import MachineError
from farm.scheduling.instruction import Lease
from farm.telemetry.log import FILE, JsonLines, SharedFile, close_log, ids, lease_ids, log, open_log
from farm.worker.task import PlanTask


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    close_log()


def lines(folder: Path) -> list[dict[str, Any]]:
    path = folder / FILE
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_lines_carry_the_ids_of_a_lease(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARM_LOG", "info")
    open_log(tmp_path, "worker", "node-1")
    lease = Lease(7, "worker-a", PlanTask("job-1", "{}", "x.yaml", None))
    log.info("lease %s", "begins", extra=lease_ids(lease, cpu_s=1.5))
    (line,) = lines(tmp_path)
    assert line["says"] == "lease begins"
    fields = {
        "job": "job-1",
        "worker": "worker-a",
        "fence": 7,
        "node": "node-1",
        "task": "plan",
        "cpu_s": 1.5,
    }
    assert fields.items() <= line.items()
    assert {"at", "level", "process", "pid"} <= line.keys()


def test_quiet_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FARM_LOG", raising=False)
    open_log(tmp_path, "worker")
    log.info("routine")
    log.warning("trouble", extra=ids(job="a", node=None, tenant=""))
    (line,) = lines(tmp_path)
    assert (line["says"], line["job"]) == ("trouble", "a")
    assert "node" not in line
    assert "tenant" not in line


def test_an_unknown_level_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARM_LOG", "inof")
    with pytest.raises(MachineError, match="did you mean `info`"):
        open_log(tmp_path, "worker")


def test_importing_configures_nothing() -> None:
    program = (
        "import logging; import farm.telemetry.log as l; "
        "assert not logging.getLogger().handlers; "
        "assert [type(h).__name__ for h in l.log.handlers] == ['NullHandler']; l.log.error('nowhere')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("refused farm_0a1b2c3d_Zm9vYmFy-_x of a tenant", "Zm9vYmFy"),
        ("signed with whsec_c2VjcmV0LWJ5dGVz+/=", "c2VjcmV0"),
        ("cannot fetch https://ann:hunter2@cdn.shop/x.jpg", "hunter2"),
        ("cannot fetch https://b.s3/x.jpg?X-Amz-Signature=deadbeef&a=1", "deadbeef"),
        ("cannot fetch https://b.oss/x.jpg?OSSAccessKeyId=i&Signature=s3cr3t", "s3cr3t"),
    ],
)
def test_secrets_are_hidden(text: str, secret: str) -> None:
    record = logging.LogRecord("farm", logging.WARNING, "", 0, "%s", (text,), None)
    record.ids = {"cause": text}
    line = JsonLines("api", "").format(record)
    assert secret not in line
    assert "***" in line


def test_a_full_file_is_set_aside_and_old_ones_go(tmp_path: Path) -> None:
    handler = SharedFile(tmp_path / FILE, file_bytes=300, older=2)
    handler.setFormatter(JsonLines("x", ""))
    for number in range(20):
        handler.handle(logging.LogRecord("farm", logging.WARNING, "", 0, "line %d", (number,), None))
    names = sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("."))
    assert names == [FILE, f"{FILE}.1", f"{FILE}.2"]
    assert all(path.stat().st_size <= 300 for path in tmp_path.iterdir())
    assert lines(tmp_path)[-1]["says"] == "line 19"


WRITER = """
import sys
from pathlib import Path
from farm.telemetry.log import open_log, log, ids
open_log(Path(sys.argv[1]), sys.argv[2])
for number in range(200):
    log.warning("x" * 100, extra=ids(number=number))
"""


def test_processes_share_a_file(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(n)]) for n in range(3)]
    assert [one.wait() for one in writers] == [0, 0, 0]
    written = [(line["process"], line["number"]) for line in lines(tmp_path)]
    assert sorted(written) == sorted((str(n), number) for n in range(3) for number in range(200))


def test_invisible_characters_are_escaped(tmp_path: Path) -> None:
    open_log(tmp_path, "test")
    log.warning("job %s", "a\u202eb\x9b\x1b[31m\nforged", extra=ids(source="x\u2066y"))
    close_log()
    (line,) = (tmp_path / FILE).read_text(encoding="utf-8").splitlines()
    assert line.isprintable()
    assert not set(line) & set("\u202e\u2066\x9b\x1b")
    assert json.loads(line)["says"] == "job a\u202eb\x9b\x1b[31m\nforged"
    assert json.loads(line)["source"] == "x\u2066y"
