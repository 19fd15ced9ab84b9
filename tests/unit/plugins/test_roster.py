"""Entry points that name the wrong thing, or a module that another distribution hides, are told so."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, PathDistribution
from pathlib import Path

import pytest

from farm.plugins import registry as registry_module
from farm.plugins.registry import load_registry

SOURCE = """
from farm.plugins.specs import hookimpl
class Plug:
    @hookimpl
    def farm_effects(self):
        return []
plug = Plug()
def offer():
    return []
@hookimpl
def farm_effects():
    return []
"""


def installed(site: Path, name: str, value: str, module: str) -> EntryPoint:
    """Return the entry point of a distribution with one module."""
    info = site / f"{name}_dist-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-dist\nVersion: 1.0\n")
    (site / f"{module}.py").write_text(SOURCE)
    point = EntryPoint(name, value, "farm")
    vars(point).update(dist=PathDistribution(info))
    return point


def why(monkeypatch: pytest.MonkeyPatch, *points: EntryPoint) -> dict[str, str]:
    before = registry_module.entry_points
    monkeypatch.setattr(registry_module, "entry_points", lambda group: [*before(group=group), *points])
    return {name: one.why for name, one in load_registry().disabled.items()}


@pytest.mark.parametrize(("name", "kind"), [("Plug", "class"), ("offer", "function")])
def test_that_a_class_or_function_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    module = f"acme_{kind}"
    monkeypatch.syspath_prepend(tmp_path)
    point = installed(tmp_path, "acme", f"{module}:{name}", module)
    assert why(monkeypatch, point) == {
        "acme": f"`{module}:{name}` is a {kind}; name a module, or an instance with hooks"
    }


def test_that_modules_and_instances_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    points = [
        installed(tmp_path, "acme", "acme_instance:plug", "acme_instance"),
        installed(tmp_path, "bcme", "acme_module", "acme_module"),
    ]
    assert why(monkeypatch, *points) == {}


def test_that_a_hidden_module_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = [installed(tmp_path / name, name, "twin_module", "twin_module") for name in ("acme", "bcme")]
    for site in ("acme", "bcme"):
        monkeypatch.syspath_prepend(tmp_path / site)
    told = why(monkeypatch, *points)
    sys.modules.pop("twin_module")
    assert list(told) == ["acme"], "the path's first is loaded"
    assert told["acme"].startswith("its module `twin_module` is hidden by the one of distribution bcme-dist")


def test_that_a_plugin_that_is_not_there_is_named() -> None:
    effects = load_registry().effects
    assert effects.lack("mm.ok", "effect") == (
        "no effect is called `mm.ok`: no plugin `mm` is installed (`farm plugins` lists them)"
    )
    assert effects.lack("basic.mono", "effect").endswith("did you mean `basics.mono`?")
    assert "did you mean `basics.mono`?" in effects.lack("basics.momo", "effect")
