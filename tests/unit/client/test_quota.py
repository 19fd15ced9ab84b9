"""A quota that is used up is reported at once: waiting would not help."""

from __future__ import annotations

from pathlib import Path

import pytest

from farm.client.client import FarmClient
from farm.errors import QuotaError
from tests.contract.small_farm import SmallFarm, served, words


def test_a_quota_is_not_waited_for(tmp_path: Path) -> None:
    with SmallFarm(tmp_path / "home") as farm, served(farm.api) as url:
        farm.controller.journal.quotas.set("default", {"production_bytes": 0})

        def sleep(_seconds: float) -> None:
            raise AssertionError("it waits")

        client = FarmClient(url, sleep=sleep)
        with pytest.raises(QuotaError, match="--production-bytes") as refused:
            client.submit(words("a"), "a.yaml", tmp_path)
        assert (refused.value.quota, refused.value.limit) == ("production_bytes", 0)
        client.close()
