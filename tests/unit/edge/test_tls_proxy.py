"""The operator's page's nginx, before the edge: TLS, each client's own address, streams and bodies as they come."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from farm.client.connection import Connection
from farm.errors import FarmUnreachableError, MachineError
from tests.unit.edge.conftest import KEYS, Front, until

PAGE = (Path(__file__).parents[3] / "docs" / "operations.md").read_text(encoding="utf-8")
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
OPENSSL = shutil.which("openssl")

pytestmark = pytest.mark.skipif(NGINX is None or OPENSSL is None, reason="needs nginx and openssl")


@dataclass
class Proxied:
    """An edge with a proxy before it."""

    front: Front
    url: str
    certificate: Path

    def client(self, address: str) -> httpx.Client:
        """Return a client with an address of its own."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        transport = httpx.HTTPTransport(verify=context, local_address=address)
        headers = {"Authorization": f"Bearer {next(iter(KEYS))}"}
        return httpx.Client(base_url=self.url, transport=transport, headers=headers, timeout=20.0)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def proxied(fronts: Callable[..., Front], tmp_path: Path) -> Iterator[Proxied]:
    assert NGINX is not None
    assert OPENSSL is not None
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    made = [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    front = fronts(proxies="127.0.0.1")
    port = free_port()
    (text,) = re.findall(r"```nginx\n(.*?)```", PAGE, re.DOTALL)
    for documented, here in {
        "127.0.0.1:8700": f"127.0.0.1:{front.port}",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/farm/tls/fullchain.pem": str(certificate),
        "/etc/farm/tls/key.pem": str(key),
    }.items():
        assert documented in text
        text = text.replace(documented, here)
    folder = tmp_path / "nginx"
    folder.mkdir()
    paths = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"pid {folder}/pid;\nerror_log {folder}/error.log;\ndaemon off;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{paths}{text}\n}}\n"
    )
    nginx = subprocess.Popen([NGINX, "-c", str(config), "-e", f"{folder}/error.log"])
    try:
        until(lambda: listens(port))
        yield Proxied(front, f"https://localhost:{port}", certificate)
    finally:
        os.kill(nginx.pid, signal.SIGTERM)
        nginx.wait(10)


def test_each_client_counts_by_its_own_address(proxied: Proxied) -> None:
    for address in ("127.0.0.2", "127.0.0.3"):
        with proxied.client(address) as client:
            assert client.get("/v1/jobs", headers={"X-Forwarded-For": "9.9.9.9"}).status_code == 200
    assert proxied.front.clients[-2:] == ["127.0.0.2", "127.0.0.3"]


def test_without_a_trusted_certificate_nothing_is_sent(proxied: Proxied) -> None:
    with httpx.Client(base_url=proxied.url) as client, pytest.raises(httpx.ConnectError, match="CERTIFICATE"):
        client.get("/v1/jobs")
    assert proxied.front.clients == []


def test_bodies_and_streams_pass_as_they_come(proxied: Proxied) -> None:
    with proxied.client("127.0.0.2") as client:
        assert client.put(f"/v1/blobs/{'0' * 64}", content=bytes(20 * 2**20)).status_code == 200
        assert proxied.front.bodies[-1] == 20 * 2**20
        # The stream is open still: a proxy that waited for its end would send nothing.
        with client.stream("GET", "/v1/events/stream") as response:
            assert next(response.iter_lines()) == "data: hello"
            proxied.front.gate.set()


def test_the_command_line_trusts_the_configured_authority(
    proxied: Proxied, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = next(iter(KEYS))
    untrusting = Connection(proxied.url, key=key, sleep=lambda _s: None)
    with pytest.raises(
        FarmUnreachableError, match="name the file with its authority's certificate in FARM_CA"
    ):
        untrusting.ask("GET", "/v1/jobs")
    untrusting.close()
    monkeypatch.setenv("FARM_CA", str(proxied.certificate))
    connection = Connection(proxied.url, key=key)
    assert connection.ask("GET", "/v1/jobs").json() == {"size": 0}
    connection.close()
    monkeypatch.setenv("FARM_CA", "/nowhere.pem")
    with pytest.raises(MachineError, match=r"FARM_CA names `/nowhere\.pem`"):
        Connection(proxied.url, key=key)
