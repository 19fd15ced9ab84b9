"""One contract over the libraries' doors: on one's own machine, and over HTTP to a farm that runs."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from farm.client.client import FarmClient
from farm.client.library import remote_door
from farm.errors import DocumentError, FarmError
from farm.local.libraries import local_door
from farm.services.door import Door
from farm.settings import Settings
from farm.worker.worker import Worker
from tests.contract.small_farm import SmallFarm, served
from tests.golden.shop import picture, write_clip, write_tone

SCRIPT = {
    "title": "Kettle",
    "language": "en",
    "shots": [
        {"role": "cover", "words": "{name}"},
        {"role": "feature", "words": "{point[0]}", "wish": {"tags": ["steam"]}},
        {"role": "use", "words": "Every morning"},
        {"role": "price", "words": "Now {price}"},
        {"role": "outro", "words": "Pour yourself one"},
    ],
}
PRODUCT = {
    "name": "Copper Kettle",
    "price": 49.5,
    "currency": "USD",
    "category": "Kitchen",
    "points": ["Boils in 90 s"],
}


@contextmanager
def _local(home: Path) -> Iterator[Door]:
    with local_door(Settings(home), "default") as door:
        yield door


@contextmanager
def _remote(home: Path) -> Iterator[Door]:
    with SmallFarm(home, make=Worker) as farm, served(farm.api) as url:
        farm.controller.start()
        client = FarmClient(url, patience_s=5.0)
        try:
            yield remote_door(client, "")
        finally:
            client.close()


@pytest.fixture(scope="module", params=[_local, _remote], ids=["local", "http"])
def door(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with request.param(tmp_path_factory.mktemp("home")) as door:
        yield door


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    for index in range(3):
        picture(240, 320, seed=index + 1).save(folder / f"kettle-{index + 1}.jpg", quality=92)
    write_clip(folder / "pouring.mp4", frames=72, rate=Fraction(24))
    write_tone(folder / "tune.wav", seconds=3.0)
    (folder / "torn.jpg").write_bytes((folder / "kettle-1.jpg").read_bytes()[:400])
    return folder


@pytest.fixture(scope="module")
def added(door: Door, shop: Path) -> dict[str, str]:
    """Add the shop's media; return their hashes by name."""
    hashes = {}
    for path in sorted(shop.iterdir()):
        hashes[path.name] = door.assets.upload(path)
    told = door.assets.add(
        [
            {
                "sha256": sha256,
                "name": name,
                "tags": ["kettle", *(["steam"] if name == "pouring.mp4" else [])],
            }
            for name, sha256 in hashes.items()
        ]
    )
    assert [one["fresh"] for one in told] == [True] * 6
    assert door.settle() == 0
    return hashes


@pytest.fixture(scope="module")
def work(door: Door, added: dict[str, str]) -> str:
    """Make a small work; return its name."""
    assert added
    told = door.works.make(
        {
            "script": SCRIPT,
            "product": PRODUCT,
            "assets": ["tag:kettle"],
            "template": "story.cuts",
            "music": "none",
            "output": {"size": "96x160", "fps": 10, "quality": "draft", "variants": 4},
        }
    )
    return str(told["work_id"])


def test_assets_are_looked_at_on_arrival(door: Door, added: dict[str, str]) -> None:
    picture_, clip = door.assets.show("kettle-1.jpg"), door.assets.show(added["pouring.mp4"][:10])
    assert picture_ is not None
    assert clip is not None
    assert (picture_["kind"], picture_["width_px"], picture_["state"]) == ("image", 240, "ready")
    assert (clip["kind"], clip["duration_s"]) == ("video", 3.0)
    assert "thumbnail.jpg" in picture_["files"]
    assert "filmstrip.jpg" in clip["files"]
    assert 0 <= picture_["facts"]["quality"] <= 1
    assert set(picture_["findings"]) >= {"intake.picture", "intake.quality"}
    torn = door.assets.show("torn.jpg")
    assert torn is not None
    assert torn["state"] == "damaged" or any(one["problem"] for one in torn["findings"].values())
    assert door.assets.show("nothing-of-this-name") is None


