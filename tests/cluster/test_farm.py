"""A whole farm: started as ``farm up`` does it, used over HTTP, hurt, and stopped without a trace."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest

from farm.cluster.farm_state import FarmState
from farm.cluster.process_tree import belonging, running
from farm.settings import Settings
from farm.telemetry.figures import FIGURES, MetricKind

LIFECYCLE = """
import sys
from pathlib import Path
from farm.cluster.lifecycle import Head, down, up
from farm.errors import FarmError
from farm.settings import Settings
from tests.contract.fake_worker import FakeWorker, StillbornWorker
settings = Settings(Path(sys.argv[2]))
try:
    if sys.argv[1] == "up":
        make = StillbornWorker if "stillborn" in sys.argv else FakeWorker
        up(settings, Head(port=int(sys.argv[3]), workers=2, make=make))
    else:
        print(down(settings))
except FarmError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


def lifecycle(*words: str | Path | int) -> subprocess.CompletedProcess[str]:
    """Run ``up`` or ``down`` in a process of its own: this one is in the session's cluster."""
    return subprocess.run(
        [sys.executable, "-c", LIFECYCLE, *map(str, words)],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "FARM_LOG": "info",
            # Five times as often as usual: a test waits for the figures.
            "RAY_metrics_report_interval_ms": "2000",
        },
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


class Running:
    """A farm and a client of its API."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30.0)

    def up(self) -> None:
        done = lifecycle("up", self.settings.home, self.port)
        assert done.returncode == 0, done.stderr

    def state(self) -> FarmState:
        state = FarmState.read(self.settings.state)
        assert state is not None
        return state

    def submit(self, words: str, key: str | None = None) -> str:
        headers = {"Idempotency-Key": key} if key else {}
        response = self.http.post(
            "/v1/jobs", content=f"template: t\nslots: {{words: {words}}}", headers=headers
        )
        assert response.status_code == 202, response.text
        return str(response.json()["id"])

    def job(self, job_id: str) -> dict[str, Any]:
        response = self.http.get(f"/v1/jobs/{job_id}")
        response.raise_for_status()
        found: dict[str, Any] = response.json()
        return found

    def wait(self, job_id: str, for_s: float = 60.0) -> dict[str, Any]:
        until_s = time.monotonic() + for_s
        while time.monotonic() < until_s:
            try:
                job = self.job(job_id)
            except httpx.HTTPError:
                time.sleep(0.2)
                continue
            if job["state"] in ("done", "failed", "cancelled"):
                return job
            time.sleep(0.1)
        raise AssertionError(f"{job_id} did not end within {for_s} s: {self.job(job_id)}")


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("farm")
    # As earlier versions left it.
    home.chmod(0o755)
    farm = Running(home)
    farm.up()
    folder = farm.state().folder
    try:
        yield farm
    finally:
        done = lifecycle("down", farm.settings.home)
        farm.http.close()
    assert done.stdout.strip() == "True", done.stderr
    assert belonging(running(), folder) == {}
    assert not Path(folder).exists()
    assert not farm.settings.state.exists()
    assert lifecycle("down", farm.settings.home).stdout.strip() == "False"


def test_a_job_over_http_comes_out_as_a_file(farm: Running) -> None:
    job = farm.wait(farm.submit("a1 a2"))
    assert job["state"] == "done"
    assert job["segments"] == {"total": 2, "done": 2, "reused": 0}
    assert farm.http.get(job["links"]["video"]).content == b"a1 a2"
    assert farm.http.get(job["links"]["report"]).status_code == 200
    listed = farm.http.get("/v1/jobs?state=done").json()["jobs"]
    assert job["id"] in {one["id"] for one in listed}


def test_a_repeated_submit_is_the_same_job(farm: Running) -> None:
    first = farm.submit("b1", key="b")
    assert farm.submit("b1", key="b") == first
    other = farm.http.post(
        "/v1/jobs", content="template: t\nslots: {words: c}", headers={"Idempotency-Key": "b"}
    )
    assert other.status_code == 409
    assert "used before" in other.json()["detail"]


def test_a_failed_job_gives_its_reason(farm: Running) -> None:
    job = farm.wait(farm.submit("bad-1"))
    assert (job["state"], job["message"]) == ("failed", "segment 1 of 1: bad-1 cannot be decoded")
    response = farm.http.get(f"/v1/jobs/{job['id']}/video")
    assert response.status_code == 409


def test_stats_count_what_was_made(farm: Running) -> None:
    job_id = farm.submit("d1")
    farm.wait(job_id)
    stats = farm.http.get("/v1/stats").json()
    assert stats["videos"] >= 1
    assert stats["jobs"]["done"] >= 1
    assert stats["workers"] == 2


def figures(farm: Running) -> dict[str, list[dict[str, str]]]:
    """Return what Prometheus would find of the farm's own: names, and the labels of each series."""
    text = httpx.get(f"http://127.0.0.1:{farm.state().metrics_port}/metrics", timeout=10.0).text
    found: dict[str, list[dict[str, str]]] = {}
    for name, labels in re.findall(r"^ray_(farm_\w+)\{(.*)\} [^{]*$", text, re.MULTILINE):
        found.setdefault(name, []).append(dict(re.findall(r'(\w+)="([^"]*)"', labels)))
    return found


