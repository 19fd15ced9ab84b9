"""Queue, nodes, workers, tenants, keys, statistics and previews over HTTP."""

from __future__ import annotations

import json
import socket

import pytest
from starlette.testclient import TestClient

from farm.api.previews import MAX_HEADER, in_header
from farm.edge.limits import ORDER_BYTES
from farm.scheduling.event import NodeReported
from farm.services import previews
from tests.contract.small_farm import SmallFarm, words
from tests.unit.api.test_jobs import assert_problem

TIMELINE = """
name: still
timeline:
  tracks:
    - clips:
        - {kind: color, color: "#ff0000", duration: 1}
        - {kind: color, color: "#0000ff", duration: 1}
output: {size: 64x64, fps: 10}
"""


def test_a_paused_queue_starts_nothing_until_it_goes_on(farm: SmallFarm, client: TestClient) -> None:
    queue = client.post("/v1/queue/pause", json={"cause": "maintenance"}).json()
    assert queue["paused"] == {"": "maintenance"}
    job_id = client.post("/v1/jobs", content=words("a")).json()["id"]
    assert "paused: maintenance" in client.get(f"/v1/jobs/{job_id}/why").json()["why"]
    assert client.get("/v1/queue").json()["unfinished"] == 1
    assert client.post("/v1/queue/resume", json={}).json()["paused"] == {}
    assert farm.ended(job_id)["state"] == "done"
    assert_problem(client.post("/v1/queue/resume", json={}), 409, "is not paused")
    assert_problem(client.post("/v1/queue/pause", json={"tenant": "No Name"}), 422, "tenant")
    assert_problem(client.post("/v1/queue/pause", json={"cuase": "x"}), 422, "cuase")


def test_a_drained_node_gets_no_more(farm: SmallFarm, client: TestClient) -> None:
    name = socket.gethostname()
    (node,) = client.get("/v1/nodes").json()
    assert (node["node"], node["condition"], node["workers"]) == (name, "ready", 1)
    assert client.post(f"/v1/nodes/{name[:3]}/drain", json={"cause": "rack move"}).json() == {"node": name}
    job_id = client.post("/v1/jobs", content=words("a")).json()["id"]
    assert "rack move" in client.get(f"/v1/jobs/{job_id}/why").json()["why"]
    assert client.post(f"/v1/nodes/{name}/restore").status_code == 202
    assert farm.ended(job_id)["state"] == "done"
    assert_problem(client.post("/v1/nodes/nowhere/drain", json={}), 400, "is no node of this farm")
    assert {one["kind"] for one in client.get("/v1/events").json()["events"]} == {"state", "node"}


def test_a_dead_node_is_forgotten_at_once_and_the_head_stays(farm: SmallFarm, client: TestClient) -> None:
    head = socket.gethostname()
    farm.controller.conductor.tell(NodeReported("ghost-1", 2**40))
    assert [one["node"] for one in client.get("/v1/nodes").json()] == sorted(["ghost-1", head])
    removed = client.delete("/v1/nodes/ghost?cause=sold&within_s=5")
    assert (removed.status_code, removed.json()) == (202, {"node": "ghost-1", "gone": True})
    assert [one["node"] for one in client.get("/v1/nodes").json()] == [head]
    (event,) = [one for one in client.get("/v1/events").json()["events"] if one["node"] == "ghost-1"]
    assert (event["kind"], event["state"], event["cause"]) == ("node", "removed", "sold")
    assert_problem(client.delete(f"/v1/nodes/{head}"), 409, "is the farm's head")
    assert_problem(client.delete("/v1/nodes/nowhere"), 400, "is no node of this farm")
    (node,) = client.get("/v1/nodes").json()
    assert node["condition"] == "ready"


def test_tenants_and_their_limits(farm: SmallFarm, client: TestClient) -> None:
    set_ = client.put("/v1/tenants/shop", json={"weight": 2, "max_unfinished": 0}).json()
    quotas = {name: set_.pop(name) for name in ("upload_bytes", "assets", "production_bytes")}
    assert all(quotas.values()), "quotas are on by default"
    assert set_ == {"tenant": "shop", "weight": 2.0, "max_running": None, "max_unfinished": 0}
    assert [(one["tenant"], one["weight"]) for one in client.get("/v1/tenants").json()] == [("shop", 2.0)]
    shop = farm.client(farm.key("shop", "submit"))
    assert_problem(shop.post("/v1/jobs", content=words("a")), 429, 'tenant "shop" has 0 unfinished jobs')
    assert_problem(client.put("/v1/tenants/No%20Name", json={}), 400, "is not a valid tenant name")
    assert_problem(client.put("/v1/tenants/shop", json={"weight": 0}), 422, "weight")


def test_workers_between_two_bounds(farm: SmallFarm, client: TestClient) -> None:
    assert client.put("/v1/workers", json={"min": 1, "max": 4}).json() == {"min": 1, "max": 4}
    assert farm.controller.journal.orders.get("scale") == {"min": 1, "max": 4}
    assert_problem(client.put("/v1/workers", json={"min": 5, "max": 4}), 400, "more than max")


def test_keys_of_no_tenant_are_not_made(asker: TestClient) -> None:
    assert_problem(asker.post("/v1/keys", json={"tenant": "Ä"}), 422, "tenant")
    assert_problem(asker.post("/v1/keys", json={"tenant": "a", "label": "a\u001b[2J"}), 422, "label")
    half = asker.post(
        "/v1/keys", content=b'{"tenant": "a", "\\ud800": 1}', headers={"Content-Type": "application/json"}
    )
    assert_problem(half, 422, "body")
    assert_problem(asker.delete("/v1/keys/none"), 404, "there is no key none")
    assert asker.get("/v1/keys").json() == []


