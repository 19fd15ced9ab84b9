"""One contract of the garbage collector for every store: one machine's folders, a shared folder, S3."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from farm.errors import ConflictError, MediaCondemnedError
from farm.journal.retention import RetentionRule
from farm.retention.collector_lock import collecting
from farm.retention.marks import Running
from farm.store.mark import check_mark, mark
from farm.store.open import shared_place
from tests.contract.retained_farm import RetainedFarm


class Killed(BaseException):
    """Stands for a signal that ends the process."""


def test_needed_files_are_kept_however_old_they_are(farm: RetainedFarm) -> None:
    place = shared_place(farm.settings)
    farm_id = mark(place)
    font = farm.settings.home / "font"
    font.write_bytes(b"font")
    place.put("fonts/" + "f" * 64, font)
    place.put("fonts.json", font)
    wanted, asset, used = (
        farm.upload("shop", b"wanted"),
        farm.asset("shop", b"asset"),
        farm.asset("shop", b"used"),
    )
    farm.work("w1", "shop", used)
    farm.accept("waits", "shop", wanted)
    farm.order("made", "shop", "w1")
    farm.accept("made", "shop")
    farm.end("made", b"video of a work")
    fetched, key = farm.fetched(b"fetched by a URL"), farm.segment(b"segment of a plan")
    farm.running = lambda: Running(frozenset({fetched}), frozenset({key + ".mp4"}))
    before = farm.blobs()
    for _ in range(12):
        farm.wait(days=35)
        assert farm.collect().freed_bytes == 0
    assert farm.blobs() == before
    assert farm.media.has(asset)
    assert farm.files() == {"made"}
    assert farm.journal.jobs.get("made") is not None, "a job stays as long as its files"
    check_mark(place, farm_id)
    assert place.stat("fonts.json") is not None


def test_unneeded_files_are_removed_by_the_rules_and_not_before(farm: RetainedFarm) -> None:
    old, key = farm.upload("shop", b"old"), farm.segment(b"segment")
    asset = farm.asset("shop", b"asset")
    farm.accept("job", "shop", old)
    farm.end("job", b"video")
    farm.catalog.assets.drop(asset, "shop")
    everything = farm.blobs()
    for _ in range(2):
        farm.wait(days=14)
        farm.collect()
        assert {old, key + ".mp4", asset} <= farm.blobs()
        assert farm.files() == {"job"}
    farm.wait(days=3)
    freed = {(one.kind, one.reason): one.items for one in farm.collect(dry_run=True).freed}
    assert freed["uploads", "unused for 30 days"] == 2
    assert freed["productions", "unused for 30 days"] == 1
    assert {one.split(".")[0] for one in farm.blobs()} <= {one.split(".")[0] for one in everything}
    assert farm.files() == {"job"}, "a dry run removes nothing"
    farm.collect()
    assert farm.files() == set()
    assert {old, asset} <= farm.blobs(), "media wait for a week longer, noted as needed by nobody"
    farm.wait(days=8)
    farm.collect()
    assert farm.blobs() == set()
    assert farm.journal.owners.unneeded_under("") == {}
    farm.journal.jobs.mark_recorded(["job"])
    farm.wait(days=1)
    farm.collect()
    assert farm.journal.jobs.get("job") is None


def test_a_limit_of_bytes_overrides_a_limit_of_days(farm: RetainedFarm) -> None:
    for kind in ("uploads", "productions"):
        farm.journal.retention.keep(kind, "shop", RetentionRule(None, 250, keep_used=kind == "productions"))
    farm.work("w1", "shop")
    names = []
    for number in range(5):
        names.append(farm.upload("shop", bytes([number]) * 100))
        farm.order(f"job{number}", "shop", "w1")
        farm.accept(f"job{number}", "shop")
        farm.end(f"job{number}", bytes([number]) * 100)
        farm.wait(days=1)
    farm.collect()
    assert farm.files() == {"job3", "job4"}, "bytes bound productions of works too"
    assert [farm.journal.owners.owns("shop", one) for one in names] == [False] * 3 + [True] * 2
    farm.wait(days=8)
    farm.collect()
    assert [farm.media.has(one) for one in names] == [False] * 3 + [True] * 2


def test_a_full_disk_takes_the_oldest_segments_first(farm: RetainedFarm) -> None:
    if farm.settings.store_url.startswith("s3"):
        pytest.skip("objects cannot be made older than each other")
    keys = [farm.segment(bytes([number]) * 1000) for number in range(6)]
    for age, key in enumerate(reversed(keys), 2):
        path = farm.store.path_of(key, ".mp4")
        if farm.settings.store_url:
            path = Path(farm.settings.store_url) / key[:2] / f"{key[2:]}.mp4"
        os.utime(path, (farm.now_s() - age * 86_400,) * 2)
    media = farm.upload("shop", b"media")
    assert farm.collect(free_bytes=2500).freed_bytes == 3000
    assert farm.blobs() == {media, *(f"{one}.mp4" for one in keys[3:])}


def test_files_of_unknown_productions_are_removed_after_a_week(farm: RetainedFarm) -> None:
    farm.accept("job", "shop")
    farm.end("job", b"video")
    with farm.journal.database.transaction() as connection:
        connection.execute("DELETE FROM production_files")
    farm.wait(days=3)
    farm.collect()
    farm.wait(days=6)
    farm.collect()
    assert farm.files() == {"job"}
    farm.wait(days=2)
    farm.collect()
    assert farm.files() == set()


def test_files_in_use_again_are_spared(farm: RetainedFarm) -> None:
    sha256 = farm.upload("shop", b"photo")
    farm.wait(days=31)
    farm.collect()
    assert farm.journal.owners.unneeded_under("") != {}
    farm.wait(days=8)
    farm.journal.owners.note("shop", sha256, 5, farm.now_s())
    farm.collect()
    assert farm.media.has(sha256)
    assert farm.journal.owners.unneeded_under("") == {}


def test_an_upload_during_a_collection_is_never_lost(farm: RetainedFarm) -> None:
    """Whatever the collector is doing when an upload comes: it is refused for the moment, or it stays."""
    refused = kept = 0
    for stop in range(1, 12):
        data = bytes([stop]) * 10
        sha256 = farm.fetched(data)
        farm.wait(days=2)
        farm.collect()
        farm.wait(days=8)
        steps = 0

        def meet(_what: str, data: bytes = data, stop: int = stop) -> None:
            nonlocal steps, refused, kept
            steps += 1
            if steps == stop:
                try:
                    farm.upload("shop", data)
                    kept += 1
                except MediaCondemnedError:
                    refused += 1

        farm.collect(on_step=meet)
        if farm.journal.owners.owns("shop", sha256):
            assert farm.media.has(sha256), stop
        farm.upload("shop", data)
        assert farm.media.has(sha256), "sent again, it stays"
    assert refused
    assert kept


def test_a_killed_run_is_finished_by_the_next(farm: RetainedFarm) -> None:
    farm.upload("shop", b"kept")
    for number in range(3):
        farm.fetched(b"media %d" % number)
        farm.accept(f"job{number}", "shop")
        farm.end(f"job{number}", b"video")
        farm.segment(b"segment %d" % number)
    farm.wait(days=2)
    farm.collect()
    farm.wait(days=29)
    farm.journal.owners.use("shop", [hashlib.sha256(b"kept").hexdigest()], farm.now_s())
    kills = 0
    for stop in (1, 1, 2, 3, 2, 1, 2, 3, 3, 2, 1, 2, 99):
        steps = 0

        def die(_what: str, stop: int = stop) -> None:
            nonlocal steps
            steps += 1
            if steps == stop:
                raise Killed

        try:
            farm.collect(on_step=die)
        except Killed:
            kills += 1
    assert farm.blobs() == {hashlib.sha256(b"kept").hexdigest()}
    assert farm.files() == set()
    assert farm.journal.owners.condemned(9) == []
    assert kills == 12


def test_one_collector_works_at_a_time(farm: RetainedFarm) -> None:
    with collecting(farm.settings.home), pytest.raises(ConflictError, match="already running"):
        farm.collect()
    farm.collect()
