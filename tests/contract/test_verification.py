"""One contract of verification and repair for every store."""

from __future__ import annotations

import time

from farm.retention.verify import StoreDamage, Verification, Verifier
from farm.store.blobs import blob_name
from farm.store.checksum import note_checksum
from tests.contract.retained_farm import RetainedFarm


def verify(farm: RetainedFarm, *, repair: bool = False) -> Verification:
    def again(job_id: str) -> bool:
        return farm.journal.jobs.reopen(job_id, "damaged", time.time()) is not None

    verifier = Verifier(
        farm.settings, farm.journal, lambda: farm.catalog, render_again=again, analyse_again=lambda _: True
    )
    return verifier.verify(repair=repair)


def by_name(damages: tuple[StoreDamage, ...]) -> dict[str, tuple[str, bool, bool]]:
    return {one.name: (one.kind, bool(one.mended), one.lost) for one in damages}


def spoil(farm: RetainedFarm, name: str, data: bytes = b"spoiled") -> None:
    """Change a file's bytes as a disk would, which keeps what was noted of it."""
    blob_place = next(one for one in farm.places.blobs if one.place.stat(name) is not None)
    file = farm.settings.home / "spoiled"
    checksum = blob_place.place.checksum(name)
    file.write_bytes(data)
    if checksum is not None:
        note_checksum(file, checksum)
    blob_place.place.put(name, file)


def test_whole_files_are_whole(farm: RetainedFarm) -> None:
    farm.upload("shop", b"upload")
    farm.asset("shop", b"asset")
    farm.segment(b"segment")
    farm.accept("job", "shop")
    farm.end("job", b"video")
    found = verify(farm)
    assert found.damages == ()
    assert found.unchecked == 0
    assert found.items >= 7


def test_damaged_media_are_copied_from_an_intact_place_or_reported_lost(farm: RetainedFarm) -> None:
    cached, lost = farm.upload("shop", b"cached"), farm.upload("shop", b"lost")
    farm.accept("job", "shop", lost)
    if farm.settings.store_url:
        farm.store.path_of(lost).unlink()
    else:
        # On one machine the library's copy is another file where disks differ.
        farm.library.put_bytes(cached, "", b"cached")
    for one in (cached, lost):
        spoil(farm, blob_name(one))
    found = verify(farm)
    assert by_name(found.damages) == {cached: ("media", False, False), lost: ("media", False, True)}
    assert next(one.users for one in found.damages if one.lost) == ("tenant shop", "job job")
    assert by_name(verify(farm, repair=True).damages) == {
        cached: ("media", True, False),
        lost: ("media", True, True),
    }
    # What was removed is missing now, until it is uploaded again.
    assert by_name(verify(farm).damages) == {lost: ("media", False, True)}
    farm.upload("shop", b"lost")
    assert verify(farm).damages == ()


def test_damaged_segments_are_removed_and_files_of_assets_made_anew(farm: RetainedFarm) -> None:
    key = farm.segment(b"segment")
    asset = farm.asset("shop", b"asset")
    (thumbnail,) = farm.catalog.needs.files("") - {key + ".mp4"}
    spoil(farm, blob_name(key, ".mp4"))
    spoil(farm, blob_name(thumbnail.removesuffix(".jpg"), ".jpg"))
    found = verify(farm)
    assert by_name(found.damages) == {
        key + ".mp4": ("derived", False, False),
        thumbnail: ("derived", False, False),
    }
    assert {one.users for one in found.damages} == {(), (f"asset {asset}",)}
    verify(farm, repair=True)
    assert farm.blobs() == {asset}
    assert farm.store.find(key, ".mp4") is None, "nor is a damaged copy taken from a cache"


def test_a_blob_without_a_checksum_is_looked_at_for_its_structure(farm: RetainedFarm) -> None:
    name = blob_name("ab" * 32, ".json")
    file = farm.settings.home / "old"
    file.write_text('{"cut off')
    farm.places.blobs[0].place.put(name, file)
    found = verify(farm)
    assert found.unchecked == 1
    assert [one.what for one in found.damages] == ["is not complete JSON"]


def test_a_damaged_video_is_made_again_where_its_media_are_there(farm: RetainedFarm) -> None:
    media, gone = farm.upload("shop", b"media"), farm.fetched(b"gone")
    for job, named in (("whole", media), ("again", media), ("lost", gone)):
        farm.accept(job, "shop", named)
        farm.end(job, b"video")
    farm.places.blobs[0].place.remove(blob_name(gone))
    for job in ("again", "lost"):
        farm.productions.remove(job)
    assert by_name(verify(farm).damages) == {
        "again": ("production", False, False),
        "lost": ("production", False, True),
    }
    verify(farm, repair=True)
    states = {one.job_id: one.state for one in farm.journal.jobs.newest(9)}
    assert states == {"whole": "done", "again": "accepted", "lost": "done"}
    assert farm.journal.owners.needed_under("") >= {media}
    farm.end("again", b"video")
    assert by_name(verify(farm).damages).keys() == {"lost"}
