"""One contract over the libraries: on this machine, and over HTTP to a farm that runs."""

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
from farm.client.library import HttpLibrary
from farm.contract.assets import AssetChange, AssetService, NewAsset
from farm.contract.productions import ProductionService
from farm.contract.scope import local
from farm.contract.scripts import ScriptService, TemplateService
from farm.contract.transfer import Library
from farm.contract.works import RemixOrder, TemplateChoice, WorkEdits, WorkService
from farm.errors import ConflictError, DocumentError, MissingError
from farm.local.libraries import open_library
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
def _local(home: Path) -> Iterator[Library]:
    with open_library(Settings(home), local()) as library:
        yield library


@contextmanager
def _remote(home: Path) -> Iterator[Library]:
    with SmallFarm(home, make=Worker) as farm, served(farm.api) as url:
        farm.controller.start()
        client = FarmClient(url, patience_s=5.0)
        try:
            yield HttpLibrary(client)
        finally:
            client.close()


@pytest.fixture(scope="module", params=[_local, _remote], ids=["local", "http"])
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with request.param(tmp_path_factory.mktemp("home")) as library:
        yield library


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
def added(library: Library, shop: Path) -> dict[str, str]:
    """Add the shop's media; return their hashes by name."""
    hashes = {}
    for path in sorted(shop.iterdir()):
        hashes[path.name] = library.upload(path)
    added = library.add(
        [
            NewAsset(sha256=sha256, name=name, tags=["kettle", *(["steam"] if name == "pouring.mp4" else [])])
            for name, sha256 in hashes.items()
        ]
    )
    assert [one.fresh for one in added.assets] == [True] * 6
    assert library.settle() == 0
    return hashes


@pytest.fixture(scope="module")
def work(library: Library, added: dict[str, str]) -> str:
    """Make a small work; return its name."""
    assert added
    order = {
        "script": SCRIPT,
        "product": PRODUCT,
        "assets": ["tag:kettle"],
        "template": "story.cuts",
        "music": "none",
        "output": {"size": "96x160", "fps": 10, "quality": "draft", "variants": 4},
    }
    return library.ask(WorkService.make, order=order).work_id


def test_assets_are_looked_at_on_arrival(library: Library, added: dict[str, str]) -> None:
    picture_ = library.ask(AssetService.show, name="kettle-1.jpg")
    clip = library.ask(AssetService.show, name=added["pouring.mp4"][:10])
    assert (picture_.kind, picture_.width_px, picture_.state) == ("image", 240, "ready")
    assert (clip.kind, clip.duration_s) == ("video", 3.0)
    assert "thumbnail.jpg" in picture_.files
    assert "filmstrip.jpg" in clip.files
    assert 0 <= float(picture_.facts["quality"]) <= 1
    assert set(picture_.findings) >= {"intake.picture", "intake.quality"}
    torn = library.ask(AssetService.show, name="torn.jpg")
    assert torn.state == "damaged" or any(one.problem for one in torn.findings.values())
    with pytest.raises(MissingError, match="no asset `nothing-of-this-name`"):
        library.ask(AssetService.show, name="nothing-of-this-name")


