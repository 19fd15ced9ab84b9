"""Fetching: from a real server on this machine, through the guard."""

from __future__ import annotations

import gzip
import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from farm.errors import MachineError, MediaError
from farm.store.blobs import BlobStore
from farm.store.fetch import FetchLimits, fetch
from farm.store.guard import Guard, parse_guard

PHOTO = b"photo" * 1000
LOOPBACK = ("127.0.0.1/32",)


class Shop(BaseHTTPRequestHandler):
    """A server with a photo, redirects, and bad manners."""

    seen: list[tuple[str, dict[str, str]]]

    def do_GET(self) -> None:
        type(self).seen.append((self.path, dict(self.headers)))
        path, _, value = self.path.partition("?")
        match path:
            case "/photo":
                self.answer(200, PHOTO)
            case "/to":
                self.answer(302, b"", Location=value)
            case "/round":
                self.answer(302, b"", Location=f"/round?{int(value) - 1}" if int(value) else "/photo")
            case "/packed":
                self.answer(200, gzip.compress(bytes(10**6)), **{"Content-Encoding": "gzip"})
            case "/empty":
                self.answer(200, b"")
            case "/claims":
                self.answer(200, b"x", **{"Content-Length": str(10**12)})
            case "/endless":
                self.answer(200, None)
                self.pour(bytes(65536), 0.0)
            case "/drip":
                self.answer(200, None)
                self.pour(b"x", 0.02)
            case "/drip-headers":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Wait: ")
                self.pour(b"x", 0.02)
            case _:
                self.answer(404, b"gone")

    def answer(self, status: int, body: bytes | None, **headers: str) -> None:
        self.send_response(status)
        if body is not None:
            headers.setdefault("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body or b"")

    def pour(self, data: bytes, pause_s: float) -> None:
        try:
            while not self.server.stopped.wait(pause_s):  # type: ignore[attr-defined]
                self.wfile.write(data)
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    Shop.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    server.stopped = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port
    server.stopped.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "store", 2**30)


def leftovers(store: BlobStore) -> list[Path]:
    return list((store.folder / "incoming").iterdir())


def allowed() -> Guard:
    """Return a guard that lets this machine through."""
    return parse_guard(LOOPBACK)


def test_a_file_is_stored_by_its_content(store: BlobStore, port: int) -> None:
    for guard in (None, allowed()):
        path = fetch(f"http://127.0.0.1:{port}/photo", store, guard)
        assert path == store.path_of(hashlib.sha256(PHOTO).hexdigest())
        assert path.read_bytes() == PHOTO
    assert Shop.seen[0][1]["Accept-Encoding"] == "identity"
    assert not leftovers(store)


def test_the_farm_does_not_fetch_from_this_machine(store: BlobStore, port: int) -> None:
    with pytest.raises(MediaError, match=r"127\.0\.0\.1 is not a public address; upload the file, or let"):
        fetch(f"http://127.0.0.1:{port}/photo", store, Guard())
    assert not Shop.seen
    assert not leftovers(store)


def test_the_address_that_was_checked_is_the_one_connected_to(store: BlobStore, port: int) -> None:
    answers = iter(["127.0.0.1", "127.0.0.2", "127.0.0.3"])
    asked: list[str] = []

    def rebinding(host: str) -> tuple[str, ...]:
        asked.append(host)
        return (next(answers),)

    guard = parse_guard(LOOPBACK, rebinding)
    fetch(f"http://shop.example:{port}/photo", store, guard)
    assert asked == ["shop.example"], "one lookup, one connection"
    assert Shop.seen[0][1]["Host"] == f"shop.example:{port}"
    with pytest.raises(MediaError, match=r"^shop\.example is not a public address"):
        fetch(f"http://shop.example:{port}/photo", store, guard)


def test_the_next_address_is_tried(store: BlobStore, port: int) -> None:
    guard = parse_guard(("127.0.0.0/8",), lambda _: ("127.0.0.9", "127.0.0.1"))
    assert fetch(f"http://shop.example:{port}/photo", store, guard).read_bytes() == PHOTO
    nobody = parse_guard(("127.0.0.0/8",), lambda _: ("127.0.0.9", "127.0.0.8"))
    with pytest.raises(MediaError, match=r"cannot be fetched: .*refused"):
        fetch(f"http://shop.example:{port}/photo", store, nobody)


