"""Farms whose stores are kept by the garbage collector, one a kind of store.

Over S3 all of them take more than a minute, so they are slow; the property over S3 runs always.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.object_store import s3_server
from tests.contract.retained_farm import RetainedFarm

BUCKET = "shop-media"


@pytest.fixture(scope="session")
def s3_options() -> Iterator[str]:
    with s3_server(BUCKET) as options:
        yield options


@pytest.fixture(params=["local", "folder", pytest.param("s3", marks=pytest.mark.slow)])
def farm(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RetainedFarm]:
    url = options = ""
    if request.param == "folder":
        url = str(tmp_path / "mount")
    elif request.param == "s3":
        url, options = f"s3://{BUCKET}/{tmp_path.name}", request.getfixturevalue("s3_options")
    farm = RetainedFarm(tmp_path / "home", url, options)
    yield farm
    farm.close()
