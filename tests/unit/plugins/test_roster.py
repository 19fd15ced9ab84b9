"""Entry points that name the wrong thing, or a module that another distribution hides, are reported."""

from __future__ import annotations

import base64
import hashlib
import sys
from importlib.metadata import EntryPoint, PathDistribution
from pathlib import Path

import pytest

from farm.plugins import registry as registry_module
from farm.plugins.registry import load_registry

SOURCE = """
from farm.plugin import hookimpl
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
def test_a_class_or_function_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    module = f"acme_{kind}"
    monkeypatch.syspath_prepend(tmp_path)
    point = installed(tmp_path, "acme", f"{module}:{name}", module)
    assert why(monkeypatch, point) == {
        "acme": f"`{module}:{name}` is a {kind}; name a module, or an instance with hooks"
    }


def test_modules_and_instances_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    points = [
        installed(tmp_path, "acme", "acme_instance:plug", "acme_instance"),
        installed(tmp_path, "bcme", "acme_module", "acme_module"),
    ]
    assert why(monkeypatch, *points) == {}


def test_a_hidden_module_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = [installed(tmp_path / name, name, "twin_module", "twin_module") for name in ("acme", "bcme")]
    for site in ("acme", "bcme"):
        monkeypatch.syspath_prepend(tmp_path / site)
    reasons = why(monkeypatch, *points)
    sys.modules.pop("twin_module")
    assert list(reasons) == ["acme"], "the path's first is loaded"
    assert reasons["acme"].startswith(
        "its module `twin_module` is hidden by the one of distribution bcme-dist"
    )


def test_an_overwritten_module_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = [installed(tmp_path, name, "overwritten", "overwritten") for name in ("acme", "bcme")]
    for name, source in (("acme", SOURCE + "# acme\n"), ("bcme", SOURCE)):
        kept = base64.urlsafe_b64encode(hashlib.sha256(source.encode()).digest()).decode().rstrip("=")
        record = tmp_path / f"{name}_dist-1.0.dist-info" / "RECORD"
        record.write_text(f"overwritten.py,sha256={kept},{len(source)}\n")
    monkeypatch.syspath_prepend(tmp_path)
    reasons = why(monkeypatch, *points)
    assert list(reasons) == ["acme"]
    assert reasons["acme"].startswith(
        "its module `overwritten` is hidden by the one of distribution bcme-dist"
    )


def test_parts_of_a_namespace_and_edited_modules_hide_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = []
    for name in ("acme", "bcme"):
        site = tmp_path / name
        (site / "shared_space").mkdir(parents=True)
        points.append(installed(site, name, f"shared_space.{name}_part", f"shared_space/{name}_part"))
        monkeypatch.syspath_prepend(site)
    for name in ("ccme", "dcme"):
        point = installed(tmp_path / name, name, "edited_module", "left_over")
        source = tmp_path / f"{name} source"
        source.mkdir()
        (source / "edited_module.py").write_text(SOURCE)
        assert point.dist is not None
        info = tmp_path / name / f"{name}_dist-1.0.dist-info"
        (info / "direct_url.json").write_text(f'{{"url": "{source.as_uri()}"}}')
        monkeypatch.syspath_prepend(source)
        points.append(point)
    reasons = why(monkeypatch, *points)
    for module in [one for one in sys.modules if one.startswith(("shared_space", "edited_module"))]:
        sys.modules.pop(module)
    assert list(reasons) == ["ccme"]
    assert "hidden by the one of distribution dcme-dist" in reasons["ccme"]


def test_a_plugin_that_is_not_there_is_named() -> None:
    effects = load_registry().effects
    assert effects.lack("mm.ok", "effect") == (
        "no effect is called `mm.ok`: no plugin `mm` is installed (`farm plugins` lists them); "
        "in Python, pass elements of your own to the call, as in farm.render(job, effects=[…])"
    )
    assert effects.lack("basic.mono", "effect").endswith("did you mean `basics.mono`?")
    assert "did you mean `basics.mono`?" in effects.lack("basics.momo", "effect")
