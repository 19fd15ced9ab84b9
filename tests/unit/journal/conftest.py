"""An open journal, and short ways to fill it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from farm.journal.journal import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal.open(tmp_path / "home" / "journal.sqlite3", max_unfinished=50)
    yield journal
    journal.close()
