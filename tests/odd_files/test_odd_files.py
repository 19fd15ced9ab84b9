"""Odd files: each is made, used in a timeline, and right or refused before rendering, as docs/media.md says."""

from __future__ import annotations

from pathlib import Path

import pytest

from farm.errors import DocumentError
from farm.settings import Settings
from farm.worker.worker import Worker
from tests.odd_files.case import Case, Refused, Right
from tests.odd_files.table import GROUPS, kind_of
from tests.odd_files.use import use

ALL = [case for cases in GROUPS.values() for case in cases]


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Worker:
    return Worker(Settings(tmp_path_factory.mktemp("odd-home")))


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.what)
def test_odd_file(case: Case, tmp_path: Path, worker: Worker) -> None:
    path = case.make(tmp_path)
    kind, fields = kind_of(case, path)
    match case.result:
        case Right(check=check, warns=warns):
            used = use(worker, path, kind, **fields)
            check(used)
            warnings = [warning for warning in used.drafted.warnings if path.name in warning]
            assert warnings == ([warns] if warns else [])
        case Refused(sentence):
            with pytest.raises(DocumentError) as caught:
                use(worker, path, kind, **fields)
            messages = [problem.message.replace(str(tmp_path), "FOLDER") for problem in caught.value.problems]
            assert sentence in messages


def test_there_are_enough_cases_and_each_has_a_name_of_its_own() -> None:
    names = [case.what for case in ALL]
    assert len(names) == len(set(names))
    assert len(names) >= 80
