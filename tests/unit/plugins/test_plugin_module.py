"""``farm.plugin``: what it has, and when it loads it."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import farm.plugin


def declared() -> dict[str, str]:
    """Return the names that type checkers see, with their modules."""
    source = ast.parse(Path(farm.plugin.__file__).read_text(encoding="utf-8"))
    (checked,) = (
        one for one in source.body if isinstance(one, ast.If) and ast.unparse(one.test) == "TYPE_CHECKING"
    )
    return {
        alias.name: str(one.module)
        for one in checked.body
        if isinstance(one, ast.ImportFrom)
        for alias in one.names
    }


def test_type_checkers_and_all_have_the_names_of_the_table() -> None:
    assert declared() == farm.plugin.MODULES
    assert sorted(farm.plugin.__all__) == sorted(farm.plugin.MODULES)
    assert set(farm.plugin.MODULES) <= set(dir(farm.plugin))


def test_each_name_is_the_one_of_its_module() -> None:
    for name, module in farm.plugin.MODULES.items():
        assert getattr(farm.plugin, name) is getattr(import_module(module), name)


def test_a_name_it_does_not_have_is_refused_as_any_module_refuses_it() -> None:
    with pytest.raises(ImportError, match=r"cannot import name 'Efect' from 'farm\.plugin'"):
        exec("from farm.plugin import Efect")


def test_packages_of_plugins_load_neither_numba_nor_skia_nor_av() -> None:
    code = (
        "import sys, farm_basics, farm_intake, farm_retail; "
        "print(sorted({'numba', 'skia', 'av'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
