"""Several outputs of one job: drawn once where they share, and each the same as it would be alone."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import farm
from farm.draft.output_variants import variants_of
from farm.model.output_document import NamedOutput
from farm.render.compositor import Compositor
from farm.settings import Settings
from farm.worker.task import PlanTask
from farm.worker.worker import Worker
from tests.unit.outputs.conftest import Render, is_near, job, pictures

SEVERAL = [
    {"name": "main", "size": "128x96"},
    {"name": "small", "size": "64x48"},
    {"name": "hevc", "format": "hevc", "size": "128x96"},
    {"name": "web", "format": "webm", "size": "64x48"},
    {"name": "pics", "format": "png", "size": "64x48"},
    {"name": "wide", "format": "webp", "size": "128x96", "fps": 30},
]


def digests(made: farm.Production) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.path.read_bytes()).hexdigest() for file in made.files}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of all frames composed during the test."""
    numbers: list[int] = []
    frame = Compositor.frame

    def counted(self: Compositor, number: int) -> Any:
        numbers.append(number)
        return frame(self, number)

    monkeypatch.setattr(Compositor, "frame", counted)
    return numbers


def test_frames_are_composed_once_for_all_formats_and_sizes(render: Render, drawn: list[int]) -> None:
    made = render(job(outputs=SEVERAL))
    assert [file.frames for file in made.files] == [30] * 6
    # One more for the cover.
    assert len(drawn) == 31
    assert sorted(set(drawn)) == list(range(30))


def test_only_what_is_new_is_rendered(render: Render, drawn: list[int]) -> None:
    render(job(outputs=SEVERAL[:2]))
    drawn.clear()
    again = render(job(outputs=SEVERAL[:2]))
    assert not drawn
    assert again.reused == again.segments
    render(job(outputs=SEVERAL[:3]))
    assert len(drawn) == 30


def test_an_output_of_the_full_size_is_the_same_alone(render: Render, tmp_path: Path) -> None:
    together = render(job(sound=True, outputs=SEVERAL))
    one = farm.render(
        job(sound=True, output={"size": "128x96"}),
        out=tmp_path / "one",
        settings=Settings(tmp_path / "other"),
    )
    assert together.sha256 == one.sha256


def test_smaller_sizes_show_the_same_picture(render: Render) -> None:
    made = render(job(outputs=[SEVERAL[0], SEVERAL[1], SEVERAL[4]]))
    main, small, pics = (pictures(file.path) for file in made.files)
    for number in (2, 20):
        large = main[number][::2, ::2].astype(int)
        assert np.abs(large - small[number]).mean() < 8
        assert np.abs(large - pics[number]).mean() < 8
    assert small[0].shape == (48, 64, 4)


def test_all_files_are_the_same_again_and_on_another_store(tmp_path: Path) -> None:
    document = job(sound=True, outputs=[*SEVERAL, {"name": "sound", "format": "mp3"}])
    found = [
        digests(farm.render(document, out=tmp_path / name, settings=Settings(tmp_path / f"home-{name}")))
        for name in ("first", "second")
    ]
    assert found[0] == found[1]
    assert len(found[0]) == 7


def test_languages_differ_in_their_slots(tmp_path: Path) -> None:
    from farm.draft.starter_library import starter_folder
    from farm.model.parse import load_document

    source = starter_folder() / "watch-sale.yaml"
    data = load_document(source.read_text())
    data.pop("output", None)
    data["outputs"] = [
        {"name": "en", "short_side": 96},
        {"name": "de", "short_side": 96, "slots": {"headline": "Alles muss raus"}},
        {"name": "small", "short_side": 64},
        {"name": "square", "aspect": "1:1", "short_side": 96},
    ]
    worker = Worker(Settings(tmp_path))
    drafted = worker.draft(PlanTask("job", data, "job", str(starter_folder())))
    en, de, small, square = drafted.outputs
    assert en.timeline is small.timeline
    assert (en.timeline.width_px, square.timeline.width_px) == (96, 96)
    assert len(drafted.timelines) == 3
    assert "Alles muss raus" in str(de.document.model_dump())
    assert "Alles muss raus" not in str(en.document.model_dump())
    assert de.timeline.sound == en.timeline.sound


class TestVariants:
    def test_rates_share_a_canvas_but_not_frames(self) -> None:
        outputs = [
            NamedOutput.model_validate({"name": "a", "size": "200x100"}),
            NamedOutput.model_validate({"name": "b", "size": "100x50", "format": "gif"}),
            NamedOutput.model_validate({"name": "c", "size": "50x50"}),
            NamedOutput.model_validate({"name": "d", "format": "mp3"}),
        ]
        found = variants_of(outputs)
        assert [one.size_px for one in found] == [(200, 100), (200, 100), (50, 50)]
        assert [[name for _, name, _ in one.outputs] for one in found] == [["a", "d"], ["b"], ["c"]]


def test_a_transition_crosses_segments_of_all_codings(render: Render) -> None:
    document = job(seconds=4, outputs=[{**SEVERAL[2], "variants": 9}, {**SEVERAL[3], "variants": 9}])
    made = render(document)
    assert made.segments > 1
    for file in made.files:
        found = pictures(file.path)
        assert len(found) == 120
        assert is_near(found[30][10, 10], (229, 52, 43))
        assert is_near(found[90][10, 10], (47, 168, 79))
