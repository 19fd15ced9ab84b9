"""Blame: whose fault an exception is."""

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
from farm.worker.fault import Blame, classify


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
        (OSError(13, "Permission denied"), Blame.HOST),
        (OSError(28, "No space left on device"), Blame.DISK),
        (OSError(122, "Disk quota exceeded"), Blame.DISK),
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


@pytest.mark.parametrize("outer", [MachineError("blob k cannot be written"), MediaError("muxing failed")])
def test_a_full_disk_is_known_whatever_was_raised_over_it(outer: Exception) -> None:
    between = RuntimeError("write")
    between.__cause__ = OSError(28, "No space left on device")
    outer.__cause__ = between
    fault = classify(outer)
    assert (fault.blame, fault.message) == (Blame.DISK, str(outer))


def test_a_chain_of_causes_that_bites_its_tail_ends() -> None:
    first, second = MachineError("first"), MachineError("second")
    first.__cause__, second.__cause__ = second, first
    assert classify(first).blame is Blame.HOST
