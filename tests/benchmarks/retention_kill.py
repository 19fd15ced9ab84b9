"""A real farm in a process of its own, its files on disk, killed again and again while it collects garbage."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import httpx
import uvicorn

from farm.errors import MediaError
from farm.journal.media import media_named
from farm.journal.retention import RetentionKind, RetentionRule
from farm.retention.horizon import DAY_S
from farm.retention.places import Places
from farm.retention.sweep import Graces
from farm.settings import Settings
from farm.store.open import blob_store, library_store
from farm.worker.halt import HaltSignal
from farm.worker.task import AssembleTask, AssemblyResult, PlanTask, SegmentResult, SegmentTask, Spent
from tests.contract.fake_worker import FakeWorker
from tests.contract.small_farm import SmallFarm

RULES_S: Final = {
    RetentionKind.UPLOADS: 8.0,
    RetentionKind.UNOWNED: 4.0,
    RetentionKind.PRODUCTIONS: 12.0,
    RetentionKind.SEGMENTS: 8.0,
    RetentionKind.LIBRARY: 8.0,
    RetentionKind.PARTIAL: 8.0,
    RetentionKind.JOBS: 16.0,
}
"""The rules of this farm, in seconds."""
GRACES: Final = Graces(blob_s=4.0, upload_s=4.0)
EVERY_S: Final = 1.0
PHOTO_BYTES: Final = 30_000
SEGMENT_BYTES: Final = 20_000
PATIENCE_S: Final = 60.0


class TinyWorker(FakeWorker):
    """Makes no video, but reads its media, keeps its segments in the store and joins them, as workers do."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._store = blob_store(settings)
        self._library = library_store(settings)

    def plan(self, task: PlanTask) -> Any:
        self._look_for_media(task.document)
        words = hashlib.sha256(task.document.encode()).hexdigest()
        return super().plan(replace(task, document=" ".join(hashlib.sha256(f"{words}{one}".encode()).hexdigest()
                                                            for one in range(2))))  # fmt: skip

    def render(self, task: SegmentTask, halt: HaltSignal) -> SegmentResult:
        halt.check()
        key = task.segment.key
        if self._store.find(key, ".mp4") is None:
            self._store.put_bytes(key, ".mp4", (key * (SEGMENT_BYTES // 64 + 1)).encode())
        return SegmentResult(key, 10, SEGMENT_BYTES, False, "libx264", Spent(total_s=0.1), str(os.getpid()))

    def assemble(self, task: AssembleTask, halt: HaltSignal) -> AssemblyResult:
        made = super().assemble(task, halt)
        data = b""
        for segment in task.plan.segments:
            path = self._store.find(segment.key, ".mp4")
            if path is None:
                self.render(SegmentTask(task.job_id, task.plan, segment, True), halt)
                path = self._store.path_of(segment.key, ".mp4")
            data += path.read_bytes()
        Path(made.video).write_bytes(data)
        self._store.trim()
        return replace(made, size_bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

    def _look_for_media(self, document: str) -> None:
        for sha256 in media_named(document):
            path = self._store.find(sha256) or self._library.find(sha256)
            if path is None or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
                raise MediaError(f"LOST: the media {sha256} are not there")


def serve_farm(home: str, port: int) -> int:
    """Run the farm until it is killed."""
    farm = SmallFarm(Path(home), make=TinyWorker, collect_every_s=EVERY_S)
    for kind, seconds in RULES_S.items():
        farm.controller.journal.retention.keep(
            kind.value, "", RetentionRule(seconds / DAY_S, keep_used=kind is RetentionKind.PRODUCTIONS)
        )
    farm.controller.storage_thread.graces = GRACES
    if farm.controller.storage_thread.collected_s is None:
        # A farm that never collected lets ten minutes pass first.
        farm.controller.journal.orders.give("collected", 0.0)
    farm.controller.start()
    with farm:
        uvicorn.run(farm.api, host="127.0.0.1", port=port, log_level="error", lifespan="off")
    return 0


class Farm:
    """The farm's process: started, killed, started again on the same folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.kills = 0
        self._log = (home.parent / "farm.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "tests.benchmarks.retention", "farm", str(self.home), str(self.port)]
        self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log)
        until_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < until_s:
            try:
                httpx.get(f"{self.url}/healthz", timeout=5).raise_for_status()
                return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError(f"the farm does not answer; see {self._log.name}")

    def kill(self) -> bool:
        """Kill it, in the middle of a collection where one begins soon; return whether it was in one."""
        assert self._process is not None
        until_s = time.monotonic() + 3.0
        in_collection = False
        while time.monotonic() < until_s and not in_collection:
            in_collection = _is_held(self.home / "collector.lock")
            time.sleep(random.uniform(0.0, 0.005))
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.kills += 1
        self.start()
        return in_collection

    def stop(self) -> None:
        """Kill it for good."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()


def _is_held(lock: Path) -> bool:
    import fcntl

    if not lock.exists():
        return False
    with lock.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


class Client:
    """Sends what an owner would, again where the farm is away or refuses for the moment."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=30)
        self.again = 0

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask until there is an answer that is one."""
        until_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                answer = self._http.request(method, path, **more)
                if answer.status_code not in (429, 500, 503):
                    return answer
            except httpx.HTTPError:
                pass
            assert time.monotonic() < until_s, f"{method} {path} got no answer"
            self.again += 1
            time.sleep(0.2)

    def upload(self, data: bytes) -> str:
        """Upload a file; it is the sender's once this returns."""
        sha256 = hashlib.sha256(data).hexdigest()
        answer = self.ask("PUT", f"/v1/blobs/{sha256}", content=data)
        assert answer.status_code == 201, answer.text
        return sha256


def kill(jobs: int, kills: int, seed: int) -> int:
    """Run jobs, kill the farm meanwhile, and look at what is left; return the exit code."""
    random.seed(seed)
    folder = Path(tempfile.mkdtemp(prefix="farm-retention-"))
    farm = Farm(folder / "home")
    client = Client(farm.url)
    began_s = time.monotonic()
    lost: list[str] = []
    kept = [b"asset %d " % number * 2000 for number in range(20)]
    for data in kept:
        sha256 = client.upload(data)
        assert client.ask("POST", "/v1/assets", json={"assets": [{"sha256": sha256}]}).status_code == 202
    work = client.ask("POST", "/v1/works", json={"product": {"name": "Watch", "points": ["light"]}}).json()
    production = client.ask("POST", f"/v1/works/{work['work_id']}/render").json()["production"]
    accepted: list[str] = []
    peaks: list[int] = []
    in_collection = 0
    over = threading.Event()

    def strike() -> None:
        nonlocal in_collection
        while farm.kills < kills and not over.wait(random.uniform(2.0, 6.0)):
            in_collection += farm.kill()

    def measure() -> None:
        while not over.wait(2.0):
            peaks.append(stored_bytes(farm.home))

    threads = [threading.Thread(target=one) for one in (strike, measure)]
    for one in threads:
        one.start()
    photos: list[bytes] = []
    for number in range(jobs):
        # Some photos come again, also after they were let go of.
        data = random.choice(photos[-400:]) if photos and random.random() < 0.5 else fresh_photo(number)
        photos.append(data)
        named = [client.upload(data), hashlib.sha256(random.choice(kept)).hexdigest()]
        slots = {"words": f"video {number}", "photos": [f"sha256:{one}" for one in named]}
        answer = client.ask("POST", "/v1/jobs", json={"template": "fake.words", "slots": slots},
                            headers={"Idempotency-Key": f"job {number}"})  # fmt: skip
        if answer.status_code != 202:
            lost.append(f"job {number} was refused: {answer.text[:200]}")
            continue
        accepted.append(answer.json()["id"])
        if number % 50 == 0:
            _check_ended(client, accepted[-40:-30], lost)
    threads[0].join()
    over.set()
    threads[1].join()
    states = _states(client)
    failed = {job: state for job, state in states.items() if state != "done"}
    lost += [f"job {job} ended as {state}" for job, state in failed.items()]
    time.sleep(max(RULES_S.values()) + RULES_S[RetentionKind.UNOWNED] + 4 * EVERY_S + GRACES.blob_s)
    client.ask("GET", "/healthz")
    for data in kept:
        sha256 = hashlib.sha256(data).hexdigest()
        found = client.ask("GET", f"/v1/assets/{sha256}/files/content")
        if found.content != data:
            lost.append(f"asset {sha256[:12]}: {found.status_code}")
    if client.ask("GET", f"/v1/jobs/{production}/video").status_code != 200:
        lost.append("the video of a work that exists")
    left = client.ask("GET", "/v1/store/usage").json()
    trouble = client.ask("GET", "/healthz").json()["trouble"]
    farm.stop()
    made_bytes = jobs * 2 * SEGMENT_BYTES * 2 + sum(len(one) for one in {*photos})
    needed_bytes = 2 * sum(map(len, kept)) + 4 * SEGMENT_BYTES
    last_bytes = stored_bytes(farm.home)
    took_s = time.monotonic() - began_s
    print(f"{len(accepted):,} jobs accepted, {len(states):,} remembered at the end, in {took_s:.0f} s")
    print(
        f"killed {farm.kills} times, {in_collection} of them while it collected; {client.again} requests sent again"
    )
    print(f"written: {made_bytes / 1e6:.0f} MB; on disk at most {max(peaks) / 1e6:.0f} MB, at the end "
          f"{last_bytes / 1e6:.2f} MB, of which {needed_bytes / 1e6:.2f} MB are needed")  # fmt: skip
    print(
        "left:",
        json.dumps([[one["kind"], one["place"], one["items"], one["size_bytes"]] for one in left["files"]]),
    )
    print("trouble:", trouble)
    for line in lost[:20]:
        print("LOST:", line)
    bounded = max(peaks) < made_bytes / 2 and last_bytes < needed_bytes * 2
    print(f"nothing needed was lost: {not lost}; bytes bounded: {bounded}")
    if not lost and bounded:
        shutil.rmtree(folder)
        return 0
    print(f"everything is left in {folder}")
    return 1


def fresh_photo(number: int) -> bytes:
    """Return bytes that no other photo has."""
    return random.Random(number).randbytes(PHOTO_BYTES)


def _check_ended(client: Client, jobs: list[str], lost: list[str]) -> None:
    """Look at the video of jobs that ended lately: their files must be there."""
    for job in jobs:
        response = client.ask("GET", f"/v1/jobs/{job}")
        if response.status_code == 404:
            continue  # it ended so long ago that the journal has let go of it
        if response.json()["state"] == "done":
            answer = client.ask("GET", f"/v1/jobs/{job}/video")
            ended_s = time.time() - _epoch(response.json()["finished_at"])
            if answer.status_code != 200 and ended_s < RULES_S[RetentionKind.PRODUCTIONS] - 1:
                lost.append(f"video of {job}, {ended_s:.0f} s old: {answer.status_code}")


def _epoch(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()


def _states(client: Client) -> dict[str, str]:
    """Wait until no job is unfinished, and return how those ended that are remembered."""
    until_s = time.monotonic() + 600
    while client.ask("GET", "/healthz").json()["unfinished"]:
        assert time.monotonic() < until_s
        time.sleep(0.5)
    states: dict[str, str] = {}
    cursor = None
    while True:
        page = client.ask(
            "GET", "/v1/jobs", params={"limit": 500} | ({"cursor": cursor} if cursor else {})
        ).json()
        states |= {one["id"]: one["state"] for one in page["jobs"]}
        cursor = page["next"]
        if cursor is None:
            return states


def stored_bytes(home: Path) -> int:
    """Return the bytes of blobs and productions on disk."""
    places = Places.of(Settings(home))
    total = 0
    for one in places.blobs:
        for prefix in one.prefixes():
            total += sum(blob.size_bytes for blob in one.blobs(prefix))
    return total + sum(stored.size_bytes for _, stored in places.productions.walk())
