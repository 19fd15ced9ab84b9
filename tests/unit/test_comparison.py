"""The page that compares farm with others: every "yes" of ours names a test that exists, and nothing is left open."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")
VALUES = {"yes", "partly", "code", "no", "n.a.", "n.d."}


def rows() -> dict[int, list[str]]:
    """Return the cells after the number of each row: feature, farm, the others."""
    found = {}
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[0].isdigit():
            assert int(cells[0]) not in found
            found[int(cells[0])] = cells[1:]
    return found


def evidence() -> dict[int, list[str]]:
    """Return the tests of each row that names some."""
    part = PAGE.split("## The tests")[1].split("\n## ")[0]
    lines = re.findall(r"^- (\d+): (.+)$", part, re.MULTILINE)
    return {int(number): re.findall(r"`([^`]+)`", tests) for number, tests in lines}


@cache
def names_in(file: str) -> frozenset[str]:
    """Return the names of the test functions in a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


def test_there_are_enough_features_and_every_cell_says_something() -> None:
    assert len(rows()) >= 45
    for number, (feature, farm, *others) in rows().items():
        assert feature, number
        assert len(others) == 9, feature
        assert set(others) <= VALUES, feature
        assert farm in VALUES or farm.startswith("TODO-"), feature


@pytest.mark.xfail(
    strict=True, reason="rows of features that are being built are filled in when they are merged"
)
def test_no_row_is_left_open() -> None:
    assert not [feature for feature, farm, *_ in rows().values() if farm.startswith("TODO")]


def test_every_yes_of_ours_names_a_test_that_exists() -> None:
    named = evidence()
    ours = {number for number, (_, farm, *_) in rows().items() if farm in ("yes", "partly")}
    assert set(named) == ours
    for number, tests in named.items():
        assert tests, number
        for test in tests:
            file, _, name = test.partition("::")
            assert (ROOT / file).is_file(), test
            assert name in names_in(file), test
