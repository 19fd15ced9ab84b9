"""Localising: media are found by their content, on whatever machine the work is done."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from farm.errors import MachineError, MediaError
from farm.model.asset import Asset, MediaKind
from farm.model.contents import media_in
from farm.model.placement import Box, Placement
from farm.model.sound import Sound, SoundClip
from farm.model.source import ImageSource, VideoSource
from farm.model.timeline import Clip, GroupSource, Timeline, Track
from farm.store.open import open_store
from farm.store.store import Store
from farm.worker.localise import Localiser

PLACEMENT = Placement(Box(0, 0, 100, 100))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    for name in ("one", "two", "three", "tune"):
        (folder / name).write_bytes(name.encode())
    return folder


def asset(path: Path, kind: MediaKind = MediaKind.IMAGE) -> Asset:
    return Asset(hashlib.sha256(path.read_bytes()).hexdigest(), str(path), kind)


def timeline_of(shop: Path) -> Timeline:
    """Return 30 frames: a picture, a clip in a group of a group, a picture; and a tune."""
    inner = Clip(VideoSource(asset(shop / "two", MediaKind.VIDEO)), 0, 10, PLACEMENT)
    group = GroupSource((Track((replace(inner, source=GroupSource((Track((inner,)),))),)),))
    clips = (
        Clip(ImageSource(asset(shop / "one")), 0, 10, PLACEMENT),
        Clip(group, 10, 10, PLACEMENT),
        Clip(ImageSource(asset(shop / "three")), 20, 10, PLACEMENT),
    )
    sound = Sound((SoundClip(asset(shop / "tune", MediaKind.AUDIO), Fraction(0), Fraction(1)),))
    return Timeline(100, 100, Fraction(30), 30, (Track(clips),), sound=sound)


def paths(timeline: Timeline) -> list[str]:
    return [found.path for found in media_in(timeline.tracks)]


def machine(tmp_path: Path, name: str, shared: bool = True) -> Store:
    return open_store(tmp_path / name, 2**30, url=str(tmp_path / "mount") if shared else "")


def test_a_plan_stays_as_it_is_where_it_was_made(tmp_path: Path, shop: Path) -> None:
    timeline = timeline_of(shop)
    here = Localiser(machine(tmp_path, "a"), ())
    assert here.pictures(timeline, 0, 30) is timeline
    assert here.sound(timeline.sound) is timeline.sound


def test_another_machine_fetches_what_its_frames_need_and_no_more(tmp_path: Path, shop: Path) -> None:
    timeline = timeline_of(shop)
    Localiser(machine(tmp_path, "a"), ()).share(timeline)
    one, _, three = paths(timeline)
    for path in shop.iterdir():
        path.rename(path.with_name(f"moved-{path.name}"))
    store = machine(tmp_path, "b")
    there = Localiser(store, ())
    local = there.pictures(timeline, 10, 20)
    assert paths(local) == [one, str(store.path_of(hashlib.sha256(b"two").hexdigest())), three]
    assert Path(paths(local)[1]).read_bytes() == b"two"
    assert [path.read_bytes() for path in (tmp_path / "b").glob("??/*")] == [b"two"]
    tune = there.sound(timeline.sound).clips[0].asset
    assert Path(tune.path).read_bytes() == b"tune"
    assert paths(there.pictures(local, 10, 20)) == paths(local)


def test_a_file_of_the_same_name_with_other_content_is_not_taken(tmp_path: Path, shop: Path) -> None:
    timeline = timeline_of(shop)
    Localiser(machine(tmp_path, "a"), ()).share(timeline)
    (shop / "one").write_bytes(b"another picture")
    local = Localiser(machine(tmp_path, "b"), ()).pictures(timeline, 0, 10)
    assert Path(paths(local)[0]).read_bytes() == b"one"


def test_a_file_that_changes_later_is_noticed(tmp_path: Path, shop: Path) -> None:
    timeline = timeline_of(shop)
    here = Localiser(machine(tmp_path, "a", shared=False), ())
    assert here.pictures(timeline, 0, 10) is timeline
    (shop / "one").write_bytes(b"edited meanwhile")
    with pytest.raises(MachineError, match=r"one \(sha256:.* is not on this machine as it was planned"):
        here.pictures(timeline, 0, 10)


def test_missing_media_are_reported_with_a_remedy(tmp_path: Path, shop: Path) -> None:
    timeline = timeline_of(shop)
    (shop / "tune").unlink()
    with pytest.raises(MachineError, match=r"tune .* the farm has no shared store; set FARM_STORE_URL"):
        Localiser(machine(tmp_path, "a", shared=False), ()).sound(timeline.sound)
    with pytest.raises(MediaError, match=r"tune .* nor in the shared store any more; submit the job again"):
        Localiser(machine(tmp_path, "a"), ()).sound(timeline.sound)


def test_damaged_media_are_the_jobs_fault(tmp_path: Path, shop: Path) -> None:
    timeline = timeline_of(shop)
    (shop / "one").write_bytes(b"changed between probing and sharing")
    Localiser(machine(tmp_path, "a"), ()).share(timeline)
    (shop / "one").unlink()
    with pytest.raises(MediaError, match=r"one: the media sha256:.* did not match its name and was removed"):
        Localiser(machine(tmp_path, "b"), ()).pictures(timeline, 0, 10)


def test_the_starter_library_is_found_wherever_it_is_installed(tmp_path: Path, shop: Path) -> None:
    timeline = timeline_of(shop)
    installed = tmp_path / "site-packages" / "calm.opus"
    installed.parent.mkdir()
    (shop / "tune").rename(installed)
    Localiser(machine(tmp_path, "a"), (shop / "tune",)).share(replace(timeline, tracks=()))
    assert not (tmp_path / "mount").exists(), "each machine has the library already"
    tune = Localiser(machine(tmp_path, "b"), (installed,)).sound(timeline.sound).clips[0].asset
    assert tune.path == str(installed)
