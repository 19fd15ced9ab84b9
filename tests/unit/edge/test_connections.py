"""Connections whose request does not come are closed, and so are too many."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress

from farm.edge.limits import ConnectionLimits
from tests.unit.edge.conftest import Front, until
from tests.unit.edge.test_gateway import A, answer, begin, client

Make = Callable[..., Front]


def test_silence_and_trickling_headers_end(fronts: Make) -> None:
    front = fronts(connections=ConnectionLimits(header_s=0.2))
    for sends in (b"", b"GET /v1/jobs HTTP/1.1\r\nHost: x\r\n"):
        response = answer(begin(front, sends))
        assert response.startswith(b"HTTP/1.1 408")
        assert b"did not arrive" in response
    until(lambda: front.open.total == 0)


def test_headers_without_end_are_refused(fronts: Make) -> None:
    front = fronts(connections=ConnectionLimits(header_bytes=10_000))
    opened = begin(front, b"GET /v1/jobs HTTP/1.1\r\n")
    response = b""
    try:
        for _ in range(2000):
            opened.sendall(b"X-A: " + b"b" * 1000 + b"\r\n")
        response = answer(opened)
    except OSError:
        pass
    assert response == b"" or b"at most 9 KiB" in response
    until(lambda: front.open.total == 0)


def test_requests_on_one_connection_have_headers_each(fronts: Make) -> None:
    front = fronts(connections=ConnectionLimits(header_s=20.0, header_bytes=2000))
    with client(front) as http:
        for _ in range(30):
            # Together longer than the headers of one may be.
            assert (
                http.post("/v1/jobs", content=b"x" * 500, headers={"X-Long": "y" * 1000}).status_code == 200
            )
    until(lambda: front.open.total == 0)


def test_a_second_request_that_trickles_on_a_kept_connection_ends(fronts: Make) -> None:
    front = fronts(connections=ConnectionLimits(header_s=0.3))
    opened = begin(front, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert opened.recv(65536).startswith(b"HTTP/1.1 200")
    opened.sendall(b"GET /heal")
    assert b"408" in answer(opened)


def test_too_many_connections_are_closed(fronts: Make) -> None:
    front = fronts(connections=ConnectionLimits(connections=5, connections_per_address=3))
    with ExitStack() as open_ones:
        for source in ("127.0.0.1",) * 3 + ("127.0.0.2",) * 2:
            open_ones.enter_context(begin(front, b"", source))
        until(lambda: front.open.total == 5)
        for source in ("127.0.0.1", "127.0.0.3"):
            refused = begin(front, b"", source)
            with suppress(ConnectionResetError):
                assert refused.recv(10) == b""
    until(lambda: front.open.total == 0)
    assert front.open.refused == 2
    with client(front, A) as http:
        assert http.get("/v1/jobs").status_code == 200


def test_a_long_wait_for_an_answer_is_no_late_header(fronts: Make) -> None:
    front = fronts(connections=ConnectionLimits(header_s=0.2))
    request = b"GET /v1/wait HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %b\r\n\r\n" % A.encode()
    opened = begin(front, request)
    until(lambda: front.waiting)
    opened.settimeout(0.5)
    try:
        response = opened.recv(100)
    except TimeoutError:
        response = b"still waiting"
    assert response == b"still waiting"
    front.gate.set()
    opened.settimeout(20.0)
    assert opened.recv(100).startswith(b"HTTP/1.1 200")


def test_one_long_header_is_refused_whole_as_it_came(fronts: Make) -> None:
    front = fronts()
    for line in (
        b"GET /v1/jobs HTTP/1.1\r\nX-A: " + b"b" * 70_000,
        b"GET /v1/jobs?" + b"a" * 65_400 + b" HTTP/1.1",
    ):
        response = answer(begin(front, line + b"\r\nHost: x\r\nX-C: " + b"c" * 300 + b"\r\n\r\n"))
        assert response.startswith(b"HTTP/1.1 4"), response[:80]
        assert b"application/problem+json" in response


def test_malformed_http_is_refused(fronts: Make) -> None:
    response = answer(begin(fronts(), b"GET / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc"))
    assert response.startswith(b"HTTP/1.1 400")
    assert b"application/problem+json" in response
