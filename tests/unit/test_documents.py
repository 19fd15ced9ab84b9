"""Documents of every kind, cut and spliced at random: read, or refused with farm's own errors in bounded words."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farm.errors import MAX_PROBLEMS, DocumentError, FarmError
from farm.plugins.registry import load_registry
from tests.benchmarks.document_shapes import Shape
from tests.benchmarks.documents import random_cases, readers

LONGEST = 4_500 * MAX_PROBLEMS
"""Characters of an error: a hundred problems at their longest."""


@cache
def kinds() -> dict[str, tuple[Callable[[str], object], dict[str, Shape]]]:
    return readers(load_registry())


KINDS = [
    "job, JSON", "job, YAML", "script", "product", "product sheet", "rows, CSV", "rows, NDJSON", "events, NDJSON",
    "events, CSV", "captions", "template", "work order", "edits", "draft",
]  # fmt: skip


def test_every_kind_is_here() -> None:
    assert list(kinds()) == KINDS


def read(kind: str, text: str) -> None:
    refused: FarmError | None = None
    try:
        kinds()[kind][0](text)
    except FarmError as error:
        refused = error
    if refused is not None:
        assert 0 < len(str(refused)) < LONGEST
    if isinstance(refused, DocumentError):
        assert 0 < len(refused.problems) <= MAX_PROBLEMS


@pytest.mark.parametrize("kind", KINDS)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_documents_are_read_or_refused(kind: str, seed: int) -> None:
    for case in random_cases({kind: kinds()[kind]}, 3, seed):
        read(kind, case.text)


@pytest.mark.parametrize("kind", KINDS)
def test_all_shapes_are_read_or_refused(kind: str) -> None:
    for shape in kinds()[kind][1].values():
        read(kind, shape(3_000))
