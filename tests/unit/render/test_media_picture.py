"""A picture as an element's parameter: found, reported, hashed, made local, decoded at the size that is asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydantic import Field

from farm.draft.draft import media_parts
from farm.draft.media_references import in_elements, mapped, references
from farm.errors import DocumentError
from farm.model.contents import elements_in, media_in
from farm.model.timeline import Timeline
from farm.plan.segment import Plan
from farm.plugin import hookimpl
from farm.plugins.registry import load_registry
from farm.render.element import Effect, MediaPicture
from farm.render.frame import Frame, Moment
from farm.settings import Settings
from farm.store.open import open_store
from farm.worker.localise import Localiser
from farm.worker.stills import still_of
from farm.worker.task import PlanTask
from farm.worker.worker import Worker

GREY = np.add.outer(np.arange(32), np.arange(32)) * 4


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    Image.fromarray(GREY.astype(np.uint8)).save(folder / "grey.png")
    Image.fromarray((248 - GREY).astype(np.uint8)).save(folder / "other.png")
    (folder / "words.txt").write_text("no picture")
    return folder


def job(mask: object, *, softness: float = 0.0) -> str:
    use = {"name": "basics.luma_wipe", "mask": mask, "softness": softness, "ease": "linear"}
    clips = [
        {"kind": "color", "color": "black", "duration": "10f"},
        {"kind": "transition", "use": use, "duration": "9f"},
        {"kind": "color", "color": "white", "duration": "10f"},
    ]
    return json.dumps({"timeline": {"tracks": [{"clips": clips}]}, "output": {"size": "32x32", "fps": 10}})


def worker(shop: Path) -> Worker:
    return Worker(Settings(shop.parent / "home"))


def plan(shop: Path, mask: str) -> Plan:
    return worker(shop).plan(PlanTask("j", job(mask), "job.json", str(shop)))


def problems(shop: Path, mask: object, folder: str | None) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        worker(shop).draft(PlanTask("j", job(mask), "job.json", folder))
    return [str(problem) for problem in caught.value.problems]


def test_the_picture_says_where_the_new_one_comes_first(shop: Path) -> None:
    middle = still_of(
        worker(shop), PlanTask("j", job("grey.png"), "job.json", str(shop)), 1.0, option="--at"
    ).rgb
    # Frame 10 is half of the way: where the picture is darker than half, it is white.
    bright = middle[..., 0] > 128
    dark_first = GREY < 0.5 * 255
    edge = np.abs(GREY - 0.5 * 255) < 8
    assert (bright == dark_first)[~edge].all()
    assert not bright.all()


class Darkened(Effect):
    """Writes into its picture."""

    name: ClassVar[str] = "acme.darkened"
    texture: MediaPicture = Field(description="A picture.")

    def apply(self, frame: Frame, at: Moment) -> Frame:
        del at
        picture = self.texture.frame(frame.width, frame.height)
        picture.y[:] //= 2
        return Frame(picture.y, frame.u, frame.v, frame.a, frame.a2)


class Acme:
    """A plugin."""

    @hookimpl
    def farm_effects(self) -> list[type[Effect]]:
        return [Darkened]


def test_writing_into_it_changes_no_other_copy(shop: Path) -> None:
    kept = Worker(Settings(shop.parent / "home"), load_registry([("acme", Acme(), "1")]))

    def shown(clip: dict[str, object]) -> NDArray[np.uint8]:
        timeline = {"tracks": [{"clips": [{"duration": "9f", **clip}]}]}
        document = json.dumps({"timeline": timeline, "output": {"size": "32x32", "fps": 10}})
        return still_of(kept, PlanTask("j", document, "job.json", str(shop)), 0.5, option="--at").rgb

    plain: dict[str, object] = {"kind": "image", "src": "grey.png"}
    effects = [{"name": "acme.darkened", "texture": "grey.png"}]
    before = shown(plain)
    dark = shown({"kind": "color", "color": "gray", "effects": effects})
    assert dark.mean() < before.mean() / 1.5
    assert (shown({"kind": "color", "color": "gray", "effects": effects * 2}) == dark).all()
    assert (shown(plain) == before).all()


def test_problems_are_reported_at_their_place(shop: Path) -> None:
    at = "timeline.tracks[0].clips[1].use.mask"
    assert problems(shop, "gray.png", str(shop)) == [
        f"{at}: no such file: gray.png (looked in {shop}); did you mean `grey.png`?"
    ]
    (no_picture,) = problems(shop, "words.txt", str(shop))
    assert no_picture.startswith(f"{at}: words.txt is not a picture")
    assert problems(shop, 7, str(shop)) == [f"{at}: must be text"]
    (over_http,) = problems(shop, "grey.png", None)
    assert over_http.startswith(f"{at}: `grey.png` is a path, but jobs over HTTP have no files; upload it")


def test_its_content_and_not_its_name_is_part_of_the_keys(shop: Path) -> None:
    def keys(mask: str) -> list[str]:
        return [segment.key for segment in plan(shop, mask).segments]

    before = keys("grey.png")
    (shop / "renamed.png").write_bytes((shop / "grey.png").read_bytes())
    assert keys("renamed.png") == before
    assert keys("other.png") != before
    (shop / "grey.png").write_bytes((shop / "other.png").read_bytes())
    assert keys("grey.png") == keys("other.png")


def test_it_is_uploaded_like_any_source() -> None:
    registry = load_registry()
    (part,) = media_parts(json.loads(job("grey.png")), registry)
    value, schema = part.value, part.schema
    sent = mapped(value, schema, lambda reference: f"sha256:{reference}", in_elements(registry))
    assert sent["tracks"][0]["clips"][1]["use"]["mask"] == "sha256:grey.png"
    assert dict(references(value, schema, "timeline", in_elements(registry))) == {
        "timeline.tracks[0].clips[1].use.mask": "grey.png"
    }


def test_another_machine_gets_it_for_the_frames_that_need_it(shop: Path, tmp_path: Path) -> None:
    timeline = plan(shop, "grey.png").timeline
    shared = str(tmp_path / "mount")
    Localiser(open_store(tmp_path / "a", 2**30, url=shared), ()).share(timeline)
    content = (shop / "grey.png").read_bytes()
    (shop / "grey.png").unlink()
    there = Localiser(open_store(tmp_path / "b", 2**30, url=shared), ())
    assert there.pictures(timeline, 0, 2) == timeline, "the transition is not under way yet"
    (asset,) = media(there.pictures(timeline, 0, 12))
    assert Path(asset).is_relative_to(tmp_path / "b")
    assert Path(asset).read_bytes() == content


def media(timeline: Timeline) -> list[str]:
    return [asset.path for asset in media_in(tuple(elements_in(timeline.tracks)))]