@pytest.mark.parametrize("content", [b"{", b"", b"\xff", b"[" * 10_000])
def test_a_body_that_is_not_json_is_refused(asker: TestClient, content: bytes) -> None:
    response = asker.post("/v1/keys", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    assert_problem(response, response.status_code, "")


def test_an_order_is_bounded_before_anybody_is_asked_for_a_key(locked: SmallFarm) -> None:
    body = b'{"tenant": "' + b"a" * ORDER_BYTES + b'"}'
    json = {"Content-Type": "application/json"}
    assert_problem(locked.client().post("/v1/keys", content=body, headers=json), 413, "at most 64 KiB")


def test_statistics(farm: SmallFarm, client: TestClient) -> None:
    farm.ended(client.post("/v1/jobs", content=words("a")).json()["id"])
    statistics = client.get("/v1/stats").json()
    assert (statistics["videos"], statistics["jobs"], statistics["tenants"]) == (
        1,
        {"done": 1},
        {"default": {"done": 1}},
    )
    assert client.get("/v1/stats?since_s=99999999999").json()["videos"] == 0


def test_previews_of_a_document(client: TestClient) -> None:
    summary = client.post("/v1/validate?source=still.yaml", content=TIMELINE).json()
    assert (summary["name"], summary["frames"], summary["width_px"], summary["rate"]) == (
        "still",
        20,
        64,
        "10",
    )
    plan = client.post("/v1/plan", content=TIMELINE).json()
    assert plan["segments"][-1]["stop"] == 20
    assert plan["measured"]["cpu_s"] == plan["estimated_cpu_s"]
    for accept, magic in (
        ("image/png", b"\x89PNG"),
        ("image/jpeg", b"\xff\xd8\xff"),
        ("*/*", b"\xff\xd8\xff"),
    ):
        still = client.post("/v1/stills?at_s=1.5", content=TIMELINE, headers={"Accept": accept})
        assert still.status_code == 200
        assert still.content.startswith(magic)
        assert "farm-warnings" not in still.headers
    assert_problem(client.post("/v1/stills?at_s=2", content=TIMELINE), 400, "lies outside the video")
    assert_problem(client.post("/v1/stills?at_s=nan", content=TIMELINE), 422, "at_s")
    for path in ("validate", "plan", "stills"):
        wrong = client.post(f"/v1/{path}?source=w.yaml", content="timeline: {tracks: [{clisp: []}]}")
        assert_problem(wrong, 400, "w.yaml")
    assert client.get("/v1/jobs").json()["jobs"] == []


def test_warnings_of_a_document(client: TestClient) -> None:
    clips = [{"kind": "text", "text": "\u20c1", "duration": 1, "enter": "none"}]
    document = json.dumps(
        {"timeline": {"tracks": [{"clips": clips}]}, "output": {"size": "64x64", "fps": 10}}
    )
    (warning,) = client.post("/v1/validate", content=document).json()["warnings"]
    assert warning.startswith("timeline.tracks[0].clips[0]: text")
    assert "(U+20C1)" in warning
    assert client.post("/v1/plan", content=document).json()["warnings"] == [warning]
    still = client.post("/v1/stills", content=document)
    assert json.loads(still.headers["farm-warnings"]) == [warning]


def test_many_warnings_fit_a_header() -> None:
    header = in_header(["é" * 300] * 50)
    assert header.isascii()
    assert len(header) <= MAX_HEADER
    assert json.loads(header)[-1].endswith("more; /v1/validate lists them")


def test_previews_that_wait_are_bounded(
    farm: SmallFarm, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "WAITING", 0)
    busy = previews.WorkerPreviews(farm.settings)
    with busy._turn():
        farm.previews = busy
        response = client.post("/v1/validate", content=TIMELINE)
        assert_problem(response, 429, "previews are already waiting")
        assert response.headers["retry-after"] == "2"
    assert client.post("/v1/validate", content=TIMELINE).status_code == 200


def test_what_there_is_to_choose_from(client: TestClient) -> None:
    assert "retail.sale" in [one["name"] for one in client.get("/v1/templates").json()]
    kinds = {one["kind"] for one in client.get("/v1/elements").json()}
    assert len(kinds) == 6
    assert client.get("/v1/elements?kind=effects").json()
    assert_problem(client.get("/v1/elements?kind=affects"), 422, "kind")
    assert client.get("/v1/plugins").json()


def test_a_tenant_sees_its_own_queue_and_strangers_no_volumes(locked: SmallFarm) -> None:
    ops = locked.client(locked.key("default", "operate"))
    one, other = (locked.client(locked.key(tenant, "submit")) for tenant in ("one", "other"))
    assert ops.post("/v1/queue/pause", json={"tenant": "", "cause": "for a look"}).status_code == 200
    for _ in range(3):
        assert one.post("/v1/jobs", content=words("a")).status_code == 202
    assert other.post("/v1/jobs", content=words("b")).status_code == 202
    assert [who.get("/v1/queue").json()["unfinished"] for who in (one, other, ops)] == [3, 1, 4]
    for path in ("/healthz", "/readyz"):
        assert ops.get(path).json()["unfinished"] == 4
        for who in (one, locked.client()):
            health = who.get(path).json()
            assert (health["ok"], health["unfinished"], health["pid"]) == (True, None, None)
