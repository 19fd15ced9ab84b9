"""Opening: what the settings name, or an error that says what to write."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

from farm.errors import MachineError, StoreError
from farm.settings import Settings
from farm.store.blobs import BlobStore
from farm.store.layered import LayeredStore
from farm.store.open import open_place, open_store, shared_place
from farm.store.productions import ProductionStore


def test_without_a_url_there_is_one_folder(tmp_path: Path) -> None:
    assert isinstance(open_store(tmp_path, 1), BlobStore)
    assert open_place("") is None


@pytest.mark.parametrize("url", ["/mnt/farm", "file:///mnt/farm", "file:///mnt/%66arm"])
def test_paths_are_shared_folders(tmp_path: Path, url: str) -> None:
    store = open_store(tmp_path, 1, url=url)
    assert isinstance(store, LayeredStore)
    assert store.place.where == "/mnt/farm"


@pytest.mark.parametrize(
    ("url", "options", "message"),
    [
        ("mnt/farm", "", "is not absolute; write /path, file:///path or s3://bucket/prefix"),
        ("s3://", "", "names no bucket"),
        ("s4://bucket/x", "", "s4://bucket/x cannot be opened: Protocol not known: s4"),
        ("memory://x", "{", "FARM_STORE_OPTIONS is not JSON"),
        ("memory://x", "[1]", "FARM_STORE_OPTIONS is not a mapping"),
    ],
)
def test_a_wrong_setting_is_reported(url: str, options: str, message: str) -> None:
    with pytest.raises(MachineError, match=message):
        open_place(url, options)


@pytest.mark.parametrize(
    ("url", "module", "extra"), [("s3://b/p", "s3fs", "s3"), ("oss://b/p", "ossfs", "oss")]
)
def test_a_missing_library_is_named(
    monkeypatch: pytest.MonkeyPatch, url: str, module: str, extra: str
) -> None:
    # What another test loaded would be found without an import.
    monkeypatch.delitem(import_module("fsspec.registry")._registry, extra, raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        MachineError,
        match=rf"{url} needs a library that is not installed: pip install 'farm-video\[{extra}\]'",
    ):
        open_place(url)


@pytest.mark.parametrize("job_id", ["", "../x", "a/b", ".hidden", "a" * 201])
def test_a_production_has_a_plain_name(tmp_path: Path, job_id: str) -> None:
    with pytest.raises(StoreError, match="does not name a production"):
        ProductionStore(tmp_path).file(job_id, ".mp4")


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FARM_HOME", str(tmp_path))
    monkeypatch.setenv("FARM_STORE_URL", "/mnt/farm")
    monkeypatch.setenv("FARM_STORE_OPTIONS", '{"secret": "s3cr3t"}')
    monkeypatch.setenv("FARM_FETCH_ALLOW", "media.lan, 10.1.0.0/16,")
    settings = Settings.from_environment()
    assert (settings.store_url, settings.fetch_allow) == ("/mnt/farm", ("media.lan", "10.1.0.0/16"))
    assert "s3cr3t" not in repr(settings)
    assert shared_place(settings).where == "/mnt/farm"
    monkeypatch.delenv("FARM_STORE_URL")
    assert shared_place(Settings.from_environment()).where == str(tmp_path / "store")
