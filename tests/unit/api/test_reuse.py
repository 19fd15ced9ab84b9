"""Reuse is shown to a tenant only where it had rendered the segment itself; the bytes are shared nevertheless."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from farm.contract.previews import PlanForecast, PlannedSegment
from farm.settings import Settings
from farm.worker.halt import HaltSignal
from farm.worker.task import SegmentResult, SegmentTask, Spent
from tests.contract.fake_worker import FakeWorker
from tests.contract.small_farm import SmallFarm, words


class SharingWorker(FakeWorker):
    """Uses what it has rendered before, for whomever."""

    def render(self, task: SegmentTask, halt: HaltSignal) -> SegmentResult:
        if task.segment.key in self.rendered() and task.use_cache:
            return SegmentResult(task.segment.key, 10, 100, True, "libx264", Spent(), "n1")
        return super().render(task, halt)


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[SmallFarm]:
    def make(settings: Settings) -> FakeWorker:
        return SharingWorker(settings)

    with SmallFarm(tmp_path / "shared", keys=True, make=make) as farm:
        yield farm


def client(farm: SmallFarm, tenant: str, role: str = "submit") -> TestClient:
    return farm.client(farm.key(tenant, role))


def made(farm: SmallFarm, who: TestClient, *keys: str, **query: Any) -> dict[str, Any]:
    job_id = who.post("/v1/jobs", content=words(*keys), params=query).json()["id"]
    farm.ended(job_id)
    job: dict[str, Any] = who.get(f"/v1/jobs/{job_id}").json()
    assert job["state"] == "done"
    return job


def test_another_tenants_segments_are_not_revealed(shared: SmallFarm) -> None:
    one, other = client(shared, "one"), client(shared, "other")
    assert made(shared, one, "secret", "caption")["segments"] == {"total": 2, "done": 2, "reused": 0}
    guess = made(shared, other, "secret", "mine")
    assert guess["segments"] == {"total": 2, "done": 2, "reused": 0}
    # Not rendered again all the same.
    assert sorted(shared.controller.conductor._executor._worker.rendered()) == [  # type: ignore[attr-defined]
        "caption",
        "mine",
        "secret",
    ]
    assert made(shared, other, "secret", "mine")["segments"]["reused"] == 2
    assert made(shared, one, "secret", "mine")["segments"]["reused"] == 1


def test_report_list_and_events_agree(shared: SmallFarm) -> None:
    one, other = client(shared, "one"), client(shared, "other")
    first = made(shared, one, "secret")
    guess = made(shared, other, "secret")
    reports = [who.get(f"/v1/jobs/{job['id']}/report").json() for who, job in ((one, first), (other, guess))]
    assert reports[0]["reuse"] == reports[1]["reuse"] == {"segments": 1, "reused": 0, "frames_reused": 0.0}
    assert reports[0] == reports[1]
    (listed,) = other.get("/v1/jobs").json()["jobs"]
    assert listed["segments"]["reused"] == 0
    stories = [
        [
            (event["state"], event["cause"].split()[0])
            for event in who.get(f"/v1/jobs/{job['id']}/events").json()
        ]
        for who, job in ((one, first), (other, guess))
    ]
    assert stories[0] == stories[1]
    entry = shared.controller.journal.jobs.get(guess["id"])
    assert entry is not None
    assert entry.summary["segments"]["reused"] == 0
    # Operators have the worker's report as it is.
    operator = client(shared, "ops", "operate")
    assert operator.get(f"/v1/jobs/{guess['id']}/report").json()["segments"][0]["reused"] is True


def test_a_farm_without_keys_shows_all_reuse(tmp_path: Path) -> None:
    with SmallFarm(tmp_path, make=SharingWorker) as farm:
        made(farm, farm.client(), "word")
        with farm.controller.journal.database.transaction() as connection:
            connection.execute("DELETE FROM rendered")
        assert made(farm, farm.client(), "word")["segments"]["reused"] == 1
        farm.key("ops", "operate")
        with farm.controller.journal.database.transaction() as connection:
            connection.execute("DELETE FROM rendered")
        assert made(farm, farm.client(), "word")["segments"]["reused"] == 0


def test_a_webhook_reveals_no_more(shared: SmallFarm) -> None:
    made(shared, client(shared, "one"), "secret")
    job = made(shared, client(shared, "other"), "secret", webhook="https://93.184.216.34/hook")
    (message,) = shared.controller.journal.outbox.of(job["id"])
    assert json.loads(message.body)["data"]["segments"]["reused"] == 0


def test_a_plan_shows_only_the_tenants_own_segments_as_stored(
    shared: SmallFarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plan(_scope: object, **_arguments: object) -> PlanForecast:
        segments = [
            PlannedSegment(index=index, start=0, stop=1, key=key, stored=True, cpu_s=0.5)
            for index, key in enumerate(("secret", "mine"))
        ]
        return PlanForecast(
            frames=2,
            duration_s=1.0,
            rate="2",
            estimated_cpu_s=0.0,
            segments=segments,
            elements={},
            warnings=[],
        )

    monkeypatch.setattr(shared.previews, "plan", plan)
    one, other = client(shared, "one"), client(shared, "other", "read")
    made(shared, one, "secret")

    def stored(who: TestClient) -> tuple[list[bool], float]:
        forecast = who.post("/v1/plan", content=words("secret", "mine")).json()
        return [segment["stored"] for segment in forecast["segments"]], forecast["estimated_cpu_s"]

    assert stored(other) == ([False, False], 1.0)
    assert stored(one) == ([True, False], 0.5)
    assert stored(client(shared, "ops", "operate")) == ([True, True], 0.0)


def test_times_while_a_job_runs_are_estimates(shared: SmallFarm) -> None:
    made(shared, client(shared, "one"), "secret")
    other = client(shared, "other")
    job_id = other.post("/v1/jobs", content=words("secret", "slow-one")).json()["id"]
    seen: list[dict[str, Any]] = []
    while not seen:
        job = other.get(f"/v1/jobs/{job_id}").json()
        seen = [part for part in job["parts"] if part["state"] != "waiting"]
        assert seen or job["state"] not in ("done", "failed")
    assert {(part["state"], part["cpu_s"]) for part in seen} == {("done", 0.1)}
    shared.ended(job_id)
