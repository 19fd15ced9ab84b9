"""One contract for every store: this machine's folder, a shared folder, and object stores by fsspec."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import time
from pathlib import Path

import pytest

from farm.errors import StoreError
from farm.store.mark import check_mark, mark, read_mark
from farm.store.open import open_place, open_store
from farm.store.place import SharedPlace
from farm.store.productions import ProductionStore
from farm.store.store import Store
from tests.contract.conftest import BUCKET

LARGE = 2**20 * 12
"""Above the size from which S3 uploads go in parts."""

Where = tuple[str, str]
"""A store's URL and options."""


@pytest.fixture(params=["local", "file", "memory", "s3"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Where:
    match request.param:
        case "file":
            return (tmp_path / "mount").as_uri(), ""
        case "memory":
            return f"memory://{tmp_path.name}", ""
        case "s3":
            return f"s3://{BUCKET}/{tmp_path.name}", request.getfixturevalue("s3_options")
    return "", ""


def machine(tmp_path: Path, name: str, where: Where) -> Store:
    """Return the store as a machine sees it; without a shared place, all machines are one."""
    folder = tmp_path / (name if where[0] else "only") / "store"
    return open_store(folder, 2**30, url=where[0], options=where[1])


def named(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def leftovers(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob(".farm-*") if path.is_file()]


@pytest.mark.parametrize(("suffix", "data"), [("", b"photo"), (".mp4", b"segment"), ("", b"x" * LARGE)])
def test_what_one_machine_stores_all_machines_find(
    tmp_path: Path, where: Where, suffix: str, data: bytes
) -> None:
    here, there = machine(tmp_path, "a", where), machine(tmp_path, "b", where)
    key = named(data)
    assert not there.has(key, suffix)
    assert there.find(key, suffix) is None
    assert here.put_bytes(key, suffix, data).read_bytes() == data
    assert there.has(key, suffix)
    found = there.find(key, suffix)
    assert found is not None
    assert found == there.path_of(key, suffix)
    assert found.read_bytes() == data
    assert not leftovers(tmp_path)


def test_putting_again_replaces(tmp_path: Path, where: Where) -> None:
    here, there = machine(tmp_path, "a", where), machine(tmp_path, "b", where)
    here.put_bytes("ab12", ".json", b"first")
    here.put_bytes("ab12", ".json", b"second")
    found = there.find("ab12", ".json")
    assert found is not None
    assert found.read_bytes() == b"second"
    assert not leftovers(tmp_path)


def test_a_file_is_moved_in(tmp_path: Path, where: Where) -> None:
    here = machine(tmp_path, "a", where)
    temp = here.open_temp()
    temp.write_bytes(b"cover")
    path = here.put_file("ab12", ".jpg", temp)
    assert (path.read_bytes(), temp.exists()) == (b"cover", False)


def test_a_name_is_hexadecimal(tmp_path: Path, where: Where) -> None:
    here = machine(tmp_path, "a", where)
    for key in ("", "../../etc/passwd", "xyz"):
        with pytest.raises(StoreError, match="names are hexadecimal digits"):
            here.find(key)


def test_dropped_cache_entries_are_fetched_again(tmp_path: Path, where: Where) -> None:
    if not where[0]:
        pytest.skip("one machine's folder is all it has")
    here = machine(tmp_path, "a", where)
    path = here.put_bytes("ab12", ".mp4", b"segment")
    path.unlink()
    assert here.find("ab12", ".mp4") == path
    assert path.read_bytes() == b"segment"


def test_media_that_do_not_match_their_name_are_removed_not_used(tmp_path: Path, where: Where) -> None:
    if not where[0]:
        pytest.skip("nothing is fetched")
    here, there = machine(tmp_path, "a", where), machine(tmp_path, "b", where)
    key = named(b"photo")
    here.put_bytes(key, "", b"another photo")
    with pytest.raises(StoreError, match="did not match its name and was removed; upload it again"):
        there.find(key)
    assert not there.path_of(key).exists()
    assert not there.has(key)
    assert not leftovers(tmp_path)


def test_a_local_file_is_shared_once(tmp_path: Path, where: Where) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"photo")
    key = named(b"photo")
    machine(tmp_path, "a", where).share(key, photo)
    there = machine(tmp_path, "b", where)
    if where[0]:
        place = open_place(*where)
        assert place is not None
        before = list(place.walk())
        there.share(key, tmp_path / "not-read-again.jpg")
        assert list(place.walk()) == before
    found = there.find(key)
    assert (found is not None) == bool(where[0])
    assert photo.exists()


def test_processes_that_fetch_one_blob_at_once_all_get_it_whole(tmp_path: Path, where: Where) -> None:
    if not where[0] or where[0].startswith("memory"):
        pytest.skip("not reached by other processes")
    data = os.urandom(2**20)
    machine(tmp_path, "a", where).put_bytes(named(data), "", data)
    context = multiprocessing.get_context("spawn")
    folders = [tmp_path / "b", tmp_path / "b", tmp_path / "c"]
    jobs = [context.Process(target=reread, args=(folder, *where, named(data))) for folder in folders]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert [job.exitcode for job in jobs] == [0, 0, 0]
    assert not leftovers(tmp_path)


def reread(folder: Path, url: str, options: str, key: str) -> None:
    """Find a blob in a cache that is shared with other processes and never keeps it for long."""
    store = open_store(folder, 2**30, url=url, options=options)
    for _ in range(8):
        found = store.find(key)
        assert found is not None
        try:
            file = found.open("rb")
        except FileNotFoundError:
            continue  # the neighbour dropped it
        with file:
            assert hashlib.file_digest(file, "sha256").hexdigest() == key
        found.unlink(missing_ok=True)


@pytest.fixture
def place(where: Where) -> SharedPlace:
    found = open_place(*where)
    if found is None:
        pytest.skip("one machine's folder has no shared place")
    return found


def test_a_place_is_marked_once_and_known_by_its_mark(place: SharedPlace) -> None:
    assert read_mark(place) is None
    farm_id = mark(place)
    assert mark(place) == farm_id
    check_mark(place, farm_id)


def test_a_production_is_read_on_any_machine(tmp_path: Path, place: SharedPlace) -> None:
    made = tmp_path / "worker"
    made.mkdir()
    for suffix in (".mp4", ".jpg", ".json"):
        (made / f"job-1{suffix}").write_bytes(suffix.encode() * 100)
    worker, head = ProductionStore(made, place), ProductionStore(tmp_path / "head", place)
    assert head.file("job-1", ".mp4") is None
    worker.publish("job-1", made)
    worker.publish("job-1", made)
    for suffix in (".mp4", ".jpg", ".json"):
        found = head.file("job-1", suffix)
        assert found == tmp_path / "head" / f"job-1{suffix}"
        assert found.read_bytes() == suffix.encode() * 100
    assert not leftovers(tmp_path)


def test_a_machine_drops_copies_that_it_can_get_again_and_no_others(
    tmp_path: Path, place: SharedPlace
) -> None:
    folder = tmp_path / "head"
    folder.mkdir()
    long_ago = time.time() - 7200
    for name in ("shared.mp4", "shared.jpg", "shared.json", "mine.mp4"):
        (folder / name).write_bytes(b"data")
        os.utime(folder / name, (long_ago, long_ago))
    here = ProductionStore(folder, place)
    here.publish("shared", folder)
    assert here.trim() == 12
    assert [path.name for path in folder.iterdir()] == ["mine.mp4"]
    assert here.file("shared", ".mp4") == folder / "shared.mp4"
    assert here.trim() == 0, "just used"