def test_its_figures_are_served_under_their_names(farm: Running) -> None:
    assert farm.wait(farm.submit("m1 m2"))["state"] == "done"
    assert farm.wait(farm.submit("bad-m"))["state"] == "failed"
    waiting = [farm.submit(f"slow-m{number}a slow-m{number}b slow-m{number}c") for number in range(4)]
    unknown = {"Authorization": "Bearer farm_00000000_nobodys"}
    assert farm.http.get("/v1/jobs", headers=unknown).status_code == 401
    # Webhooks, retries, collections and verifications happened to nobody yet.
    expected = FIGURES.keys() - {
        "farm_webhooks",
        "farm_retries_total",
        "farm_collected_bytes_total",
        "farm_damaged_files",
    }
    served = {
        name: {MetricKind.COUNTER: name, MetricKind.GAUGE: name, MetricKind.HISTOGRAM: f"{name}_bucket"}[
            FIGURES[name].kind
        ]
        for name in expected
    }
    until_s = time.monotonic() + 60.0
    found = figures(farm)
    while missing := set(served.values()) - found.keys():
        assert time.monotonic() < until_s, missing
        time.sleep(1.0)
        found = figures(farm)
    assert {farm.wait(job_id)["state"] for job_id in waiting} == {"done"}
    for name, shown in served.items():
        for series in found[shown]:
            assert set(FIGURES[name].labels) <= series.keys(), name
    assert {one["reused"] for one in found["farm_segments_total"]} >= {"false"}
    assert {one["class"] for one in found["farm_failures_total"]} == {"job"}
    assert {one["le"] for one in found["farm_job_wait_seconds_bucket"]} >= {"0.1", "+Inf"}


def test_its_log_has_leases_and_jobs_with_their_ids(farm: Running) -> None:
    job_id = farm.submit("bad-l")
    assert farm.wait(job_id)["state"] == "failed"
    refused = farm.http.get("/v1/jobs/none/why")
    assert refused.status_code == 404
    lines = [json.loads(line) for line in (farm.settings.logs / "farm.jsonl").read_text().splitlines()]
    of_job = [line for line in lines if line.get("job") == job_id]
    assert {"lease given", "lease begins", "lease ends"} <= {line["says"] for line in of_job}
    failed = next(line for line in of_job if line["says"].startswith("lease failed"))
    assert {"fence", "worker", "node", "segment", "took_s", "cpu_s"} <= failed.keys()
    assert failed["blame"] == "job"
    ended = next(line for line in of_job if line["says"].startswith("job failed"))
    assert (ended["process"], ended["level"], ended["tenant"]) == ("controller", "warning", "default")
    logs = farm.http.get(f"/v1/jobs/{job_id}/logs").json()
    assert (logs["nodes"], logs["silent"]) == (1, 0)
    by_agent = next(line for line in logs["lines"] if line["says"] == failed["says"])
    assert (by_agent["worker"], by_agent["segment"], by_agent["blame"]) == (failed["worker"], 0, "job")
    assert "bad-l cannot be decoded" in by_agent["trace"]
    assert {"status": 404, "path": "/v1/jobs/none/why", "process": "api"}.items() <= next(
        line for line in lines if line.get("status") == 404
    ).items()


def test_it_listens_on_this_machine_alone(farm: Running) -> None:
    mine = belonging(running(), farm.state().folder)
    listening = {address for pid in mine for address in _listening(pid)}
    assert f"127.0.0.1:{farm.port}" in listening
    assert {address.rsplit(":", 1)[0] for address in listening} == {"127.0.0.1"}


def test_its_folders_are_its_users_alone(farm: Running) -> None:
    farm.wait(farm.submit("slow-modes"))
    settings = farm.settings
    for path in (settings.home, Path(farm.state().folder), settings.journal, settings.catalog, settings.logs):
        assert path.stat().st_mode & 0o077 == 0, path


