"""Golden tests share one shop's folder and give every test a farm home of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.shop import build_library


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with good and bad media."""
    folder = tmp_path_factory.mktemp("shop")
    build_library(folder)
    return folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the farm's own folder of this test."""
    folder = tmp_path / "home"
    monkeypatch.setenv("FARM_HOME", str(folder))
    monkeypatch.delenv("FARM_DEBUG", raising=False)
    monkeypatch.delenv("FARM_ADDRESS", raising=False)
    return folder
