"""Messages and decisions of `farm up` before anything is started."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from farm.cli.cluster import starter, up
from farm.cluster.lifecycle import Head, behind_proxies
from farm.settings import Settings


def options(**given: Any) -> dict[str, Any]:
    """Return what `farm up` without words gives, but for what is given here."""
    parameters = up.make_context("up", []).params
    return {
        name: value for name, value in parameters.items() if name not in ("address", "watch", "as_json")
    } | given


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.10", "::"])
def test_a_farm_that_others_can_reach_says_that_it_does_not_encrypt(
    host: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    starter(Settings(tmp_path), None, **options(host=host, port=8700))
    assert f"the API at {host}:8700 uses plain HTTP without TLS" in capsys.readouterr().err


def test_a_farm_on_loopback_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    starter(Settings(tmp_path), None, **options())
    assert capsys.readouterr().err == ""


def test_behind_a_proxy_a_farm_on_loopback_wants_keys(tmp_path: Path) -> None:
    alone, behind = Settings(tmp_path), Settings(tmp_path, trusted_proxies=("127.0.0.1",))
    assert behind_proxies(Head(), alone).open_to_all
    assert not behind_proxies(Head(), behind).open_to_all
    # An explicit option overrides the default.
    assert behind_proxies(Head(keys=False), behind).open_to_all
