"""One private Ray cluster for all cluster tests of a session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from farm.cluster.embedded import private_ray
from farm.settings import Settings


@pytest.fixture(scope="session")
def ray_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with private_ray(Settings(tmp_path_factory.mktemp("ray")), cpus=4):
        yield
