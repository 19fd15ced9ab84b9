"""Retries: transient errors of a shared place are ridden out, lasting ones are reported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from farm.errors import MachineError, StoreError
from farm.store.blobs import BlobStore
from farm.store.layered import RENEW_S, LayeredStore
from farm.store.mark import check_mark, mark
from farm.store.patience import PAUSES_S, PatientPlace
from farm.store.place import FolderPlace, PlacedFile


class Flaky:
    """A folder that fails as configured, then works."""

    def __init__(self, folder: Path, *errors: Exception) -> None:
        self.inner = FolderPlace(folder)
        self.errors = list(errors)
        self.where = "s3://bucket/farm"

    def _maybe(self) -> None:
        if self.errors:
            raise self.errors.pop(0)

    def stat(self, name: str) -> PlacedFile | None:
        self._maybe()
        return self.inner.stat(name)

    def get(self, name: str, target: Path) -> bool:
        self._maybe()
        return self.inner.get(name, target)

    def put(self, name: str, source: Path) -> None:
        self._maybe()
        self.inner.put(name, source)

    def remove(self, name: str) -> None:
        self._maybe()
        self.inner.remove(name)

    def walk(self, under: str = "") -> Iterator[PlacedFile]:
        self._maybe()
        return self.inner.walk(under)

    def folders(self) -> list[str]:
        self._maybe()
        return self.inner.folders()

    def checksum(self, name: str) -> str | None:
        self._maybe()
        return self.inner.checksum(name)

    def sweep(self) -> int:
        self._maybe()
        return self.inner.sweep()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"data")
    return path


def test_transient_errors_are_retried(tmp_path: Path, file: Path) -> None:
    pauses: list[float] = []
    passing = [ConnectionResetError("reset"), TimeoutError(), RuntimeError("SlowDown")]
    place = PatientPlace(Flaky(tmp_path / "mount", *passing), pauses.append)
    place.put("ab/cd", file)
    assert pauses == list(PAUSES_S)
    assert [found.name for found in place.walk()] == ["ab/cd"]


def test_an_outage_is_the_machines_fault(tmp_path: Path, file: Path) -> None:
    outage = [OSError(5, "I/O error")] * (len(PAUSES_S) + 1)
    place = PatientPlace(Flaky(tmp_path / "mount", *outage), lambda _: None)
    with pytest.raises(MachineError, match=r"ab/cd in s3://bucket/farm cannot be written: .*I/O error"):
        place.put("ab/cd", file)


@pytest.mark.parametrize(
    "error", [PermissionError(13, "denied"), OSError(28, "full"), FileNotFoundError("no bucket")]
)
def test_permanent_errors_are_reported_at_once(tmp_path: Path, file: Path, error: Exception) -> None:
    pauses: list[float] = []
    with pytest.raises(MachineError, match="cannot be written") as caught:
        PatientPlace(Flaky(tmp_path / "mount", error), pauses.append).put("ab/cd", file)
    assert not pauses
    assert caught.value.__cause__ is error


def test_a_blob_that_could_not_be_shared_is_not_kept(tmp_path: Path) -> None:
    place = PatientPlace(Flaky(tmp_path / "mount", OSError(28, "full")))
    store = LayeredStore(BlobStore(tmp_path / "cache", 2**20), place)
    with pytest.raises(MachineError, match="full"):
        store.put_bytes("ab12", ".mp4", b"data")
    assert store.find("ab12", ".mp4") is None, "or no other machine would ever find it"
    assert not list((tmp_path / "cache" / "incoming").iterdir())


def test_media_damaged_on_the_way_are_fetched_again(tmp_path: Path) -> None:
    key = "3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7"  # of b"data"

    class Noisy(Flaky):
        def get(self, name: str, target: Path) -> bool:
            found = super().get(name, target)
            if self.noise:
                target.write_bytes(b"dada")
                self.noise -= 1
            return found

    place = Noisy(tmp_path / "mount")
    store = LayeredStore(BlobStore(tmp_path / "cache", 2**20), place)
    store.put_bytes(key, "", b"data").unlink()
    place.noise = 1
    found = store.find(key)
    assert found is not None
    assert found.read_bytes() == b"data"
    found.unlink()
    place.noise = 2
    with pytest.raises(StoreError, match="did not match its name"):
        store.find(key)
    assert not store.has(key)


def test_media_in_use_are_renewed(tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    store = LayeredStore(BlobStore(tmp_path / "cache", 2**20), FolderPlace(tmp_path / "mount"))
    store.share("ab12", file)
    before = (tmp_path / "mount" / "ab" / "12").stat().st_ino
    store.share("ab12", file)
    assert (tmp_path / "mount" / "ab" / "12").stat().st_ino == before
    later = time.time() + RENEW_S + 60
    monkeypatch.setattr(time, "time", lambda: later)
    store.share("ab12", file)
    assert (tmp_path / "mount" / "ab" / "12").stat().st_ino != before


def test_another_farms_place_is_refused(tmp_path: Path) -> None:
    here, there = FolderPlace(tmp_path / "here"), FolderPlace(tmp_path / "there")
    farm_id = mark(here)
    with pytest.raises(MachineError, match=r"there has no farm's mark.*set FARM_STORE_URL"):
        check_mark(there, farm_id)
    mark(there)
    with pytest.raises(MachineError, match="there belongs to another farm"):
        check_mark(there, farm_id)
