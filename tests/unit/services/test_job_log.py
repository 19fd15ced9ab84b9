"""Log lines of a job: the newest in order, of this job alone, shown to tenants in part."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from farm.services.job_log import (
    FARMS_FAULT,
    NEWEST_BYTES,
    LogLine,
    for_tenant,
    lines_about,
    merged,
)
from farm.telemetry.log import FILE, JsonLines, SharedFile, ids


class Log:
    """A machine's log, written as the farm's processes write it."""

    def __init__(self, folder: Path, *, file_bytes: int = 2**20, process: str = "worker") -> None:
        self._file = SharedFile(folder / FILE, file_bytes=file_bytes)
        self._file.setFormatter(JsonLines(process, "node-1"))

    def write(self, says: str, **fields: Any) -> None:
        record = logging.LogRecord("farm", logging.WARNING, "", 0, says, (), None)
        record.ids = ids(**fields)["ids"]
        self._file.emit(record)


def test_without_log_lines_the_answer_is_empty(tmp_path: Path) -> None:
    assert lines_about(tmp_path / "none", "a") == []
    Log(tmp_path).write("of another", job="b")
    assert lines_about(tmp_path, "a") == []


def test_a_line_has_all_logged_fields(tmp_path: Path) -> None:
    Log(tmp_path).write(
        "lease failed: no room", job="a", worker="worker-1", task="segment", index=2, fence=7, took_s=1.5,
        cpu_s=1.2, blame="disk", trace="Traceback …",
    )  # fmt: skip
    (line,) = lines_about(tmp_path, "a")
    assert (line.level, line.process, line.says) == ("warning", "worker", "lease failed: no room")
    assert (line.node, line.worker, line.task, line.segment) == ("node-1", "worker-1", "segment", 2)
    assert (line.fence, line.took_s, line.cpu_s, line.blame) == (7, 1.5, 1.2, "disk")
    assert line.trace == "Traceback …"


def test_the_newest_lines_are_found_in_older_files_too(tmp_path: Path) -> None:
    log = Log(tmp_path, file_bytes=2_000)
    for number in range(40):
        log.write(f"line {number}", job="a" if number % 2 else "b")
    assert len(list(tmp_path.glob(f"{FILE}.*"))) >= 2
    found = [line.says for line in lines_about(tmp_path, "a", 10)]
    assert found == [f"line {number}" for number in range(21, 41, 2)]


def test_a_line_that_is_being_written_is_left_out(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.write("whole", job="a")
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"at": "2026", "job": "a", "says": "ha')
    assert [line.says for line in lines_about(tmp_path, "a")] == ["whole"]


def test_no_more_is_read_than_the_limit(tmp_path: Path) -> None:
    log = Log(tmp_path, file_bytes=16 * 2**20)
    for number in range(30):
        log.write("x" * 100_000, job="a", index=number)
    found = lines_about(tmp_path, "a")
    assert 0 < sum(len(line.says) for line in found) <= NEWEST_BYTES
    assert found[-1].segment == 29


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "ab"]),
            st.text(max_size=30) | st.just('", "job": "a", "x": "') | st.just('"job": "a"'),
        ),
        max_size=20,
    )
)
def test_nothing_that_others_write_passes_for_a_line_about_the_job(rows: list[tuple[str, str]]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        log = Log(Path(folder))
        for job_id, says in rows:
            log.write(says, job=job_id)
        assert len(lines_about(Path(folder), "a")) == sum(job_id == "a" for job_id, _ in rows)


def line(at: str, says: str = "x", **fields: Any) -> LogLine:
    return LogLine(at=at, level="warning", process="worker", says=says, **fields)


def test_lines_of_several_machines_are_in_order_of_time() -> None:
    parts = [[line("2026-01-01T00:00:01"), line("2026-01-01T00:00:03")], [line("2026-01-01T00:00:02")]]
    assert [one.at[-1] for one in merged(parts, 2)] == ["2", "3"]


def test_tenants_see_nothing_of_machines() -> None:
    full = line(
        "2026", "segment 1: /srv/farm/store/ab/cd.mp4 cannot be decoded", task="segment", segment=0, took_s=2.0,
        blame="job", node="node-7", worker="worker-1", fence=99, cpu_s=1.0, trace="File /opt/farm/x.py",
    )  # fmt: skip
    shown = for_tenant(full)
    assert shown.says == "segment 1: cd.mp4 cannot be decoded"
    assert (shown.task, shown.segment, shown.took_s, shown.blame) == ("segment", 0, 2.0, "job")
    text = json.dumps(asdict(shown))
    for hidden in ("node-7", "worker-1", "99", "/srv", "/opt", "Traceback"):
        assert hidden not in text


def test_tenants_see_only_that_a_fault_was_the_farms() -> None:
    for blame in ("host", "store", "disk"):
        shown = for_tenant(line("2026", "retry: segment 1: worker-9 on rack-3: no space left", blame=blame))
        assert (shown.says, shown.blame) == (FARMS_FAULT, "farm")


def test_addresses_of_the_web_are_no_folders() -> None:
    sentence = "https://shop.example/a/b.jpg cannot be fetched"
    assert for_tenant(line("2026", sentence, blame="job")).says == sentence
