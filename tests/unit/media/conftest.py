"""Fixtures for sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from farm.media.probe import probe
from farm.model.asset import Asset
from tests.golden.shop import write_tone
from tests.listen import ToneMaker


@pytest.fixture
def tone(tmp_path: Path) -> ToneMaker:
    """Return a function that writes a tone and probes it."""

    def made(seconds: float = 1.0, hz: float = 440.0, level: float = 0.25, rate: int = 48_000) -> Asset:
        path = tmp_path / f"{seconds}-{hz}-{level}-{rate}.wav"
        write_tone(path, seconds=seconds, hz=hz, level=level, rate=rate)
        return probe(path)

    return made