def test_the_same_content_is_the_same_asset(
    library: Library, added: dict[str, str], shop: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "renamed.jpg"
    copy.write_bytes((shop / "kettle-1.jpg").read_bytes())
    sha256 = library.upload(copy)
    assert sha256 == added["kettle-1.jpg"]
    (again,) = library.add([NewAsset(sha256=sha256, name="renamed.jpg", tags=["again"])]).assets
    assert again.fresh is False
    entry = library.ask(AssetService.show, name=sha256)
    assert (entry.name, set(entry.tags)) == ("kettle-1.jpg", {"kettle", "again"})


def test_files_are_returned_unchanged(
    library: Library, added: dict[str, str], shop: Path, tmp_path: Path
) -> None:
    library.save_asset(added["kettle-2.jpg"], "", tmp_path / "back.jpg")
    assert (tmp_path / "back.jpg").read_bytes() == (shop / "kettle-2.jpg").read_bytes()
    library.save_asset("kettle-2.jpg", "thumbnail.jpg", tmp_path / "small.jpg")
    assert (tmp_path / "small.jpg").read_bytes().startswith(b"\xff\xd8")
    with pytest.raises(MissingError, match=r"no file `no-such\.jpg`"):
        library.save_asset(added["kettle-2.jpg"], "no-such.jpg", tmp_path / "none.jpg")


@pytest.mark.usefixtures("added")
def test_assets_are_found_by_words_and_by_what_was_measured(library: Library) -> None:
    found = library.ask(AssetService.page, q="steam", limit=5).assets
    assert [one.name for one in found] == ["pouring.mp4"]
    assert found[0].reasons == ["tags: steam"]
    page = library.ask(
        AssetService.page, kind="image", where=["width_px>=240", "quality>=0"], state="ready", limit=10
    )
    assert page.total >= 3
    assert {one.kind for one in page.assets} == {"image"}
    with pytest.raises(DocumentError, match="comparison"):
        library.ask(AssetService.page, where=["quality is good"])
    with pytest.raises(DocumentError, match="no word"):
        library.ask(AssetService.page, q="!?")


def test_metadata_of_an_asset_can_be_changed(library: Library, added: dict[str, str]) -> None:
    change = AssetChange(tags=["kettle", "铜壶"], licence="own")
    changed = library.ask(AssetService.change, name=added["kettle-3.jpg"], change=change)
    assert (changed.tags, changed.licence) == (["kettle", "铜壶"], "own")
    found = library.ask(AssetService.page, q="铜壶", limit=5).assets
    assert [one.name for one in found] == ["kettle-3.jpg"]
    with pytest.raises(MissingError):
        library.ask(AssetService.change, name="0" * 64, change=AssetChange(licence="none"))


def test_scripts_are_kept_in_versions(library: Library) -> None:
    def saved(document: dict[str, Any]) -> int:
        return library.ask(ScriptService.save, name="my-kettle", document=document).version

    assert [saved(SCRIPT), saved(SCRIPT), saved(SCRIPT | {"title": "Kettle, again"})] == [1, 1, 2]
    titles = [
        library.ask(ScriptService.show, name=name).document.title for name in ("my-kettle", "my-kettle@1")
    ]
    assert titles == ["Kettle, again", "Kettle"]
    names = {one.name for one in library.ask(ScriptService.page, language="en")}
    assert {"my-kettle", "en-kitchen-table"} <= names
    with pytest.raises(DocumentError, match="shots"):
        library.ask(ScriptService.save, name="empty", document={"title": "x", "language": "en", "shots": []})
    library.ask(ScriptService.remove, name="my-kettle")
    for method in (ScriptService.show, ScriptService.remove):
        with pytest.raises(MissingError):
            library.ask(method, name="my-kettle")


def test_templates_are_kept_and_their_style_is_checked(library: Library) -> None:
    own = {"style": {"ground": "deep"}, "tones": ["plain"]}
    kept = library.ask(TemplateService.save, name="shop.own", document=own)
    assert (kept.name, kept.version) == ("shop.own", 1)
    assert library.ask(TemplateService.show, name="shop.own").document["style"] == {"ground": "deep"}
    assert {"shop.own", "story.clean"} <= {one.name for one in library.ask(TemplateService.page)}
    bad = {"style": {"ground": "mud", "transitions": ["basics.nosuch"]}, "engine": "retail.story"}
    with pytest.raises(DocumentError) as wrong:
        library.ask(TemplateService.save, name="shop.bad", document=bad)
    assert any(problem.path.startswith("style") for problem in wrong.value.problems)
    library.ask(TemplateService.remove, name="shop.own")
    with pytest.raises(MissingError):
        library.ask(TemplateService.show, name="shop.own")


def test_a_rough_cut_binds_every_shot_and_says_why(
    library: Library, work: str, added: dict[str, str]
) -> None:
    shots = library.ask(WorkService.show, name=work).document.shots
    assert [shot.role for shot in shots] == ["cover", "feature", "use", "price", "outro"]
    assert shots[0].words == "Copper Kettle"
    assert shots[3].words == "Now $49.50"
    assert all(shot.why for shot in shots)
    assert all(shot.show is not None or shot.words for shot in shots)
    shown = [shot.show.asset if shot.show else None for shot in shots]
    assert all(one != other for one, other in itertools.pairwise(shown))
    assert shown[1] == added["pouring.mp4"]


def test_edits_are_versions_that_can_be_taken_back(
    library: Library, added: dict[str, str], work: str
) -> None:
    before = library.ask(WorkService.show, name=work)
    edits = WorkEdits(
        edits=[
            {"op": "say", "shot": "s3", "words": "Every evening"},
            {"op": "show", "shot": "1", "asset": added["kettle-2.jpg"]},
            {"op": "move", "shot": "s3", "to": 2},
        ],
        base=before.head,
    )
    after = library.ask(WorkService.edit, name=work, edits=edits)
    shots = after.document.shots
    assert after.version == before.version + 1
    assert [shot.id for shot in shots] == ["s1", "s3", "s2", "s4", "s5"]
    assert shots[0].show is not None
    assert (shots[0].show.asset, shots[0].by) == (added["kettle-2.jpg"], "hand")
    changed = library.ask(WorkService.diff, name=work, before=before.version, after=after.version)
    assert (changed.first, changed.last) == (before.version, after.version)
    assert changed.distance > 0
    assert {one.what for one in changed.changes} >= {"words", "shows", "moved"}
    with pytest.raises(ConflictError, match="is at version"):
        library.ask(WorkService.edit, name=work, edits=edits)
    bad = [{"op": "say", "shot": "s9", "words": "x"}, {"op": "show", "shot": "s1", "asset": "0" * 64}]
    with pytest.raises(DocumentError) as wrong:
        library.ask(WorkService.edit, name=work, edits=WorkEdits(edits=bad))
    assert [problem.path for problem in wrong.value.problems] == ["edits[0].shot", "edits[1].asset"]
    assert library.ask(WorkService.undo, name=work).document.shots == before.document.shots
    assert library.ask(WorkService.redo, name=work).document.shots == shots
    # A request that is sent again changes nothing more.
    undone = library.ask(WorkService.undo, name=work, base=after.version)
    again = library.ask(WorkService.undo, name=work, base=after.version)
    assert (undone.changed, again.changed) == (True, False)
    assert again == undone.model_copy(update={"changed": False})
    history = library.ask(WorkService.versions, name=work)
    assert [one.version for one in history if one.head] == [before.version]
    with pytest.raises(MissingError, match="no work `no-such-work`"):
        library.ask(WorkService.versions, name="no-such-work")


def test_a_work_can_change_its_template_and_be_put_back_whole(library: Library, work: str) -> None:
    head = library.ask(WorkService.show, name=work)
    dark = library.ask(WorkService.retemplate, name=work, choice=TemplateChoice(template="story.night"))
    assert dark.template == "story.night@1"
    assert [shot.show for shot in dark.document.shots] == [shot.show for shot in head.document.shots]
    document = head.document.model_dump(mode="json")
    assert library.ask(WorkService.put, name=work, document=document).document == head.document
    with pytest.raises(DocumentError, match="template"):
        library.ask(WorkService.retemplate, name=work, choice=TemplateChoice(template="story.nosuch"))


def test_remixes_differ_from_the_work_and_from_each_other(library: Library, work: str) -> None:
    made = library.ask(WorkService.remix, name=work, order=RemixOrder(count=3, seed=7))
    assert 1 <= len(made.remixes) <= 3
    assert all(one.distance >= 0.05 for one in made.remixes)
    assert len(made.remixes) == 3 or made.note
    for one in made.remixes:
        assert library.ask(WorkService.show, name=one.work).origin == work
        library.ask(WorkService.remove, name=one.work)


def test_a_production_is_made_and_made_again_to_the_bit(library: Library, work: str, tmp_path: Path) -> None:
    production = library.ask(ProductionService.render, name=work).production
    (ended,) = library.wait([production])
    assert ended.state == "done", ended.message
    assert ended == library.ask(ProductionService.show, production=production)
    assert ended.work_id == work
    assert {kind for kind, _ in ended.parts} >= {"asset", "role"}
    assert json.loads(ended.document)["template"] == "retail.story"
    assert ended.report is not None
    assert ended.report["checks"]["size"] == "96x160"
    paths = library.save_production(production, tmp_path, "video")
    assert all(path.stat().st_size > 0 for path in paths.values())
    assert library.ask(ProductionService.uses)["role"]["cover"] >= 1
    again = library.ask(ProductionService.again, production=production).production
    assert library.wait([again])[0].sha256 == ended.sha256
    listed = {one.production for one in library.ask(ProductionService.page, limit=10)}
    assert listed >= {production, again}
    with pytest.raises(MissingError):
        library.ask(ProductionService.show, production="no-such")


def test_an_asset_used_by_a_work_is_kept(library: Library, work: str, added: dict[str, str]) -> None:
    shots = library.ask(WorkService.show, name=work).document.shots
    used = [shot.show.asset for shot in shots if shot.show]
    with pytest.raises(ConflictError, match="used by the works"):
        library.ask(AssetService.remove, name=used[0])
    free = next(one for one in added.values() if one not in used)
    library.ask(AssetService.remove, name=free)
    for method in (AssetService.show, AssetService.remove):
        with pytest.raises(MissingError):
            library.ask(method, name=free)


def test_an_invalid_work_order_reports_all_its_problems(library: Library) -> None:
    order = {"script": "no-such-script", "assets": ["no-such-asset"], "template": "no-such-template"}
    with pytest.raises(DocumentError) as wrong:
        library.ask(WorkService.make, order=order)
    assert {problem.path for problem in wrong.value.problems} == {"script", "assets[0]", "template"}
    with pytest.raises(DocumentError):
        library.ask(WorkService.make, order={"colour": "red"})
