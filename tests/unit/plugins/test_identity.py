"""A plugin's identity follows its files and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest

from farm.model.plugin import PluginIdentity
from farm.plugins.difference import difference, elsewhere, mixture
from farm.plugins.identity import forget_digests, identity_of
from farm.plugins.registry import load_registry
from tests.plugin_mistakes.installed import TINT, install


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of packages that this process finds; nothing of it is remembered after."""
    monkeypatch.syspath_prepend(tmp_path)
    forget_digests()
    yield tmp_path
    forget_digests()
    sys.modules.pop("acme_farm", None)


def acme() -> EntryPoint:
    (point,) = (one for one in entry_points(group="farm") if one.name == "acme")
    return point


def test_an_installed_plugin_has_version_files_and_author(site: Path) -> None:
    install(site, TINT.format(blue=90))
    registry = load_registry()
    identity = registry.plugins["acme"]
    assert (identity.version, identity.author) == ("1.2", "Ann Lee <ann@acme.example>")
    assert len(identity.digest) == 64
    assert registry.effects["acme.tint"].plugin is identity


def test_edited_files_are_another_plugin_in_the_next_process_only(site: Path) -> None:
    install(site, TINT.format(blue=90))
    before = identity_of(acme())
    install(site, TINT.format(blue=170))
    assert identity_of(acme()) == before, "this process has loaded the former files"
    forget_digests()
    after = identity_of(acme())
    assert (after.version, after.mark) != (before.version, before.mark)


def test_one_which_ends_the_process_when_it_is_imported_is_disabled(site: Path) -> None:
    install(site, "import os\nos._exit(0)\n")
    (disabled,) = load_registry().disabled.values()
    assert disabled.why == (
        "`acme_farm` cannot be loaded: ExitRefused: os._exit(0) would have ended this process and all work in it "
        "(acme_farm.py, line 2, in <module>: os._exit(0))"
    )


def test_data_and_second_modules_count_and_compiled_files_do_not(site: Path) -> None:
    package = site / "acme_farm"
    package.mkdir()
    (package / "__init__.py").write_text("")
    install(site, "")
    (site / "acme_farm.py").unlink()
    (site / "acme_farm-1.2.dist-info" / "RECORD").write_text("acme_farm/__init__.py,,\nacme_tables/t.bin,,\n")
    digests = [identity_of(acme()).digest]
    for name, same in (
        ("acme_farm/look.cube", False),
        ("acme_farm/__pycache__/x.cpython-311.pyc", True),
        ("acme_farm/kernels.nbc", True),
        ("acme_farm/kernels.nbi", True),
        ("acme_tables/t.bin", False),
        ("acme_tables/of_another_distribution.bin", True),
    ):
        (site / name).parent.mkdir(exist_ok=True)
        (site / name).write_bytes(b"x")
        forget_digests()
        digests.append(identity_of(acme()).digest)
        assert (digests[-1] == digests[-2]) is same, name


def test_differences_between_machines_are_one_sentence() -> None:
    def plugins(**installed: tuple[str, str]) -> dict[str, PluginIdentity]:
        return {name: PluginIdentity(name, version, digest) for name, (version, digest) in installed.items()}

    head = plugins(acme=("1.2", "a" * 64), beta=("1", "b" * 64), gone=("3", "c" * 64))
    assert difference(head, head) == ""
    here = plugins(acme=("1.3", "d" * 64), beta=("1", "e" * 64), more=("4", "f" * 64))
    assert difference(here, head) == (
        "this machine's plugins differ from the head's: acme is 1.3 here and 1.2 there, beta 1 has the same version, "
        "different files (eeeeeeeeeeee here, bbbbbbbbbbbb there), gone 3 (cccccccccccc) is not installed here, more 4 "
        "(ffffffffffff) is not installed there; segments go only to workers with exactly the plugins that their job "
        "was planned with"
    )


def test_workers_with_different_copies_of_a_plugin_are_reported() -> None:
    assert mixture(["acme 1.2 (aa)", "beta 1 (bb)", "acme 1.2 (aa)"]) == ""
    assert mixture(["acme 1.2 (bb)", "beta 1 (bb)", "acme 1.2 (aa)"]) == (
        "workers differ: acme 1.2 (aa) and acme 1.2 (bb)"
    )


def test_a_farm_whose_plugins_differ_from_those_used_here_is_reported() -> None:
    farm = ["acme 1.2 (aa)", "acme 1.2 (bb)", "beta 1 (bb)"]
    assert elsewhere(["beta 1 (bb)"], farm) == ""
    assert elsewhere(["acme 1.2 (aa)", "gone 1 (-)", "beta 1 (bb)"], farm) == (
        "the farm's plugins differ from this machine's, and the farm's draw the video: "
        "acme 1.2 (aa) here, acme 1.2 (aa) and acme 1.2 (bb) there; gone 1 (-) here, none there"
    )