def test_redirects_are_followed(store: BlobStore, port: int) -> None:
    for guard in (None, allowed()):
        assert fetch(f"http://127.0.0.1:{port}/round?4", store, guard).read_bytes() == PHOTO
        with pytest.raises(MediaError, match="redirects more than 5 times"):
            fetch(f"http://127.0.0.1:{port}/round?5", store, guard)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            "http://metadata.example/latest",
            r"metadata\.example is not a public address",
        ),
        ("http://[::ffff:10.0.0.1]/", "is not a public address"),
        ("http://public.example:22/", r"port 22 of public\.example is not fetched from"),
        ("file:///etc/passwd", "`file://` is not fetched; allowed: http and https"),
        ("ftp://public.example/x", "`ftp://` is not fetched"),
        ("http://user:secret@public.example/", r"a URL of public\.example carries a user or password"),
        ("http:///x", "cannot be fetched|names no host"),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(
    store: BlobStore, port: int, target: str, message: str
) -> None:
    names = {"metadata.example": "169.254.169.254", "public.example": "1.1.1.1"}
    guard = parse_guard(LOOPBACK, lambda host: (names.get(host, host),))
    with pytest.raises(MediaError, match=message) as caught:
        fetch(f"http://127.0.0.1:{port}/to?{target}", store, guard)
    assert "secret" not in str(caught.value)
    assert len(Shop.seen) == 1
    assert not leftovers(store)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/gone", "answered 404 Not Found"),
        ("/empty", "sent an empty response"),
        ("/packed", "answered in the encoding gzip, although identity was requested"),
        ("/claims", "is larger than 0.000976562 GiB"),
        ("/endless", "is larger than 0.000976562 GiB"),
    ],
)
@pytest.mark.parametrize("guarded", [True, False])
def test_bad_answers_are_reported(
    store: BlobStore, port: int, path: str, message: str, guarded: bool
) -> None:
    with pytest.raises(MediaError, match=message):
        fetch(
            f"http://127.0.0.1:{port}{path}",
            store,
            allowed() if guarded else None,
            FetchLimits(size_bytes=2**20),
        )
    assert not leftovers(store)


@pytest.mark.parametrize("path", ["/drip", "/drip-headers"])
def test_a_download_ends_by_its_deadline(store: BlobStore, port: int, path: str) -> None:
    with pytest.raises(MediaError, match=r"took too long|too slow|timed out"):
        fetch(f"http://127.0.0.1:{port}{path}", store, allowed(), FetchLimits(total_s=0.3))
    assert not leftovers(store)


@pytest.mark.timeout(20)
def test_a_drip_is_given_up(store: BlobStore, port: int) -> None:
    slow = FetchLimits(silence_s=0.2)
    for guard in (None, allowed()):
        with pytest.raises(MediaError, match=r"is too slow: .* at least 32 KiB/s"):
            fetch(f"http://127.0.0.1:{port}/drip", store, guard, slow)


def test_a_silent_server_is_given_up(store: BlobStore) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        for guard in (None, allowed()):
            with pytest.raises(MediaError, match="cannot be fetched: timed out"):
                fetch(url, store, guard, FetchLimits(silence_s=0.1))


def test_a_full_disk_is_the_machines_fault(
    store: BlobStore, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: Callable[..., object] = Path.open

    def full(self: Path, mode: str = "r", *args: object, **options: object) -> object:
        if mode == "wb":
            raise OSError(28, "No space left on device")
        return opened(self, mode, *args, **options)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(MachineError, match="No space left on device"):
        fetch(f"http://127.0.0.1:{port}/photo", store, allowed())


def test_proxies_of_the_environment_do_not_get_round_the_guard(
    store: BlobStore, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{port}")
    with pytest.raises(MediaError, match="is not a public address"):
        fetch("http://10.0.0.1/photo", store, Guard())
    assert not Shop.seen
