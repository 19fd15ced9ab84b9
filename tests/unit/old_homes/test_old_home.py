"""The home of a farm of an earlier version opens in this one: nothing is lost, and what was left to do is done."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import pytest
from starlette.testclient import TestClient

from farm.cluster.farm_state import FarmState
from farm.plan.key import engine
from farm.worker.worker import Worker
from tests.contract.small_farm import SmallFarm, until
from tests.unit.old_homes.make import ORDER, UNHEARD, jpeg, long, photo

DATA = Path(__file__).parent / "data"
HOMES = ("home-5a90160", "home-dadd67f", "home-c4f80db")


@dataclass(frozen=True, slots=True)
class Reopened:
    """An old home and the farm of this version that runs on it."""

    farm: SmallFarm
    """The farm."""
    made: dict[str, Any]
    """What the old farm had done, from ``make.py``."""
    spooled: tuple[str, ...]
    """Names of the run records that were spooled when the farm was started."""
    paused: dict[str, str]
    """The paused queues right after the start."""

    def client(self, key: str) -> TestClient:
        """Return a client with one of the old farm's keys."""
        return self.farm.client(self.made["keys"][key])

    @property
    def operator(self) -> TestClient:
        """A client with the old operator's key."""
        return self.farm.client(self.farm.settings.operator_key.read_text())

    @property
    def same_engine(self) -> bool:
        """Whether what determines bytes, farm's engine and libraries, has the versions of then."""
        return bool(self.made.get("engine") == list(engine()))

    def ended(self, job_id: str) -> dict[str, Any]:
        """Wait until a job has ended; return its status."""
        return self.farm.ended(job_id)


@pytest.fixture(scope="module", params=HOMES)
def old(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reopened]:
    """Start a farm on an old home whose queue is paused, and resume it."""
    home = tmp_path_factory.mktemp("old") / "home"
    with tarfile.open(DATA / f"{request.param}.tar.xz") as archive:
        archive.extractall(home, filter="data")
        left_s = archive.getmember("made.json").mtime
    made = json.loads((home / "made.json").read_text())
    spooled = tuple(path.name for path in (home / "spool").iterdir())
    with pytest.MonkeyPatch.context() as patch:
        clock, began_s = time.time, time.time()
        # An hour after the old farm was stopped, for retention rules would remove what it left years ago.
        patch.setattr(time, "time", lambda: clock() - began_s + left_s + 3600.0)
        with SmallFarm(home, keys=True, make=Worker, fetch_allow=("127.0.0.1",)) as farm:
            farm.controller.start()
            operator = farm.client((home / "operator.key").read_text())
            paused = operator.get("/v1/queue").json()["paused"]
            assert operator.post("/v1/queue/resume", json={}).status_code == 200
            yield Reopened(farm, made, spooled, paused)


def answer(response: Any) -> Any:
    """Return the JSON of a successful response."""
    assert response.is_success, response.text
    return response.json()


def frames_in(video: Path | io.BytesIO) -> int:
    """Return how many frames a video has that can be decoded."""
    with av.open(video, "r") as container:
        return len(list(container.decode(video=0)))


def test_the_state_file_of_the_running_farm_is_read(old: Reopened) -> None:
    state = FarmState.read(old.farm.settings.state)
    assert state is not None
    assert (state.role, state.ready, state.ending, state.workers) == ("head", True, False, 1)
    assert not state.alive(())


def test_the_operators_pause_outlasts_the_version(old: Reopened) -> None:
    assert old.paused == {"": "rack move"}


@pytest.mark.parametrize("job", ["begun", "waiting"])
def test_unfinished_jobs_are_resumed_and_end(old: Reopened, job: str) -> None:
    status = old.ended(old.made["jobs"][job])
    assert (status["state"], status["segments"]["done"]) == ("done", status["segments"]["total"])
    assert status["segments"]["total"] >= old.made["begun_segments"]["total"] or job == "waiting"
    assert status["priority"] == (7 if job == "waiting" else 0)


def test_segments_of_a_job_that_was_under_way_are_not_rendered_again(old: Reopened) -> None:
    assert 0 < old.made["begun_segments"]["done"] < old.made["begun_segments"]["total"]
    if old.same_engine:
        job_id = old.made["jobs"]["begun"]
        old.ended(job_id)
        report = answer(old.client("read").get(f"/v1/jobs/{job_id}/report"))
        reused = [one["reused"] for one in report["segments"]]
        assert reused.count(True) >= old.made["begun_segments"]["done"]


def test_the_rows_of_an_unfinished_batch_become_jobs(old: Reopened) -> None:
    batch = f"/v1/batches/{old.made['batch']}"
    shop = old.client("submit")
    until(lambda: shop.get(batch).json()["state"] == "done")
    rows = answer(shop.get(batch))["rows"]
    assert rows == {"total": 2, "ended": 2, "done": 1, "wrong": 1}


