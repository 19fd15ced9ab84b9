"""A real S3-compatible server in a process of its own."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import Request, urlopen

PATIENCE_S = 30.0


@contextmanager
def s3_server(bucket: str) -> Iterator[str]:
    """Run a server that has one bucket; yield the FARM_STORE_OPTIONS that lead to it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                urlopen(Request(f"{address}/{bucket}", method="PUT"), timeout=PATIENCE_S).close()
                break
            except URLError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        region = {"region_name": "us-east-1"}
        yield json.dumps({"endpoint_url": address, "key": "k", "secret": "s", "client_kwargs": region})
    finally:
        server.kill()
        server.wait()
