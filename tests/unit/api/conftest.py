"""A small farm behind the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.contract.small_farm import SmallFarm


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[SmallFarm]:
    """Return a farm that wants no keys."""
    with SmallFarm(tmp_path / "home") as farm:
        yield farm


@pytest.fixture
def client(farm: SmallFarm) -> TestClient:
    return farm.client()


@pytest.fixture(scope="session")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client of one farm for what is refused: it changes nothing, and making a farm takes most of a test."""
    with SmallFarm(tmp_path_factory.mktemp("standing")) as farm:
        yield farm.client()
        assert farm.fault is None
        # Whatever was asked, nothing was taken.
        assert farm.client().get("/v1/jobs").json()["jobs"] == []
        assert farm.client().get("/v1/batches").json()["batches"] == []


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[SmallFarm]:
    """Return a farm that wants keys."""
    with SmallFarm(tmp_path / "locked", keys=True) as farm:
        yield farm