def test_an_asset_whose_analysis_was_queued_is_analysed(old: Reopened) -> None:
    shop = old.client("submit")
    late = until(lambda: _ready(shop, "late.jpg"))
    assert late["sha256"] == old.made["late"]
    assert {"intake.fingerprint", "intake.picture"} <= set(late["findings"])


def _ready(client: TestClient, name: str) -> dict[str, Any] | None:
    entry: dict[str, Any] = client.get(f"/v1/assets/{name}").json()
    return entry if entry["state"] == "ready" else None


def test_keys_are_valid_for_what_they_were_and_revoked_ones_are_not(old: Reopened) -> None:
    job = f"/v1/jobs/{old.made['jobs']['plain']}"
    assert old.client("submit").get(job).status_code == 200
    assert old.client("read").get(job).status_code == 200
    assert old.client("read").delete(job).status_code == 403
    assert old.client("other").get(job).status_code == 404
    assert old.client("revoked").get(job).status_code == 401
    assert {one["label"] for one in answer(old.operator.get("/v1/keys"))} >= set(old.made["keys"])


def test_requests_are_repeated_by_their_idempotency_keys(old: Reopened) -> None:
    shop, made = old.client("submit"), old.made
    for name, document in [*made["documents"].items(), ("begun", long())]:
        again = shop.post("/v1/jobs", json=document, headers={"Idempotency-Key": name})
        assert (answer(again)["id"], answer(again)["repeated"]) == (made["jobs"][name], True)
    rows = {"Content-Type": "application/x-ndjson", "Idempotency-Key": "batch"}
    assert answer(shop.post("/v1/batches", content=made["rows"], headers=rows))["id"] == made["batch"]
    work = shop.post("/v1/works", json=ORDER, headers={"Idempotency-Key": "work"})
    assert answer(work)["work_id"] == made["work"]
    rendering = shop.post(f"/v1/works/{made['work']}/render", headers={"Idempotency-Key": "render"})
    assert answer(rendering)["production"] == made["production"]


def test_ended_jobs_keep_their_outcome_and_files(old: Reopened) -> None:
    shop, jobs = old.client("submit"), old.made["jobs"]
    for name, state in (
        ("plain", "done"),
        ("moving", "done"),
        ("failed", "failed"),
        ("cancelled", "cancelled"),
    ):
        assert answer(shop.get(f"/v1/jobs/{jobs[name]}"))["state"] == state
        assert answer(shop.get(f"/v1/jobs/{jobs[name]}/events"))[-1]["state"] == state
    assert "is a damaged picture" in answer(shop.get(f"/v1/jobs/{jobs['failed']}/why"))["why"]
    assert frames_in(io.BytesIO(shop.get(f"/v1/jobs/{jobs['moving']}/video").content)) == 16


def test_webhooks_of_the_outbox_are_signed_and_sent_again(old: Reopened) -> None:
    address = f"/v1/jobs/{old.made['jobs']['plain']}/webhooks"
    (message,) = answer(old.client("read").get(address))
    assert (message["url"], message["state"]) == (UNHEARD, "waiting")
    # A try begins with the signature, for which the secret of the old farm is unsealed.
    until(lambda: answer(old.client("read").get(address))[0]["tries"] > old.made["tries"])
    secrets = old.farm.controller.journal.access.tenant("shop").secrets(time.time())
    assert [secret[:6] for secret in secrets] == ["whsec_"]


def test_tenants_rules_and_the_audit_log_are_kept(old: Reopened) -> None:
    tenants = {one["tenant"]: one for one in answer(old.operator.get("/v1/tenants"))}
    assert (tenants["shop"]["weight"], tenants["shop"]["max_unfinished"]) == (2.0, 50)
    rules = answer(old.operator.get("/v1/store/rules"))
    assert [(one["kind"], one["days"]) for one in rules if one["tenant"] == "shop"] == [("uploads", 3650)]
    actions = [one["action"] for one in answer(old.operator.get("/v1/audit?limit=200"))["entries"]]
    assert {"POST /v1/keys", "PUT /v1/tenants/{tenant}", "POST /v1/queue/pause"} <= set(actions)
    usage = answer(old.operator.get("/v1/store/usage"))
    (shop,) = [one for one in usage["tenants"] if one["tenant"] == "shop"]
    assert shop["uploads"] == len(old.made["assets"]) + 2  # the torn one and the late one


