"""Files of productions beside their MP4: published, found on another machine, trimmed and removed with it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from farm.errors import StoreError
from farm.store.place import FolderPlace
from farm.store.productions import KEEP_S, ProductionStore, path_of

NAMES = ["video.mp4", "anim.gif", "stream.hls/index.m3u8"]


@pytest.fixture(params=["local", "shared"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ProductionStore:
    place = FolderPlace(tmp_path / "place") if request.param == "shared" else None
    return ProductionStore(tmp_path / "here", place)


def produce(store: ProductionStore, job_id: str = "watch-1") -> None:
    for suffix in (".mp4", ".jpg", ".json"):
        store.folder.mkdir(parents=True, exist_ok=True)
        (store.folder / f"{job_id}{suffix}").write_text(suffix)
    for name in NAMES[1:]:
        path = path_of(store.folder, job_id, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    store.publish(job_id, store.folder, NAMES)


def test_files_are_found_by_name(store: ProductionStore) -> None:
    produce(store)
    for name in NAMES[1:]:
        found = store.made("watch-1", name)
        assert found is not None
        assert found.read_text() == name
    assert store.made("watch-1", "other.gif") is None


def test_another_machine_fetches_them(store: ProductionStore, tmp_path: Path) -> None:
    produce(store)
    there = ProductionStore(tmp_path / "there", store.place)
    found = there.made("watch-1", NAMES[2])
    if store.place is None:
        assert found is None
        return
    assert found is not None
    assert found.read_text() == NAMES[2]


def test_they_are_counted_and_removed_with_their_job(store: ProductionStore) -> None:
    produce(store)
    produce(store, "other.2")
    found: dict[str, int] = {}
    for job_id, _ in store.walk():
        found[job_id] = found.get(job_id, 0) + 1
    assert found == {"watch-1": 5, "other.2": 5}
    size = sum(len(text) for text in (".mp4", ".jpg", ".json", *NAMES[1:]))
    assert store.remove("watch-1") == size
    assert {job_id for job_id, _ in store.walk()} == {"other.2"}
    assert store.made("watch-1", NAMES[1]) is None


def test_copies_that_are_shared_are_trimmed(store: ProductionStore) -> None:
    produce(store)
    old = time.time() - KEEP_S - 9
    for path in store.folder.rglob("*"):
        os.utime(path, (old, old))
    store.trim()
    left = [path for path in store.folder.rglob("*") if path.is_file()]
    assert len(left) == (5 if store.place is None else 0)


@pytest.mark.parametrize(
    "name", ["../x.gif", "a.gif/../../b", "/etc/passwd", "a", "A.gif", "a.hls/b/c", "a.hls/.x"]
)
def test_other_names_are_refused(store: ProductionStore, name: str) -> None:
    with pytest.raises(StoreError):
        store.made("watch-1", name)
