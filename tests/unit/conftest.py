"""Unit tests run without Ray: whatever imports it while one of them runs fails."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def no_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    # None makes the import system refuse the name, also where Ray was imported by other tests before.
    monkeypatch.setitem(sys.modules, "ray", None)
