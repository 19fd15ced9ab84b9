"""The client against the real API over a desk in memory, and against a network that fails."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from farm.cluster.api import build_api
from fastapi.testclient import TestClient
from tests.unit.cluster.memory_desk import MemoryDesk

from farm.client import FarmClient
from farm.errors import DocumentError, FarmUnreachableError
from farm.store.blobs import BlobStore

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
def desk() -> MemoryDesk:
    return MemoryDesk()


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "store", 2**30)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "img").mkdir(parents=True)
    (folder / "a.jpg").write_bytes(b"a picture")
    (folder / "img" / "b.jpg").write_bytes(b"another" * 500_000)
    return folder


@pytest.fixture
def client(desk: MemoryDesk, store: BlobStore) -> Iterator[FarmClient]:
    http = TestClient(build_api(desk, store), raise_server_exceptions=False)
    client = FarmClient("http://testserver", http=http, sleep=lambda _s: None)
    yield client
    client.close()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_media_are_uploaded_once_and_named_by_their_hash(
    client: FarmClient, desk: MemoryDesk, store: BlobStore, shop: Path
) -> None:
    assert client.submit(DOCUMENT, "watch.yaml", shop, priority=3, use_cache=False) == "j0"
    ((document, source, key, priority, options),) = desk.submitted
    clips = json.loads(document)["timeline"]["tracks"][0]["clips"]
    first, second = sha(b"a picture"), sha(b"another" * 500_000)
    assert [clip["src"] for clip in clips] == [
        f"sha256:{first}",
        f"sha256:{second}",
        f"sha256:{first}",
        "https://example.org/c.jpg",
    ]
    assert (source, priority, options) == ("watch.yaml", 3, {"use_cache": False})
    assert len(key) == 64
    assert store.path_of(second).read_bytes() == b"another" * 500_000


def test_the_same_document_is_the_same_job_until_that_failed(
    client: FarmClient, desk: MemoryDesk, shop: Path
) -> None:
    first = client.submit(DOCUMENT, "watch.yaml", shop)
    assert client.submit(DOCUMENT, "watch.yaml", shop) == first
    desk.jobs_by_id[first]["state"] = "failed"
    second = client.submit(DOCUMENT, "watch.yaml", shop)
    assert second != first
    assert client.submit(DOCUMENT, "watch.yaml", shop) == second
    (shop / "a.jpg").write_bytes(b"another picture")
    assert client.submit(DOCUMENT, "watch.yaml", shop) not in (first, second)


def test_missing_media_are_told_all_at_once_before_anything_is_sent(
    client: FarmClient, desk: MemoryDesk, tmp_path: Path
) -> None:
    with pytest.raises(DocumentError) as caught:
        client.submit(DOCUMENT, "watch.yaml", tmp_path)
    paths = [problem.path for problem in caught.value.problems]
    assert "timeline.tracks[0].clips[0].src" in paths
    assert "timeline.tracks[0].clips[1].src" in paths
    assert desk.submitted == []


def test_the_farms_problems_come_back_as_a_document_error(client: FarmClient, shop: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        client.submit("template: no.such\nslots: {}\nnme: x\n", "watch.yaml", shop)
    assert [problem.path for problem in caught.value.problems] == ["nme"]
    assert caught.value.source == "watch.yaml"


def test_waiting_tells_progress_and_ends_with_the_job(
    client: FarmClient, desk: MemoryDesk, shop: Path
) -> None:
    job_id = client.submit(DOCUMENT, "watch.yaml", shop)
    seen: list[str] = []

    def advance(job: dict[str, object]) -> None:
        seen.append(str(job["state"]))
        desk.jobs_by_id[job_id]["state"] = "rendering" if len(seen) == 1 else "done"

    assert client.wait(job_id, advance)["state"] == "done"
    assert seen == ["accepted", "rendering", "done"]


def test_files_are_fetched_under_the_name_that_was_asked_for(
    client: FarmClient, desk: MemoryDesk, shop: Path, tmp_path: Path
) -> None:
    job_id = client.submit(DOCUMENT, "watch.yaml", shop)
    for kind in ("video", "cover", "report"):
        (tmp_path / kind).write_text(kind)
        desk.paths[job_id][kind] = str(tmp_path / kind)
    fetched = client.download(job_id, tmp_path / "out", "watch")
    assert fetched.video == tmp_path / "out" / "watch.mp4"
    assert [path.read_text() for path in (fetched.video, fetched.cover, fetched.report)] == [
        "video",
        "cover",
        "report",
    ]
    assert len(list((tmp_path / "out").iterdir())) == 3


def test_what_the_farm_refuses_is_not_tried_again(client: FarmClient) -> None:
    with pytest.raises(FarmUnreachableError, match="refused the request: there is no job none"):
        client.job("none")


def flaky(failures: int, pauses: list[float]) -> FarmClient:
    """A client whose first requests fail, half on the wire and half with a 503."""
    count = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal count
        count += 1
        if count <= failures:
            if count % 2:
                raise httpx.ConnectError("refused", request=request)
            return httpx.Response(503, json={"detail": "the controller is away"})
        return httpx.Response(200, json={"id": "j", "state": "done"})

    http = httpx.Client(base_url="http://farm", transport=httpx.MockTransport(answer))
    return FarmClient("http://farm", http=http, sleep=pauses.append)


def test_a_failing_network_is_tried_again_with_longer_pauses() -> None:
    pauses: list[float] = []
    assert flaky(4, pauses).job("j")["state"] == "done"
    assert pauses == [0.2, 0.4, 0.8, 1.6]


def test_no_farm_at_all_says_how_to_start_one() -> None:
    with pytest.raises(FarmUnreachableError, match=r"no farm answers at http://farm .*`farm up` starts one"):
        unreachable().job("j")


def unreachable() -> FarmClient:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    http = httpx.Client(base_url="http://farm", transport=httpx.MockTransport(answer))
    return FarmClient("http://farm", http=http, sleep=lambda _s: None)
