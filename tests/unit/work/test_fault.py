"""Whose fault an exception is."""

from __future__ import annotations

import pytest

from farm.errors import (
    CheckFailedError,
    DocumentError,
    FarmUnreachableError,
    MachineError,
    MediaError,
    PluginError,
    Problem,
    RenderError,
    StoreError,
)
from farm.work.fault import Blame, classify


@pytest.mark.parametrize(
    ("error", "blame"),
    [
        (DocumentError([Problem("a", "b")]), Blame.JOB),
        (MediaError("m"), Blame.JOB),
        (RenderError("r"), Blame.JOB),
        (CheckFailedError("c"), Blame.JOB),
        (PluginError("p"), Blame.JOB),
        (StoreError("s"), Blame.STORE),
        (MachineError("m"), Blame.HOST),
        (FarmUnreachableError("u"), Blame.HOST),
        (OSError(28, "No space left on device"), Blame.HOST),
        (MemoryError(), Blame.HOST),
        (ZeroDivisionError("z"), Blame.HOST),
    ],
)
def test_blame(error: Exception, blame: Blame) -> None:
    fault = classify(error)
    assert fault.blame is blame
    assert fault.message


def test_a_documents_problems_are_kept() -> None:
    assert classify(DocumentError([Problem("a", "b")])).problems == (Problem("a", "b"),)


def test_an_unknown_error_is_named_by_its_type() -> None:
    assert classify(KeyError("lost")).message == "KeyError: 'lost'"
    assert classify(MemoryError()).message == "MemoryError"