def test_assets_are_found_by_their_findings(old: Reopened) -> None:
    shop, assets = old.client("read"), old.made["assets"]
    for name, sha256 in assets.items():
        entry = answer(shop.get(f"/v1/assets/{name}"))
        assert (entry["sha256"], entry["state"], set(entry["tags"])) == (
            sha256,
            "ready",
            {"kettle", "copper"},
        )
        preview = "filmstrip.jpg" if name.endswith(".mp4") else "thumbnail.jpg"
        assert shop.get(f"/v1/assets/{name}/files/{preview}").content.startswith(b"\xff\xd8")
    found = answer(shop.get("/v1/assets", params={"q": "copper"}))["assets"]
    assert {one["name"] for one in found} == set(assets)


def test_old_signatures_are_read_and_find_copies(old: Reopened) -> None:
    shop, assets = old.client("submit"), old.made["assets"]
    like = answer(shop.post("/v1/similar", json={"asset": "kettle-1.jpg"}))["assets"]
    assert [one["name"] for one in like if one["same"]] == ["kettle-1-copy.jpg"]
    # A frame of the clip, which only the signature of the clip knows.
    frame = jpeg(photo(21).resize((160, 160)).crop((6, 0, 126, 160)).resize((360, 480)))
    sha256 = hashlib.sha256(frame).hexdigest()
    assert shop.put(f"/v1/blobs/{sha256}", content=frame).is_success
    like = answer(shop.post("/v1/similar", json={"sha256": sha256}))["assets"]
    assert [one["sha256"] for one in like if one["same"]] == [assets["pouring.mp4"]]


def test_works_are_there_in_their_versions(old: Reopened) -> None:
    shop, work = old.client("submit"), f"/v1/works/{old.made['work']}"
    assert [shot["words"] for shot in answer(shop.get(work))["document"]["shots"]][1] == "Every evening"
    assert [one["head"] for one in answer(shop.get(f"{work}/versions"))].count(True) == 1
    assert answer(shop.post(f"{work}/undo"))["document"]["shots"][1]["words"] == "Every morning"
    assert answer(shop.post(f"{work}/redo"))["document"]["shots"][1]["words"] == "Every evening"
    shots = answer(shop.get("/v1/scripts/my-kettle"))["document"]["shots"]
    assert [shot["words"] for shot in shots] == ["{name}", "Every morning", "Pour yourself one"]
    assert answer(shop.get("/v1/library/templates/shop.own"))["document"]["style"] == {"ground": "deep"}


def test_a_production_is_rendered_again_to_the_same_bytes(old: Reopened) -> None:
    shop, made = old.client("submit"), old.made
    before = answer(shop.get(f"/v1/productions/{made['production']}"))
    assert (before["state"], before["work_id"]) == ("done", made["work"])
    again = old.ended(answer(shop.post(f"/v1/productions/{made['production']}/again"))["production"])
    assert again["state"] == "done"
    if old.same_engine:
        assert again["production"]["sha256"] == made["video_sha256"]


def test_audience_events_are_counted_once(old: Reopened) -> None:
    seen = {"production": old.made["production"], "at": "2026-05-28T20:26:40Z"}
    sent = [
        seen | {"id": "e1", "kind": "play", "count": 40},
        seen | {"id": "e2", "kind": "click", "count": 3},
    ]
    counts = answer(old.client("submit").post("/v1/events", json=sent))
    assert (counts["taken"], counts["repeated"]) == (0, 2)
    (row,) = answer(old.client("read").get("/v1/dash"))["by"]["template"]
    assert (row["name"], row["plays"], row["clicks"]) == ("shop.own", 40, 3)


def test_runs_that_were_spooled_are_in_the_catalog(old: Reopened) -> None:
    assert len(old.spooled) == 1
    question = {"sql": "SELECT count(*) FROM runs WHERE source = 'local.json'"}
    until(lambda: answer(old.operator.post("/v1/catalog/query", json=question))["rows"] == [[1]])
    assert not [path for path in old.farm.settings.spool.iterdir() if path.name in old.spooled]
    assert answer(old.operator.post("/v1/catalog/check"))["findings"] == []


def test_segments_of_the_same_job_are_reused(old: Reopened) -> None:
    shop = old.client("submit")
    job = answer(shop.post("/v1/jobs", json=old.made["documents"]["plain"]))["id"]
    assert old.ended(job)["state"] == "done"
    segments = answer(shop.get(f"/v1/jobs/{job}/report"))["segments"]
    if old.same_engine:
        # No plugin draws in this job, so that only a change of farm's own engine changes its keys.
        assert [one["key"] for one in segments] == old.made["segments"]["plain"]
        assert all(one["reused"] for one in segments)


def test_stored_segments_are_read_whether_or_not_their_keys_still_arise(old: Reopened) -> None:
    for key in (*old.made["segments"]["plain"], *old.made["segments"]["moving"]):
        path = old.farm.store.find(key, ".mp4")
        assert path is not None
        assert frames_in(path) > 0