def test_stalled_requests_hold_nobody_up_and_nobody_writes_their_own_address(farm: Running) -> None:
    begin = b"POST /v1/similar HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{"
    stalled = []
    for number in range(300):
        # Three addresses' shares.
        source = f"127.0.0.{2 + number // 100}"
        stalled.append(socket.create_connection(("127.0.0.1", farm.port), source_address=(source, 0)))
        stalled[-1].sendall(begin)
    try:
        assert farm.http.get("/readyz").status_code == 200
        assert farm.wait(farm.submit("slow-besieged"))["state"] == "done"
        # uvicorn would believe this of whoever is on this machine, and the address would have no bound.
        for number in range(140):
            source = socket.create_connection(("127.0.0.1", farm.port), source_address=("127.0.0.9", 0))
            source.sendall(
                begin.replace(b"\r\n\r\n", b"\r\nX-Forwarded-For: 203.0.113.%d\r\n\r\n" % (number % 250))
            )
            stalled.append(source)
        last = stalled[-1]
        last.settimeout(20.0)
        assert last.recv(100).startswith(b"HTTP/1.1 429")
    finally:
        for one in stalled:
            one.close()


def test_files_are_sent_whole_in_ranges_and_without_a_body(farm: Running) -> None:
    job_id = farm.submit("slow-files")
    farm.wait(job_id)
    whole = farm.http.get(f"/v1/jobs/{job_id}/video")
    assert whole.status_code == 200
    part = farm.http.get(f"/v1/jobs/{job_id}/video", headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, whole.content[2:6])
    assert farm.http.head(f"/v1/jobs/{job_id}/video").headers["content-length"] == str(len(whole.content))
    data = os.urandom(3_000_000)
    address = f"/v1/blobs/{hashlib.sha256(data).hexdigest()}"
    # Larger than what the edge keeps in memory.
    assert farm.http.put(address, content=data).status_code == 201
    assert farm.http.get(address).content == data
    assert list((farm.settings.home / "store" / "incoming").iterdir()) == []


def _listening(pid: int) -> list[str]:
    """Return the addresses on which a process listens for TCP, IPv4 within IPv6 as IPv4."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").glob("*"):
        with suppress(OSError):
            target = os.readlink(link)
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    found = []
    for name in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                hexadecimal, port = fields[1].split(":")
                raw = bytes.fromhex(hexadecimal)
                words = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
                address = ip_address(words)
                inner = getattr(address, "ipv4_mapped", None) or address
                found.append(f"{inner}:{int(port, 16)}")
    return found


def test_a_second_farm_in_the_same_home_is_refused(farm: Running) -> None:
    done = lifecycle("up", farm.settings.home, farm.port)
    assert done.returncode == 1
    assert "MachineError: a farm runs already at" in done.stderr
    assert farm.http.get("/healthz").status_code == 200


def test_a_port_that_is_taken_is_refused_before_anything_starts(farm: Running, tmp_path: Path) -> None:
    done = lifecycle("up", tmp_path, farm.port)
    assert done.returncode == 1
    assert f"cannot listen at 127.0.0.1:{farm.port}" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_farm_that_cannot_start_says_why_and_leaves_no_process(tmp_path: Path) -> None:
    before = {one.pid for one in running() if "farm-ray-" in one.command}
    other = Running(tmp_path)
    done = lifecycle("up", tmp_path, other.port, "stillborn")
    other.http.close()
    assert done.returncode == 1
    assert "MachineError: the farm did not come up: no worker could be started" in done.stderr
    assert "no libEGL; install libegl1" in done.stderr
    assert {one.pid for one in running() if "farm-ray-" in one.command} <= before
    assert not other.settings.state.exists()


def test_a_killed_controller_comes_back_with_its_jobs(farm: Running) -> None:
    jobs = [farm.submit(f"slow-e{number}a slow-e{number}b") for number in range(4)]
    pid = farm.http.get("/healthz").json()["pid"]
    os.kill(pid, signal.SIGKILL)
    for job_id in jobs:
        assert farm.wait(job_id)["state"] == "done"
    assert farm.http.get("/healthz").json()["pid"] != pid


def test_jobs_outlive_the_whole_farm(farm: Running) -> None:
    jobs = [farm.submit(f"slow-f{number}a slow-f{number}b") for number in range(4)]
    mine = belonging(running(), farm.state().folder)
    for pid in mine:
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(httpx.HTTPError):
        farm.http.get("/healthz")
    farm.up()
    for job_id in jobs:
        assert farm.wait(job_id)["state"] == "done"
