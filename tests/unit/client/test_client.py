"""The client of the real API over a small farm, and over a network that fails."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from farm.client.client import FarmClient
from farm.contract.jobs import JobService
from farm.errors import AccessError, DocumentError, FarmUnreachableError, MissingError, QueueFullError
from tests.contract.small_farm import SmallFarm, served, words

DOCUMENT = """
timeline:
  tracks:
    - clips:
        - {kind: image, src: a.jpg, duration: 1}
        - {kind: image, src: img/b.jpg, duration: 1}
        - {kind: image, src: a.jpg, duration: 1}
        - {kind: image, src: "https://example.org/c.jpg", duration: 1}
"""


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[SmallFarm]:
    with SmallFarm(tmp_path / "home") as farm:
        yield farm


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "img").mkdir(parents=True)
    (folder / "a.jpg").write_bytes(b"a picture")
    (folder / "img" / "b.jpg").write_bytes(b"another" * 500_000)
    return folder


class Network(httpx.BaseTransport):
    """Leads to a farm, but for the requests that are to fail: before they arrive, or after they were answered."""

    def __init__(self, farm: SmallFarm) -> None:
        self._client = farm.client()
        self.fail: Callable[[int, httpx.Request], str] = lambda _number, _request: ""
        self.seen: list[tuple[str, str]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        self.seen.append((request.method, request.url.path))
        how = self.fail(len(self.seen), request)
        if how == "before":
            raise httpx.ConnectError("refused", request=request)
        if how == "503":
            return httpx.Response(503, json={"detail": "the controller is away"})
        headers = {name: value for name, value in request.headers.items() if name != "transfer-encoding"}
        answer = self._client.request(request.method, str(request.url), content=body, headers=headers)
        if how == "after":
            raise httpx.ReadError("the proxy was killed", request=request)
        kept = {name: value for name, value in answer.headers.items() if name != "content-length"}
        return httpx.Response(answer.status_code, headers=kept, content=answer.content)


@pytest.fixture
def network(farm: SmallFarm) -> Network:
    return Network(farm)


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def client(network: Network, pauses: list[float]) -> Iterator[FarmClient]:
    http = httpx.Client(base_url="http://testserver", transport=network)
    client = FarmClient("http://testserver", http=http, sleep=pauses.append)
    yield client
    client.close()


def test_media_are_uploaded_once_and_named_by_their_hash(
    client: FarmClient, network: Network, farm: SmallFarm, shop: Path
) -> None:
    job_id = client.submit(DOCUMENT, "watch.yaml", shop, priority=3, use_cache=False)
    entry = farm.controller.journal.jobs.get(job_id)
    assert entry is not None
    names = [hashlib.sha256((shop / name).read_bytes()).hexdigest() for name in ("a.jpg", "img/b.jpg")]
    clips = json.loads(entry.document)["timeline"]["tracks"][0]["clips"]
    assert [clip["src"] for clip in clips] == [
        f"sha256:{names[0]}#a.jpg",
        f"sha256:{names[1]}#b.jpg",
        f"sha256:{names[0]}#a.jpg",
        "https://example.org/c.jpg",
    ]
    assert (entry.source, entry.priority, entry.options) == ("watch.yaml", 3, {"use_cache": False})
    assert sorted(path for method, path in network.seen if method == "PUT") == sorted(
        f"/v1/blobs/{name}" for name in names
    )
    assert farm.store.path_of(names[1]).read_bytes() == b"another" * 500_000
    client.submit(DOCUMENT, "other.yaml", shop)
    assert len([method for method, _ in network.seen if method == "PUT"]) == 2


@pytest.mark.parametrize("how", ["before", "after", "503"])
def test_no_outage_makes_two_jobs_of_one(
    client: FarmClient, network: Network, farm: SmallFarm, shop: Path, pauses: list[float], how: str
) -> None:
    network.fail = lambda number, _request: how if number % 3 else ""
    client.submit(DOCUMENT, "watch.yaml", shop)
    assert len(farm.controller.journal.jobs.newest(9)) == 1
    assert [method for method, _ in network.seen].count("POST") > 1
    assert pauses


def test_the_same_document_is_the_same_job_until_that_failed(
    client: FarmClient, farm: SmallFarm, shop: Path
) -> None:
    first = client.submit(words("a"), "watch.yaml", shop)
    assert client.submit(words("a"), "watch.yaml", shop) == first
    farm.ended(first)
    assert client.submit(words("a"), "watch.yaml", shop) == first
    assert client.submit(words("a"), "watch.yaml", shop, priority=1) != first
    with farm.paused():
        second = client.submit(words("b"), "watch.yaml", shop)
        farm.ask(JobService.cancel, job_id=second)
    assert farm.ended(second)["state"] == "cancelled"
    third = client.submit(words("b"), "watch.yaml", shop)
    assert third != second
    assert client.submit(words("b"), "watch.yaml", shop) == third


def test_a_full_queue_is_waited_for_as_long_as_it_says(tmp_path: Path, shop: Path) -> None:
    pauses: list[float] = []
    with SmallFarm(tmp_path / "small", max_unfinished=1) as farm:
        http = httpx.Client(base_url="http://testserver", transport=Network(farm))
        client = FarmClient("http://testserver", http=http, sleep=pauses.append)
        with farm.paused():
            first = client.submit(words("a"), "a.yaml", shop)
            with pytest.raises(QueueFullError, match="1 unfinished jobs") as caught:
                client.submit(words("b"), "b.yaml", shop)
        assert pauses
        assert min(pauses) >= caught.value.retry_after_s
        farm.ended(first)
        client.submit(words("b"), "b.yaml", shop)


def test_problems_are_reported_before_anything_is_sent(
    client: FarmClient, network: Network, tmp_path: Path, pauses: list[float]
) -> None:
    with pytest.raises(DocumentError) as caught:
        client.submit(DOCUMENT, "watch.yaml", tmp_path)
    paths = [problem.path for problem in caught.value.problems]
    assert "timeline.tracks[0].clips[0].src" in paths
    assert "timeline.tracks[0].clips[1].src" in paths
    assert network.seen == []
    with pytest.raises(DocumentError) as caught:
        client.submit("template: no.such\nslots: {}\nnme: x\n", "watch.yaml", tmp_path)
    assert [problem.path for problem in caught.value.problems] == ["nme"]
    assert caught.value.source == "watch.yaml"
    assert pauses == []


def test_a_table_is_sent_with_its_wrong_rows_left_out(
    client: FarmClient, farm: SmallFarm, shop: Path
) -> None:
    table = "name,price,was,photos\nW,9,12,a.jpg\nX,nine,12,a.jpg\nY,9,12,none.jpg\nZ,8,12,a.jpg|img/b.jpg\n"
    batch_id, wrong = client.submit_rows(table, "csv", "t.csv", shop, template="retail.sale")
    assert [row.number for row in wrong] == [2, 3]
    assert client.submit_rows(table, "csv", "t.csv", shop, template="retail.sale")[0] == batch_id
    batch = client.wait_for_batch(batch_id)
    assert batch.rows == {"total": 4, "ended": 4, "done": 2, "wrong": 2}
    rows = list(client.rows(batch_id))
    assert [row.state for row in rows] == ["done", "wrong", "wrong", "done"]
    assert "left out by its sender" in rows[1].problems[0].message
    with pytest.raises(DocumentError) as caught:
        client.submit_rows("name\nW\n", "csv", "t.csv", shop, template="retail.sale")
    assert caught.value.problems[0].path.startswith("row 1: slots")
    assert len(farm.controller.journal.batches.newest(9)) == 1


def test_files_come_whole_under_the_name_that_was_asked_for(
    client: FarmClient, network: Network, shop: Path, tmp_path: Path
) -> None:
    job_id = client.submit(words("a", "b"), "watch.yaml", shop)
    seen: list[str] = []
    assert client.wait(job_id, lambda job: seen.append(job.state)).state == "done"
    assert seen[-1] == "done"
    first = len(network.seen)
    network.fail = lambda number, _request: ("before", "after", "503", "")[(number - first - 1) % 4]
    fetched = client.download(job_id, tmp_path / "out", "watch")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "watch.jpg",
        "watch.json",
        "watch.mp4",
    ]
    assert "a b" in fetched.video.read_text()


def test_refused_requests_are_not_retried(client: FarmClient, pauses: list[float], tmp_path: Path) -> None:
    for name in ("none", "../keys", "a b", "%"):
        with pytest.raises((MissingError, FarmUnreachableError, DocumentError)):
            client.job(name)
    with pytest.raises(MissingError, match="there is no job `none`"):
        client.download("none", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert pauses == []


def test_network_failures_are_retried_with_growing_pauses(
    client: FarmClient, network: Network, pauses: list[float]
) -> None:
    network.fail = lambda number, _request: ("before", "503")[number % 2] if number <= 4 else ""
    client.ask(JobService.page)
    assert pauses == [0.2, 0.4, 0.8, 1.6]
    network.fail = lambda _number, _request: "before"
    with pytest.raises(
        FarmUnreachableError, match=r"no farm answers at http://testserver .*`farm up` starts one"
    ):
        client.ask(JobService.page)


def test_event_streams_resume_where_a_connection_broke(farm: SmallFarm, shop: Path) -> None:
    with served(farm.api) as url:
        client = FarmClient(url, sleep=lambda _s: None)
        job_id = client.submit(words("a"), "a.yaml", shop)
        farm.ended(job_id)
        whole = [one.id for one in client.ask(JobService.history, job_id=job_id)]
        events = client.events(job_id, "0")
        first = [next(events).id for _ in range(2)]
        events.close()  # type: ignore[attr-defined]
        rest = client.events(job_id, first[-1])
        ids = first + [next(rest).id for _ in range(5)]
        assert ids == whole
        client.close()


@pytest.mark.parametrize("url", ["", "farm:8700", "ftp://farm", "http://"])
def test_an_invalid_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(FarmUnreachableError, match=r"is no farm's address; write e\.g\. http"):
        FarmClient(url)


def test_a_key_that_cannot_be_one_is_not_sent() -> None:
    with pytest.raises(AccessError, match="FARM_API_KEY") as caught:
        FarmClient("http://127.0.0.1:9", key="schlüssel")
    assert "schl" not in str(caught.value)


def test_a_server_that_is_not_a_farm_is_reported() -> None:
    http = httpx.Client(
        base_url="http://router", transport=httpx.MockTransport(lambda _: httpx.Response(200, text="<html>"))
    )
    with pytest.raises(FarmUnreachableError, match="what answers at http://router is no farm"):
        FarmClient("http://router", http=http).job("j")
