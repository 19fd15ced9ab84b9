"""The HTTP commands of the page for operators, run as they stand there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from farm.controller.webhook_dispatcher import signature
from farm.journal.outbox import Message
from tests.contract.small_farm import SmallFarm, served, words

DOCS = Path(__file__).parents[3] / "docs"


def block(language: str, holding: str) -> str:
    found = re.findall(
        rf"```{language}\n(.*?)```", (DOCS / "operations.md").read_text(encoding="utf-8"), re.DOTALL
    )
    (text,) = [one for one in found if holding in one]
    return str(text)


@pytest.mark.skipif(not all(map(shutil.which, ("bash", "curl", "jq"))), reason="needs bash, curl and jq")
def test_the_examples_run(locked: SmallFarm, tmp_path: Path) -> None:
    (tmp_path / "watch.jpg").write_bytes(b"a picture")
    (tmp_path / "watch.yaml").write_text(words("a", "b"))
    (tmp_path / "products.csv").write_text("name,price,was,photos\nW,9,12,a.jpg\nX,nine,12,a.jpg\n")
    with served(locked.api) as url:
        subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block("sh", "$FARM/v1/jobs")],
            cwd=tmp_path,
            env={**os.environ, "FARM": url, "KEY": locked.key("shop", "submit"), "no_proxy": "*"},
            check=True,
            timeout=60,
        )
    assert (tmp_path / "watch.mp4").read_text() == "a b"
    assert (tmp_path / "first-bytes").read_text() == "a b"
    assert len((tmp_path / "manifest.ndjson").read_text().splitlines()) == 2
    assert '"state": "done"' in (tmp_path / "events.txt").read_text()


def test_the_snippet_verifies_webhooks() -> None:
    names: dict[str, Any] = {}
    exec(block("python", "def verified"), names)
    secret, body = "whsec_c2VjcmV0", '{"type": "job.done", "data": {"name": "金色腕表"}}'
    message = Message("evt_1_done", "1", "shop", "http://shop/hook", body, "waiting", 0, 0.0, "", 0.0)
    headers = signature((secret,), message, time.time())
    assert names["verified"](secret, headers, body.encode())
    both = signature(("whsec_bmV3", secret), message, time.time())
    assert names["verified"](secret, both, body.encode())
    assert names["verified"]("whsec_bmV3", both, body.encode())
    assert not names["verified"](secret, headers, body.encode() + b" ")
    assert not names["verified"]("whsec_b3RoZXI=", headers, body.encode())
    assert not names["verified"](secret, signature((secret,), message, time.time() - 1_000), body.encode())


@pytest.mark.slow
def test_the_generated_pages_are_up_to_date() -> None:
    command = [sys.executable, str(DOCS / "generate.py"), "--check"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