def test_the_same_content_is_the_same_asset(
    door: Door, added: dict[str, str], shop: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "renamed.jpg"
    copy.write_bytes((shop / "kettle-1.jpg").read_bytes())
    sha256 = door.assets.upload(copy)
    assert sha256 == added["kettle-1.jpg"]
    assert (
        door.assets.add([{"sha256": sha256, "name": "renamed.jpg", "tags": ["again"]}])[0]["fresh"] is False
    )
    told = door.assets.show(sha256)
    assert told is not None
    assert (told["name"], set(told["tags"])) == ("kettle-1.jpg", {"kettle", "again"})


def test_files_come_back_as_they_went_in(
    door: Door, added: dict[str, str], shop: Path, tmp_path: Path
) -> None:
    assert door.assets.save(added["kettle-2.jpg"], "", tmp_path / "back.jpg")
    assert (tmp_path / "back.jpg").read_bytes() == (shop / "kettle-2.jpg").read_bytes()
    assert door.assets.save(added["kettle-2.jpg"], "thumbnail.jpg", tmp_path / "small.jpg")
    assert (tmp_path / "small.jpg").read_bytes().startswith(b"\xff\xd8")
    assert not door.assets.save(added["kettle-2.jpg"], "no-such.jpg", tmp_path / "none.jpg")


@pytest.mark.usefixtures("added")
def test_assets_are_found_by_words_and_by_what_was_measured(door: Door) -> None:
    found = door.assets.search("steam", {}, 5)
    assert [one["name"] for one in found] == ["pouring.mp4"]
    assert found[0]["reasons"] == ["tags: steam"]
    page = door.assets.page(
        {"kind": "image", "where": ["width_px>=240", "quality>=0"], "state": "ready"}, 10, 0
    )
    assert page["total"] >= 3
    assert {one["kind"] for one in page["assets"]} == {"image"}
    with pytest.raises(DocumentError, match="comparison"):
        door.assets.page({"where": ["quality is good"]}, 10, 0)
    with pytest.raises(DocumentError, match="no word"):
        door.assets.search("!?", {}, 5)


def test_what_is_said_of_an_asset_can_be_changed(door: Door, added: dict[str, str]) -> None:
    assert door.assets.change(added["kettle-3.jpg"], {"tags": ["kettle", "铜壶"], "licence": "own"})
    told = door.assets.show(added["kettle-3.jpg"])
    assert told is not None
    assert (told["tags"], told["licence"]) == (["kettle", "铜壶"], "own")
    assert [one["name"] for one in door.assets.search("铜壶", {}, 5)] == ["kettle-3.jpg"]
    assert not door.assets.change("0" * 64, {"licence": "none"})


def test_scripts_are_kept_in_versions(door: Door) -> None:
    assert door.scripts.save("my-kettle", SCRIPT)["version"] == 1
    assert door.scripts.save("my-kettle", SCRIPT)["version"] == 1
    changed = SCRIPT | {"title": "Kettle, again"}
    assert door.scripts.save("my-kettle", changed)["version"] == 2
    told, first = door.scripts.show("my-kettle"), door.scripts.show("my-kettle@1")
    assert told is not None
    assert first is not None
    assert (told["document"]["title"], first["document"]["title"]) == ("Kettle, again", "Kettle")
    names = {one["name"] for one in door.scripts.page({"language": "en"})}
    assert {"my-kettle", "en-kitchen-table"} <= names
    with pytest.raises(DocumentError, match="shots"):
        door.scripts.save("empty", {"title": "x", "language": "en", "shots": []})
    assert door.scripts.remove("my-kettle")
    assert door.scripts.show("my-kettle") is None
    assert not door.scripts.remove("my-kettle")


def test_templates_are_kept_and_their_style_is_checked(door: Door) -> None:
    kept = door.templates.save("shop.own", {"style": {"ground": "deep"}, "tones": ["plain"]})
    assert (kept["name"], kept["version"]) == ("shop.own", 1)
    told = door.templates.show("shop.own")
    assert told is not None
    assert told["document"]["style"] == {"ground": "deep"}
    assert {"shop.own", "story.clean"} <= {one["name"] for one in door.templates.page({})}
    with pytest.raises(DocumentError) as wrong:
        door.templates.save(
            "shop.bad",
            {"style": {"ground": "mud", "transitions": ["basics.nosuch"]}, "engine": "retail.story"},
        )
    assert any(problem.path.startswith("style") for problem in wrong.value.problems)
    assert door.templates.remove("shop.own")
    assert door.templates.show("shop.own") is None


def test_a_rough_cut_binds_every_shot_and_says_why(door: Door, work: str, added: dict[str, str]) -> None:
    told = door.works.show(work)
    assert told is not None
    shots = told["document"]["shots"]
    assert [shot["role"] for shot in shots] == ["cover", "feature", "use", "price", "outro"]
    assert shots[0]["words"] == "Copper Kettle"
    assert shots[3]["words"] == "Now $49.50"
    assert all(shot["why"] for shot in shots)
    assert all(shot["show"] is not None or shot["words"] for shot in shots)
    shown = [shot["show"]["asset"] if shot["show"] else None for shot in shots]
    assert all(one != other for one, other in itertools.pairwise(shown))
    assert shown[1] == added["pouring.mp4"]


def test_edits_are_versions_that_can_be_taken_back(door: Door, added: dict[str, str], work: str) -> None:
    before = door.works.show(work)
    assert before is not None
    edits = [
        {"op": "say", "shot": "s3", "words": "Every evening"},
        {"op": "show", "shot": "1", "asset": added["kettle-2.jpg"]},
        {"op": "move", "shot": "s3", "to": 2},
    ]
    told = door.works.edit(work, edits)
    shots = told["document"]["shots"]
    assert told["version"] == before["version"] + 1
    assert [shot["id"] for shot in shots] == ["s1", "s3", "s2", "s4", "s5"]
    assert (shots[0]["show"]["asset"], shots[0]["by"]) == (added["kettle-2.jpg"], "hand")
    changed = door.works.diff(work, before["version"], told["version"])
    assert changed is not None
    assert changed["distance"] > 0
    assert {one["what"] for one in changed["changes"]} >= {"words", "shows", "moved"}
    with pytest.raises(DocumentError) as wrong:
        door.works.edit(
            work, [{"op": "say", "shot": "s9", "words": "x"}, {"op": "show", "shot": "s1", "asset": "0" * 64}]
        )
    assert [problem.path for problem in wrong.value.problems] == ["edits[0].shot", "edits[1].asset"]
    assert door.works.undo(work)["document"]["shots"] == before["document"]["shots"]
    assert door.works.redo(work)["document"]["shots"] == shots
    door.works.undo(work)
    history = door.works.versions(work)
    assert history is not None
    assert [one["version"] for one in history if one["head"]] == [before["version"]]
    assert door.works.versions("no-such-work") is None


def test_a_work_can_change_its_template_and_be_put_back_whole(door: Door, work: str) -> None:
    head = door.works.show(work)
    assert head is not None
    told = door.works.retemplate(work, "story.night")
    assert told["template"] == "story.night@1"
    assert [shot["show"] for shot in told["document"]["shots"]] == [
        shot["show"] for shot in head["document"]["shots"]
    ]
    put = door.works.put(work, head["document"])
    assert put["document"] == head["document"]
    with pytest.raises(DocumentError, match="template"):
        door.works.retemplate(work, "story.nosuch")


def test_remixes_differ_from_the_work_and_from_each_other(door: Door, work: str) -> None:
    told = door.works.remix(work, 3, 7, False)
    assert 1 <= len(told["remixes"]) <= 3
    assert all(one["distance"] >= 0.05 for one in told["remixes"])
    assert len(told["remixes"]) == 3 or told["note"]
    for one in told["remixes"]:
        shown = door.works.show(one["work"])
        assert shown is not None
        assert shown["origin"] == work
        assert door.works.remove(one["work"])


def test_a_production_is_made_and_made_again_to_the_bit(door: Door, work: str, tmp_path: Path) -> None:
    names = door.productions.render([(work, None)])
    ended = door.productions.wait(names, [work], quiet=True)
    assert ended[0]["state"] == "done", ended[0]["message"]
    told = door.productions.show(names[0])
    assert told is not None
    assert told["work_id"] == work
    assert tuple(told["parts"]) != ("asset",)
    assert {kind for kind, _ in told["parts"]} >= {"asset", "role"}
    assert json.loads(told["document"])["template"] == "retail.story"
    assert told["report"]["checks"]["size"] == "96x160"
    paths = door.productions.save(names[0], tmp_path, "video")
    assert all(path.stat().st_size > 0 for path in paths.values())
    assert door.productions.uses()["role"]["cover"] >= 1
    again = door.productions.again(names[0])
    assert door.productions.wait([again], ["again"], quiet=True)[0]["sha256"] == told["sha256"]
    assert {one["production"] for one in door.productions.page(10, 0)} >= {names[0], again}
    assert door.productions.show("no-such") is None


def test_an_asset_that_a_work_uses_stays(door: Door, work: str, added: dict[str, str]) -> None:
    told = door.works.show(work)
    assert told is not None
    used = next(shot["show"]["asset"] for shot in told["document"]["shots"] if shot["show"])
    with pytest.raises(FarmError, match="used by the works"):
        door.assets.remove(used)
    free = next(one for one in added.values() if one not in _assets(told))
    assert door.assets.remove(free)
    assert door.assets.show(free) is None
    assert not door.assets.remove(free)


def test_a_wrong_order_is_told_with_all_its_problems(door: Door) -> None:
    with pytest.raises(DocumentError) as wrong:
        door.works.make(
            {"script": "no-such-script", "assets": ["no-such-asset"], "template": "no-such-template"}
        )
    assert {problem.path for problem in wrong.value.problems} == {"script", "assets[0]", "template"}
    with pytest.raises(DocumentError):
        door.works.make({"colour": "red"})


def _assets(told: dict[str, Any]) -> set[str]:
    return {shot["show"]["asset"] for shot in told["document"]["shots"] if shot["show"]}
