"""Settings from the environment."""

from __future__ import annotations

import pytest

from farm.errors import MachineError
from farm.settings import Settings


def test_a_tenant_gets_half_of_the_queue_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARM_MAX_UNFINISHED", "1000")
    assert Settings.from_environment().unfinished_each == 500
    monkeypatch.setenv("FARM_TENANT_UNFINISHED", "7")
    assert Settings.from_environment().unfinished_each == 7
    for wrong in ("0", "-1", "many", "1.5", "²", "9" * 20):
        monkeypatch.setenv("FARM_TENANT_UNFINISHED", wrong)
        with pytest.raises(MachineError, match="FARM_TENANT_UNFINISHED"):
            Settings.from_environment()
