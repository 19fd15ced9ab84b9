"""Blobs: whole or not at all, the least recently used dropped first, none that may still be needed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from farm.errors import MachineError, StoreError
from farm.store.blobs import GRACE_S, BlobStore

LONG_AGO = GRACE_S + 100


def age(path: Path, seconds: float) -> None:
    """Make a file look last used so long ago."""
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_what_is_put_is_found(tmp_path: Path) -> None:
    store = BlobStore(tmp_path, 1000)
    path = store.put_bytes("ab12", ".mp4", b"data")
    assert store.find("ab12", ".mp4") == path
    assert path.read_bytes() == b"data"
    assert store.has("ab12", ".mp4")
    assert not store.has("ab12", ".jpg")
    assert store.find("ab13", ".mp4") is None


def test_putting_again_replaces_and_leaves_nothing_behind(tmp_path: Path) -> None:
    store = BlobStore(tmp_path, 1000)
    store.put_bytes("ab12", "", b"old")
    path = store.put_bytes("ab12", "", b"new")
    assert path.read_bytes() == b"new"
    assert not list((tmp_path / "incoming").iterdir())


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = BlobStore(tmp_path, 1000)
    store.put_bytes("ab12", "", b"old")

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(MachineError, match="No space left on device; free space"):
        store.put_bytes("ab12", "", b"new")
    assert store.path_of("ab12").read_bytes() == b"old"
    assert not list((tmp_path / "incoming").iterdir())


@pytest.mark.parametrize("key", ["", "../etc", "ABC", "xyz", "a/b", "ab12\n"])
def test_a_name_is_hexadecimal(tmp_path: Path, key: str) -> None:
    with pytest.raises(StoreError, match="names are hexadecimal digits"):
        BlobStore(tmp_path, 1000).path_of(key)


def filled(folder: Path, limit: int) -> BlobStore:
    """Return a store of three blobs of 100 bytes: aa was used last, cc first."""
    store = BlobStore(folder, limit)
    for rank, key in enumerate(["aa11", "bb11", "cc11"]):
        age(store.put_bytes(key, ".mp4", bytes(100)), LONG_AGO + rank)
    return store


def kept(store: BlobStore) -> list[str]:
    return [key for key in ("aa11", "bb11", "cc11") if store.has(key, ".mp4")]


@pytest.mark.parametrize(
    ("limit", "left"),
    [(300, ["aa11", "bb11", "cc11"]), (299, ["aa11", "bb11"]), (150, ["aa11"]), (0, [])],
)
def test_the_least_recently_used_go_first(tmp_path: Path, limit: int, left: list[str]) -> None:
    store = filled(tmp_path, limit)
    assert store.trim() == 300 - 100 * len(left)
    assert kept(store) == left


def test_finding_counts_as_use_and_asking_does_not(tmp_path: Path) -> None:
    store = filled(tmp_path, 200)
    assert store.has("bb11", ".mp4")
    assert store.find("cc11", ".mp4")
    store.trim()
    assert kept(store) == ["aa11", "cc11"]


def test_what_was_just_used_stays_beyond_the_limit(tmp_path: Path) -> None:
    store = filled(tmp_path, 0)
    for key in ("aa11", "bb11"):
        age(store.path_of(key, ".mp4"), GRACE_S - 60)
    assert store.trim() == 100
    assert kept(store) == ["aa11", "bb11"]


def test_a_cache_drops_media_and_a_store_without_another_copy_never_does(tmp_path: Path) -> None:
    for grace_s, dropped, left in ((GRACE_S, 200, (False, False)), (float("inf"), 100, (True, False))):
        store = BlobStore(tmp_path / str(dropped), 0, media_grace_s=grace_s)
        media, segment = store.put_bytes("aa11", "", bytes(100)), store.put_bytes("cc11", ".mp4", bytes(100))
        age(media, LONG_AGO * 1000)
        age(segment, LONG_AGO)
        assert store.trim() == dropped
        assert (media.exists(), segment.exists()) == left


def test_leavings_of_killed_processes_are_swept_after_a_day(tmp_path: Path) -> None:
    store = BlobStore(tmp_path, 1000)
    old, new = store.open_temp(), store.open_temp()
    age(old, 26 * 3600)
    store.trim()
    assert not old.exists()
    assert new.exists()
