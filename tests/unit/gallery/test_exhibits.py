"""The gallery leaves nothing out, and every exhibit is a valid job."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from PIL import Image

from farm.draft.starter_library import starter_folder
from farm.errors import DocumentError
from farm.gallery.build import build, chosen, material_of
from farm.gallery.exhibit import Exhibit, Section
from farm.gallery.exhibits import all_exhibits
from farm.gallery.shoot import planned
from farm.model.easing import EASINGS
from farm.model.motion import LoopKind, MotionKind
from farm.model.placement import Blend
from farm.settings import Settings
from farm.worker.task import PlanTask
from farm.worker.worker import Worker


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Worker:
    return Worker(Settings(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def exhibits(worker: Worker) -> list[Exhibit]:
    return list(all_exhibits(worker.registry, material_of(None)))


def named(exhibits: list[Exhibit], section: Section) -> set[str]:
    return {one.name for one in exhibits if one.section is section}


def test_everything_is_shown(worker: Worker, exhibits: list[Exhibit]) -> None:
    registry = worker.registry
    assert named(exhibits, Section.TRANSITIONS) == set(registry.transitions)
    assert named(exhibits, Section.EFFECTS) == set(registry.effects)
    assert named(exhibits, Section.STICKERS) == set(registry.stickers)
    assert named(exhibits, Section.STYLES) == set(registry.text_styles)
    animators = Section.TEXT_MOTIONS, Section.TEXT_LOOPS, Section.HIGHLIGHTS
    assert set().union(*(named(exhibits, section) for section in animators)) == set(registry.animators)
    assert named(exhibits, Section.ENTRANCES) == {kind.value for kind in MotionKind}
    assert named(exhibits, Section.LOOPS) == {kind.value for kind in LoopKind}
    assert named(exhibits, Section.BLENDS) == {blend.value for blend in Blend}
    assert named(exhibits, Section.EASINGS) > set(EASINGS)
    assert {"retail.spotlight", "retail.sale", "retail.lookbook"} < named(exhibits, Section.TEMPLATES)
    slugs = [one.slug for one in exhibits]
    assert len(slugs) == len(set(slugs))


def test_parameters_are_those_of_the_element(worker: Worker, exhibits: list[Exhibit]) -> None:
    for one in exhibits:
        if one.section is Section.EFFECTS:
            assert [given.name for given in one.parameters] == list(
                worker.registry.effects[one.name].value.model_fields
            )
            assert all(given.meaning for given in one.parameters)


def test_every_exhibit_can_be_planned(worker: Worker, exhibits: list[Exhibit]) -> None:
    for one in exhibits:
        timeline = planned(worker, one.job, "144x256")
        if one.bare is not None:
            assert planned(worker, one.bare, "144x256").duration == timeline.duration, one.name


class Links(HTMLParser):
    """Collects what a page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[str] = []
        self.ids: list[str] = []
        self.jumps: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        given = dict(attrs)
        self.files += [value for name in ("src", "poster") if (value := given.get(name))]
        self.ids += [value for value in [given.get("id")] if value]
        self.jumps += [value[1:] for value in [given.get("href")] if value and value.startswith("#")]


def test_the_page_holds_together(worker: Worker, tmp_path: Path) -> None:
    found = chosen(worker, material_of(None), ["swing", "basics.mono"])
    gallery = build(worker, found, tmp_path / "gallery", measured=True)
    links = Links()
    text = gallery.page.read_text("utf-8")
    links.feed(text)
    assert len(links.files) == 2 * gallery.exhibits
    assert all((gallery.page.parent / name).stat().st_size > 300 for name in links.files)
    assert set(links.jumps) <= set(links.ids)
    assert "ms a frame at 720×1280" in text
    assert "https://" not in text.replace("https://example.com", "")
    assert {path.name for path in gallery.page.parent.glob("sheet-*.jpg")} == {
        "sheet-effects.jpg",
        "sheet-entrances-and-exits.jpg",
        "sheet-loops.jpg",
        "sheet-text-entrances-and-exits.jpg",
    }


def test_wrong_wishes_are_refused_in_words(worker: Worker, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no exhibit has `wibble`"):
        chosen(worker, material_of(None), ["wibble"])
    with pytest.raises(DocumentError, match="cannot be read"):
        material_of(tmp_path / "nowhere")
    with pytest.raises(DocumentError, match="at least 2"):
        material_of(tmp_path)


def test_what_the_documentation_writes_can_be_copied(
    worker: Worker, exhibits: list[Exhibit], tmp_path: Path
) -> None:
    """Each snippet is a clip, or fields of one."""
    Image.new("L", (8, 8), 128).save(tmp_path / "grey.png")
    shown = {Section.CLIPS, Section.ENTRANCES, Section.LOOPS, Section.CAMERA, Section.BLENDS, Section.MASKS}
    texts = {Section.TEXTS, Section.TEXT_MOTIONS, Section.TEXT_LOOPS, Section.HIGHLIGHTS}
    snippets = [
        (one.name, one.snippet, one.section in texts) for one in exhibits if one.section in shown | texts
    ]
    assert len(snippets) > 150
    media = starter_folder() / "media"
    for name, snippet, text in snippets:
        clip = yaml.safe_load(snippet if snippet.startswith("{") else f"{{{snippet}}}")
        if text:
            words = {"words": [{"text": "Sale", "start": 0, "end": 1}]} if "highlight" in clip else {}
            picture = {"picture": str(media / clip["picture"])} if "picture" in clip else {}
            clip = {"kind": "text", "text": "Sale", "duration": 1, **clip, **words, **picture}
        if "kind" not in clip:
            plays = clip.keys() & {"reverse", "repeat", "speed"}
            kind, file = ("video", "clip.mp4") if plays else ("image", "mug.jpg")
            clip = {"kind": kind, "src": str(media / file), "duration": 1, **clip}
        document = {"timeline": {"tracks": [{"clips": [clip]}]}, "output": {"size": "180x320"}}
        task = PlanTask(name, json.dumps(document), "snippet.json", str(tmp_path))
        assert worker.plan(task).timeline.duration > 0, name


def test_the_whole_timeline_of_the_documentation_is_valid(worker: Worker, tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "timeline.md").read_text(encoding="utf-8")
    text = page.split("```yaml\n")[1].split("```")[0]
    for name in ("mug.jpg", "sunglasses.jpg", "music.mp3"):
        (tmp_path / name).symlink_to(starter_folder() / "media" / name)
    plan = worker.plan(PlanTask("page", text, "timeline.yaml", str(tmp_path)))
    assert plan.timeline.duration == 150
    assert plan.warnings == ()
