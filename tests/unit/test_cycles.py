"""No module and no package imports itself by way of others; imports within functions count, those for types do not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest

PACKAGES = ("farm", "farm_basics", "farm_intake", "farm_retail", "farm_catalog")


@cache
def graph() -> grimp.ImportGraph:
    """Return the imports of all packages."""
    return grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)


def cycle_in(imports: Mapping[str, set[str]]) -> str:
    """Return a cycle as ``a -> b -> a``, or an empty text if there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        # The sorter lists each module before the one that imports it.
        return " -> ".join(reversed(error.args[1]))
    return ""


def test_a_cycle_is_reported() -> None:
    assert cycle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) in (
        "a -> b -> c -> a", "b -> c -> a -> b", "c -> a -> b -> c",
    )  # fmt: skip
    assert cycle_in({"a": {"b", "c"}, "b": {"c"}}) == ""


def test_no_module_imports_itself_through_others() -> None:
    imports = {name: graph().find_modules_directly_imported_by(name) for name in graph().modules}
    assert cycle_in(imports) == ""


# The packages of farm itself are checked by the layers in pyproject.toml.
@pytest.mark.parametrize(
    "package", sorted(one for one in graph().modules - {"farm"} if graph().find_children(one))
)
def test_subpackages_do_not_import_each_other_in_cycles(package: str) -> None:
    part_of = {
        name: part
        for part in graph().find_children(package)
        for name in (part, *graph().find_descendants(part))
    }
    imports: dict[str, set[str]] = {}
    for name, part in part_of.items():
        imported = {part_of.get(other, part) for other in graph().find_modules_directly_imported_by(name)}
        imports.setdefault(part, set()).update(imported - {part})
    assert cycle_in(imports) == ""
