"""A farm over several hosts with real jobs on it, and the checks after each mishap."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from farm.client.client import FarmClient
from farm.cluster.farm_state import FarmState
from farm.cluster.process_tree import Process, belonging, running
from farm.contract.fleet import Drain, FleetService
from farm.errors import FarmError
from farm.local.run import in_process, request_for, run
from farm.settings import Settings
from tests.cluster.lan import Host, Lan
from tests.golden.shop import picture

RULES = {"lease_floor_s": 20, "straggler_floor_s": 6, "quarantine_s": 5, "disk_floor_bytes": 8 * 2**20}
PATIENCE_S = 240.0


class Floor:
    """A head and nodes that a watchdog keeps up, and a client."""

    def __init__(self, folder: Path, nodes: tuple[str, ...], **environment: str) -> None:
        self.folder = folder
        self.lan = Lan(
            folder, {"FARM_STORE_URL": str(folder / "shared"), "FARM_RULES": json.dumps(RULES), **environment}
        )
        self.head = self.lan.host("head")
        self.nodes = {name: self.lan.host(name) for name in nodes}
        self._watchdogs: dict[str, subprocess.Popen[bytes]] = {}
        self._photo = folder / "photo.jpg"
        self._serial = 0
        picture(640, 480).save(self._photo)

    def up(self) -> None:
        """Start the head, then the nodes, each under its watchdog."""
        address = self.head.address
        self._watch(self.head, "--workers", "1", "--cluster-ip", address, "--host", address)
        self.until(lambda: self.state(self.head).ready, "the head is up")
        for host in self.nodes.values():
            self.join(host)
        self.until(lambda: self.queue()["workers"] == 1 + len(self.nodes), "all workers are there")

    def join(self, host: Host) -> None:
        """Start a node under its watchdog."""
        host.home.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.head.home / "ray-token", host.home / "ray-token")
        self._watch(host, "--workers", "1", "--address", f"{self.head.address}:6390")

    def down(self) -> None:
        """Stop everything; nothing may stay."""
        folders = [
            self.state(host).folder for host in (self.head, *self.nodes.values()) if host.home.exists()
        ]
        for watchdog in reversed(self._watchdogs.values()):
            watchdog.terminate()
        for watchdog in self._watchdogs.values():
            watchdog.wait(60)
        self.lan.close()
        for folder in folders:
            assert belonging(running(), folder) == {}
            assert not Path(folder).exists()

    # What is asked

    def client(self) -> FarmClient:
        """Return a client that waits out what the farm needs to come back."""
        key = (self.head.home / "operator.key").read_text()
        return FarmClient(f"http://{self.head.address}:8700", key=key, patience_s=90.0)

    def call(self, path: str) -> Any:
        """Ask the API, as long as it takes."""
        client = self.client()
        try:
            return client.connection.ask("GET", path).json()
        finally:
            client.close()

    def queue(self) -> Any:
        """Return what waits and runs."""
        return self.call("/v1/queue")

    def state(self, host: Host) -> FarmState:
        """Return what `farm up` wrote down there."""
        state = FarmState.read(Settings(host.home).state)
        return state or FarmState(0, "/nowhere", "", "", 0, 0.0, False)

    def watchdog(self, host: Host) -> subprocess.Popen[bytes]:
        """Return the process that keeps a host up."""
        return self._watchdogs[host.name]

    def processes(self, host: Host, word: str) -> list[Process]:
        """Return a host's processes with a word in their command."""
        mine = belonging(running(), self.state(host).folder)
        return [one for one in running() if one.pid in mine and word in one.command]

    def until(self, true: Any, what: str, for_s: float = PATIENCE_S) -> None:
        """Wait until something holds."""
        until_s = time.monotonic() + for_s
        while True:
            try:
                if true():
                    return
            except FarmError:
                pass
            if time.monotonic() > until_s:
                raise AssertionError(f"it did not come about within {for_s:.0f} s that {what}")
            time.sleep(0.2)

    # Jobs

    @contextmanager
    def work(self, jobs: int = 5, shots: int = 3, frames: int = 60) -> Iterator[list[str]]:
        """Submit jobs, let them be hurt, and check at the end that each is done once, byte by byte as it must be."""
        documents = [self._document(shots, frames) for _ in range(jobs)]
        client = self.client()
        try:
            ids = [
                client.submit(document, f"job-{index}.yaml", self.folder)
                for index, document in enumerate(documents)
            ]
            yield ids
            ended = [client.wait(job_id) for job_id in ids]
        finally:
            client.close()
        assert [job.state for job in ended] == ["done"] * jobs, [job.message for job in ended]
        for job, document in zip(ended, documents, strict=True):
            states = [
                one["state"] for one in self.call(f"/v1/jobs/{job.id}/events") if one["kind"] == "state"
            ]
            assert states.count("done") == 1
            assert states[-1] == "done"
            assert job.production is not None
            assert job.production.sha256 == self._alone(document)
        self._check_clean()

    def tinted(self, without: tuple[str, ...]) -> Any:
        """Return the report of a video with the plugin acme's tint, made while some hosts are drained."""
        known = {one["address"]: one["node"] for one in self.call("/v1/nodes")}
        hosts = {"head": self.head, **self.nodes}
        drained = [known[hosts[name].address] for name in without]
        clip = {"kind": "image", "src": "photo.jpg", "duration": "20f", "effects": ["acme.tint"]}
        self._serial += 1
        document = json.dumps(
            {
                # The same document submitted again would be the same job.
                "name": f"tint {self._serial}",
                "timeline": {
                    "tracks": [{"clips": [clip | {"opacity": 0.5 + shot / 10} for shot in range(4)]}]
                },
                "output": {"size": "320x240", "fps": 30, "variants": 4},
            }
        )
        client = self.client()
        try:
            for node in drained:
                client.ask(FleetService.drain, node=node, order=Drain(cause="test"))
            ended = client.wait(client.submit(document, "tint.yaml", self.folder))
            assert ended.state == "done", ended.message
            files = client.download(ended.id, self.folder / "tint")
            return json.loads(files.report.read_text())
        finally:
            for node in drained:
                client.ask(FleetService.restore, node=node)
            client.close()

    def _check_clean(self) -> None:
        """Nothing runs and no temporary file lies about."""
        self.until(lambda: self.queue()["running"] == 0, "no lease is left", 60.0)
        for host in (self.head, *self.nodes.values()):
            self.until(lambda host=host: not _left(host.home), f"{host.name} swept its temporary files", 90.0)
        self.until(lambda: not _left(self.folder / "shared"), "the shared store was swept", 90.0)

    def _document(self, shots: int, frames: int) -> str:
        self._serial += 1
        clips = [
            {
                "kind": "image",
                "src": "photo.jpg",
                "duration": f"{frames}f",
                "opacity": round(0.5 + 0.4 * shot / shots, 3),
                "name": f"{os.getpid()}-{self._serial}-{shot}",
            }
            for shot in range(shots)
        ]
        words = {
            "kind": "text",
            "text": f"{self.folder.name} {self._serial}",
            "duration": f"{shots * frames}f",
        }
        return json.dumps(
            {
                "timeline": {"tracks": [{"clips": clips}, {"clips": [words]}]},
                "output": {"size": "960x540", "fps": 30, "quality": "high", "variants": 4},
            }
        )

    def _alone(self, document: str) -> str:
        """Return the hash of the video that one undisturbed process makes of a document."""
        path = self.folder / "alone.json"
        path.write_text(document)
        settings = Settings(self.folder / "alone")
        request = request_for(path, self.folder / "alone" / "out", use_cache=False)
        (view,) = run(in_process(settings), [request])
        assert view.production is not None, view.message
        return view.production.sha256

    def _watch(self, host: Host, *words: str) -> None:
        command = (sys.executable, "-m", "farm", "up", "--watch", *words)
        self._watchdogs[host.name] = host.popen(*command, log=self.folder / f"{host.name}.log")


def _left(folder: Path) -> list[Path]:
    """Return the temporary files below a folder."""
    return [path for path in folder.rglob(".farm-*") if path.is_file()]
