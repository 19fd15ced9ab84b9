"""The audit log: what clients changed, on disk before operators are answered."""

from __future__ import annotations

import time

import pytest

from farm.contract.audit import AuditService
from farm.errors import StoreError
from farm.journal.audit import AuditEntry, AuditFilter
from farm.services import audit as audit_module
from tests.contract.small_farm import SmallFarm, words
from tests.unit.api.test_jobs import assert_problem


def on_disk(farm: SmallFarm) -> list[AuditEntry]:
    return farm.controller.journal.audit.page(AuditFilter(), 100)


def test_operators_actions_are_on_disk_before_the_answer(locked: SmallFarm) -> None:
    key = locked.key("ops", "operate")
    client = locked.client(key)
    with locked.paused():
        made = client.post("/v1/keys", json={"tenant": "shop", "role": "read"}).json()
        (entry,) = on_disk(locked)
    assert (entry.action, entry.target, entry.status) == ("POST /v1/keys", f"/v1/keys/{made['id']}", 201)
    assert (entry.tenant, entry.role, entry.address) == ("ops", "operate", "testclient")
    assert entry.key_id == key.split("_")[1]
    assert client.delete(f"/v1/keys/{made['id']}").status_code == 204
    assert_problem(client.delete("/v1/keys/none"), 404, "no key")
    entries = client.get("/v1/audit").json()["entries"]
    assert [(one["action"], one["target"], one["status"]) for one in entries][:2] == [
        ("DELETE /v1/keys/{key_id}", "/v1/keys/none", 404),
        ("DELETE /v1/keys/{key_id}", f"/v1/keys/{made['id']}", 204),
    ]


def test_submitting_jobs_is_audited_and_reading_is_not(locked: SmallFarm) -> None:
    shop, ops = locked.client(locked.key("shop", "submit")), locked.client(locked.key("ops", "operate"))
    job_id = shop.post("/v1/jobs", content=words("a")).json()["id"]
    shop.get("/v1/jobs")
    shop.post("/v1/validate", content="no: job")
    assert_problem(shop.post("/v1/queue/pause", json={}), 403, "operate")
    assert locked.client("farm_wrong").post("/v1/jobs", content=words("a")).status_code == 401
    entries = ops.get("/v1/audit?tenant=shop").json()["entries"]
    assert [(one["action"], one["target"], one["status"]) for one in entries] == [
        ("POST /v1/queue/pause", "/v1/queue/pause", 403),
        ("POST /v1/jobs", f"/v1/jobs/{job_id}", 202),
    ]
    assert_problem(shop.get("/v1/audit"), 403, "operate")


def test_a_request_that_ends_in_an_internal_error_is_audited(
    locked: SmallFarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    ops = locked.client(locked.key("ops", "operate"))
    assert ops.get("/v1/queue").status_code == 200

    def broken(*_values: object, **_named: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(locked.controller.fleet, "pause", broken)
        response = ops.post("/v1/queue/pause", json={})
    assert response.status_code == 500
    assert response.headers["x-content-type-options"] == "nosniff"
    locked.controller.audit.flush()
    assert [(one.action, one.status) for one in on_disk(locked)] == [("POST /v1/queue/pause", 500)]


def test_pages_and_filters(locked: SmallFarm) -> None:
    # Entries of 1970 would be pruned.
    began_s = time.time() - 60.0
    for number in range(7):
        action = "DELETE /v1/keys/{key_id}" if number % 2 else "POST /v1/jobs"
        entry = AuditEntry(
            began_s + number, f"k{number % 2}", "t", "submit", "1.2.3.4", action, f"/{number}", 200
        )
        locked.ask(AuditService.note, entry=entry, durable=False)
    ops = locked.client(locked.key("ops", "operate"))
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = ops.get("/v1/audit", params={"limit": 3, "cursor": cursor}).json()
        seen += [one["target"] for one in page["entries"]]
        cursor = page["next"]
    assert seen == [f"/{number}" for number in range(6, -1, -1)]
    assert len(ops.get("/v1/audit?key=k1").json()["entries"]) == 3
    assert len(ops.get("/v1/audit?action=/v1/jobs").json()["entries"]) == 4
    assert len(ops.get(f"/v1/audit?since_s={began_s + 5!r}").json()["entries"]) == 2
    assert_problem(ops.get("/v1/audit?cursor=nonsense"), 400, "not issued by this farm")


def test_an_unwritable_audit_log_is_reported_to_operators(
    locked: SmallFarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, ops = locked.client(locked.key("shop", "submit")), locked.client(locked.key("ops", "operate"))

    def broken(*_entries: object) -> None:
        raise StoreError("the disk is full")

    with locked.paused():
        monkeypatch.setattr(locked.controller.journal.audit, "add", broken)
        assert_problem(ops.post("/v1/keys", json={"tenant": "shop"}), 503, "audit log")
        assert_problem(ops.delete("/v1/keys/none"), 404, "no key")
        assert shop.post("/v1/jobs", content=words("a")).status_code == 202
        monkeypatch.undo()
    # What could not be written waits, and is written when it can be.
    locked.controller.audit.flush()
    assert [one.action for one in reversed(on_disk(locked))] == [
        "POST /v1/keys",
        "DELETE /v1/keys/{key_id}",
        "POST /v1/jobs",
    ]


def test_the_log_is_bounded(locked: SmallFarm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_module, "KEPT_ENTRIES", 3)
    for number in range(6):
        entry = AuditEntry(0.0, "", "t", "operate", "", "farm up", str(number), 0)
        locked.ask(AuditService.note, entry=entry, durable=True)
    locked.controller.audit.prune()
    assert [one.target for one in on_disk(locked)] == ["5", "4", "3"]
    entry = AuditEntry(1.0, "", "t", "operate", "", "farm up", "old\x1b[31m", 0)
    locked.ask(AuditService.note, entry=entry, durable=True)
    assert on_disk(locked)[0].target == "old\\x1b[31m"
    locked.controller.audit.prune()
    assert "old\\x1b[31m" not in [one.target for one in on_disk(locked)]
