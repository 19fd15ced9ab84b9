"""Nobody holds so much that others get nothing; what is refused is refused before it is read."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from farm.edge.limits import BodyLimits, RequestLimits
from farm.errors import FarmUnreachableError
from tests.unit.edge.conftest import Front, until

A, B, OPERATOR = "farm_00000001_a", "farm_00000002_b", "farm_00000003_o"
Make = Callable[..., Front]


def bearing(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def client(front: Front, key: str | None = A, **headers: str) -> httpx.Client:
    sent_headers = {**({} if key is None else bearing(key)), **headers}
    return httpx.Client(
        base_url=f"http://127.0.0.1:{front.port}", headers=sent_headers, trust_env=False, timeout=20.0
    )


def begin(front: Front, sends: bytes, source: str = "127.0.0.1") -> socket.socket:
    """Open a connection from an address and send the beginning of something."""
    opened = socket.create_connection(("127.0.0.1", front.port), timeout=20.0, source_address=(source, 0))
    opened.sendall(sends)
    return opened


def answer(opened: socket.socket) -> bytes:
    """Return all that comes until the other side closes."""
    received = b""
    while piece := opened.recv(65536):
        received += piece
    return received


def post(path: str, key: str | None, length: int) -> bytes:
    bearer = b"" if key is None else b"Authorization: Bearer " + key.encode() + b"\r\n"
    return b"POST %b HTTP/1.1\r\nHost: x\r\n%bContent-Length: %d\r\n\r\n" % (path.encode(), bearer, length)


def assert_refused(response: httpx.Response, status: int, words: str) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert words in problem["detail"]


def test_requests_pass_with_their_bodies_and_routes(fronts: Make) -> None:
    front = fronts()
    with client(front) as http:
        assert http.post("/v1/jobs", content=b"x" * 1000).json() == {"size": 1000}
        assert http.get("/v1/jobs").json() == {"size": 0}
        # Piece by piece, without a length.
        assert http.post("/v1/jobs", content=iter([b"ab", b"cd"])).json() == {"size": 4}
    until(lambda: len(front.meter.answers) == 3)
    assert set(front.meter.answers) == {("POST", "/v1/jobs", 200), ("GET", "/v1/jobs", 200)}
    assert "farm-route" not in http.headers


def test_a_body_is_not_read_before_the_key_is_known(fronts: Make) -> None:
    front = fronts()
    for key, words in ((None, b"requires an API key"), ("farm_x_y", b"unknown to this farm")):
        # Of the body nothing is sent, and the answer is there.
        response = answer(begin(front, post("/v1/similar", key, 1000)))
        assert response.startswith(b"HTTP/1.1 401")
        assert words in response
        assert b"www-authenticate: Bearer" in response
    assert front.bodies == []


def test_an_open_farm_lets_in_those_without_a_key(fronts: Make) -> None:
    front = fronts(open_to_all=True)
    with client(front, None) as http:
        assert http.get("/v1/jobs").status_code == 200


def test_bodies_with_too_large_a_length_are_not_read(fronts: Make) -> None:
    front = fronts()
    response = answer(begin(front, post("/v1/jobs", A, 5 * 2**20)))
    assert response.startswith(b"HTTP/1.1 413")
    assert b"at most 4 MiB" in response


def test_bodies_without_a_length_end_at_the_limit(fronts: Make) -> None:
    front = fronts()
    with client(front) as http:
        assert_refused(http.post("/v1/jobs", content=(b"x" * 2**20 for _ in range(5))), 413, "4 MiB")
    assert front.bodies == []


def test_bodies_that_stall_or_trickle_are_given_up(fronts: Make) -> None:
    front = fronts(bodies=BodyLimits(silence_s=0.2, rate_bytes_s=10_000.0, spare_bytes=0))
    stalled = begin(front, post("/v1/jobs", A, 1000) + b"{")
    assert b"no data of the body arrived" in answer(stalled)
    trickling = begin(front, post("/v1/jobs", A, 1000))
    over = threading.Event()

    def drip() -> None:
        while not over.wait(0.02):
            try:
                trickling.sendall(b" ")
            except OSError:
                return

    thread = threading.Thread(target=drip)
    thread.start()
    response = answer(trickling)
    over.set()
    thread.join()
    assert response.startswith(b"HTTP/1.1 408")
    assert b"KiB/s" in response
    assert front.bodies == []


def test_large_bodies_lie_in_a_file_until_the_api_has_them(fronts: Make) -> None:
    front = fronts(bodies=BodyLimits(memory_bytes=1000, spare_bytes=0))
    with client(front) as http:
        assert http.put("/v1/blobs/ab", content=b"y" * 3_000_000).json() == {"size": 3_000_000}
        held = begin(front, b"PUT" + post("/v1/blobs/ab", A, 100_000)[4:] + b"z" * 50_000)
        incoming = front.folder / "incoming"
        kept = until(lambda: [one for one in incoming.iterdir() if one.stat().st_size])
        assert kept[0].stat().st_mode & 0o777 == 0o600
        held.close()
    until(lambda: not list(incoming.iterdir()))


def test_a_full_disk_is_reported(fronts: Make) -> None:
    front = fronts(bodies=BodyLimits(memory_bytes=1000, spare_bytes=2**60))
    with client(front) as http:
        assert_refused(http.put("/v1/blobs/ab", content=b"y" * 3_000_000), 503, "no room")


def test_one_address_and_one_key_hold_so_much(fronts: Make) -> None:
    limits = RequestLimits(per_address=3, per_key=2, at_work=10, at_work_each=10)
    front = fronts(requests=limits)
    with ExitStack() as open_ones:
        for source in ("127.0.0.2", "127.0.0.3"):
            open_ones.enter_context(begin(front, post("/v1/jobs", A, 100), source))
        until(lambda: front.meter.pools.get("held") == 2)
        # The key holds two; from another address, too.
        with client(front) as http:
            assert_refused(http.get("/v1/jobs"), 429, "requests with this key")
            assert http.get("/v1/jobs", headers=bearing(B)).status_code == 200
        # The address holds three, with whatever keys.
        for key in (B, B, OPERATOR):
            open_ones.enter_context(begin(front, post("/v1/jobs", key, 100)))
        until(lambda: front.meter.pools.get("held") == 5)
        with client(front, B) as http:
            assert_refused(http.get("/v1/jobs"), 429, "requests from this address")
            assert http.get("/healthz").status_code == 200
    assert set(front.meter.refusals) >= {"key", "address"}
    until(lambda: front.meter.pools.get("held") == 0)
    with client(front) as http:
        assert http.get("/v1/jobs").status_code == 200


def test_streams_have_places_of_their_own(fronts: Make) -> None:
    limits = RequestLimits(streams=3, streams_per_key=2, streams_per_address=3, per_key=1, per_address=1)
    front = fronts(requests=limits)
    stream = b"GET /v1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %b\r\n\r\n"
    with ExitStack() as open_ones:
        for _ in range(2):
            opened = open_ones.enter_context(begin(front, stream % A.encode()))
            assert opened.recv(15).startswith(b"HTTP/1.1 200")
        with client(front) as http:
            assert_refused(http.get("/v1/events/stream"), 429, "event streams with this key")
            assert http.get("/v1/jobs").status_code == 200
        opened = open_ones.enter_context(begin(front, stream % B.encode(), "127.0.0.2"))
        assert opened.recv(15).startswith(b"HTTP/1.1 200")
        with client(front, OPERATOR) as http:
            assert_refused(http.get("/v1/events/stream"), 503, "3 event streams")
    front.gate.set()
    until(lambda: front.meter.pools.get("streams") == 0)


def _in_threads(count: int, work: Callable[[int], Any]) -> list[threading.Thread]:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for one in threads:
        one.start()
    return threads


def test_waiting_clients_get_the_next_place_before_those_that_hold_many(fronts: Make) -> None:
    limits = RequestLimits(at_work=2, at_work_each=2, waiting=50, wait_s=20.0)
    front = fronts(requests=limits)
    order: list[str] = []

    def ask(key: str, name: str) -> None:
        with client(front, key) as http:
            assert http.get("/v1/wait").status_code == 200
        order.append(name)

    greedy = _in_threads(6, lambda _: ask(A, "a"))
    until(lambda: front.waiting == 2)
    modest = _in_threads(1, lambda _: ask(B, "b"))
    until(lambda: len(front.meter.pools) and front.meter.pools["held"] == 7)
    front.gate.set()
    for one in greedy + modest:
        one.join()
    assert sorted(order) == ["a"] * 6 + ["b"]
    assert front.begun.index(B) == 2


def test_when_all_places_are_taken_others_are_refused_but_operators_and_health_pass(fronts: Make) -> None:
    limits = RequestLimits(at_work=1, at_work_each=1, waiting=1, wait_s=0.1)
    front = fronts(requests=limits)
    held = _in_threads(1, lambda _: client(front).get("/v1/wait"))
    until(lambda: front.waiting == 1)
    with client(front, B) as http:
        refused = http.get("/v1/jobs")
        assert_refused(refused, 503, "try again soon")
        assert refused.headers["retry-after"] == "1"
        assert http.get("/healthz").status_code == 200
        # Not ready: another request would not be worked off.
        assert_refused(http.get("/readyz"), 503, "try again soon")
        assert http.get("/v1/jobs", headers=bearing(OPERATOR)).status_code == 200
    front.gate.set()
    held[0].join()
    with client(front, B) as http:
        assert http.get("/readyz").status_code == 200


def test_a_request_that_the_api_does_not_answer_is_given_up(fronts: Make) -> None:
    front = fronts(requests=RequestLimits(work_s=0.1))
    with client(front) as http:
        assert_refused(http.get("/v1/wait"), 503, "did not begin to answer")


def test_unknown_keys_are_slowed_and_known_ones_at_the_address_are_not(fronts: Make) -> None:
    front = fronts(requests=RequestLimits(unknown_keys=3))
    with client(front) as http:
        assert http.get("/v1/jobs").status_code == 200
        for number in range(3):
            guess = http.get("/v1/jobs", headers=bearing(f"farm_0000000{number}_guess"))
            assert guess.status_code == 401
        before = front.checked.total()
        refused = http.get("/v1/jobs", headers=bearing("farm_00000009_guess"))
        assert_refused(refused, 429, "wait a minute")
        # Nobody is asked about it.
        assert front.checked.total() == before
        assert http.get("/v1/jobs").status_code == 200
    with httpx.Client(
        base_url=f"http://127.0.0.1:{front.port}",
        transport=httpx.HTTPTransport(local_address="127.0.0.9"),
        headers=bearing(B),
    ) as elsewhere:
        assert elsewhere.get("/v1/jobs").status_code == 200


def test_a_key_is_asked_about_once_in_a_while(fronts: Make) -> None:
    front = fronts()
    for thread in _in_threads(10, lambda _: client(front).get("/v1/jobs")):
        thread.join()
    assert front.checked[A] == 1


def test_without_a_controller_nobody_is_let_in_and_health_still_answers(fronts: Make) -> None:
    front = fronts()
    front.trouble = FarmUnreachableError("the controller is away")
    with client(front) as http:
        assert_refused(http.get("/v1/jobs"), 503, "the controller is away")
        assert http.get("/healthz").status_code == 200
    front.trouble = None
    with client(front) as http:
        assert http.get("/v1/jobs").status_code == 200


def test_files_are_sent_by_the_edge_whole_and_in_ranges(fronts: Make) -> None:
    front = fronts()
    data = front.file.read_bytes()
    with client(front) as http:
        whole = http.get("/v1/film")
        assert whole.content == data
        assert whole.headers["content-disposition"] == 'attachment; filename="film.mp4"'
        part = http.get("/v1/film", headers={"Range": "bytes=5-9"})
        assert (part.status_code, part.content) == (206, data[5:10])
        several = http.get("/v1/film", headers={"Range": "bytes=0-1,5-9"})
        assert several.status_code == 206
        assert "multipart/byteranges" in several.headers["content-type"]
        assert_refused(http.get("/v1/film", headers={"Range": "bytes=99999999-"}), 416, "Range")
        assert http.head("/v1/film").headers["content-length"] == str(len(data))
        front.file.unlink()
        assert http.get("/v1/film").status_code in (410, 500)


def test_a_client_that_does_not_read_a_file_holds_no_place(fronts: Make) -> None:
    front = fronts(requests=RequestLimits(at_work=1, at_work_each=1, wait_s=0.5))
    request = b"GET /v1/film HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %b\r\n\r\n" % A.encode()
    with begin(front, request) as lazy:
        assert lazy.recv(10) == b"HTTP/1.1 2"
        with client(front, B) as http:
            assert http.get("/v1/jobs").status_code == 200


def test_a_client_that_reads_nothing_for_long_is_cut_off(fronts: Make) -> None:
    front = fronts(requests=RequestLimits(client_stall_s=0.2))
    front.file.write_bytes(b"z" * 50_000_000)
    request = b"GET /v1/film HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %b\r\n\r\n" % A.encode()
    with begin(front, request) as lazy:
        assert lazy.recv(10) == b"HTTP/1.1 2"
        until(lambda: front.meter.pools["held"] == 0)


def test_clients_behind_a_trusted_proxy_are_distinguished(fronts: Make) -> None:
    front = fronts(proxies="127.0.0.0/8")
    with client(front) as http:
        for forwarded in ("203.0.113.7", "spoofed, 203.0.113.8", "203.0.113.9, 127.0.0.5", "not an address"):
            http.get("/v1/jobs", headers={"X-Forwarded-For": forwarded})
    assert front.clients == ["203.0.113.7", "203.0.113.8", "203.0.113.9", "127.0.0.1"]


def test_forwarded_addresses_of_untrusted_peers_are_ignored(fronts: Make) -> None:
    front = fronts()
    with client(front) as http:
        http.get("/v1/jobs", headers={"X-Forwarded-For": "203.0.113.7"})
    assert front.clients == ["127.0.0.1"]


def test_serves_own_addresses_are_closed(fronts: Make) -> None:
    front = fronts(open_to_all=True)
    with client(front, None) as http:
        assert_refused(http.get("/-/routes"), 404, "openapi.json")


@pytest.mark.parametrize(
    "sends", [b"GET /v1/jobs HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"]
)
def test_web_sockets_are_refused(fronts: Make, sends: bytes) -> None:
    response = answer(begin(fronts(), sends))
    assert not response.startswith(b"HTTP/1.1 2")
    assert not response.startswith(b"HTTP/1.1 101")


def test_problem_documents_are_json(fronts: Make) -> None:
    response = answer(begin(fronts(), b"GET /v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n"))
    headers, body = response.split(b"\r\n\r\n", 1)
    assert b"connection: close" in headers
    assert json.loads(body)["title"] == "An API key is needed"
