"""Every test has a farm home of its own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the farm's folder of this test."""
    folder = tmp_path / "home"
    monkeypatch.setenv("FARM_HOME", str(folder))
    return folder
