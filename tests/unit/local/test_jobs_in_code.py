"""Jobs made in code: the same as their text, with the same errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import farm
from farm.local.documents import plan_task
from farm.model.parse import document_data, parse_job
from farm.model.schema import json_schema
from farm.settings import Settings
from farm.worker.task import PlanTask
from farm.worker.worker import Worker


def problems(raised: pytest.ExceptionInfo[farm.DocumentError]) -> list[tuple[str, str]]:
    return [(one.path, one.message) for one in raised.value.problems]


def test_a_clip_made_in_code_knows_its_kind_and_writes_it() -> None:
    clip = farm.ColorClip(color="#fff", duration=2)
    assert clip.kind == "color"
    track = farm.Track(clips=[clip, farm.Gap(duration=1)])
    assert track.model_dump(exclude_unset=True)["clips"] == [
        {"kind": "color", "color": "#fff", "duration": 2},
        {"kind": "gap", "duration": 1},
    ]


def test_documents_still_state_the_kind_of_a_clip() -> None:
    with pytest.raises(farm.DocumentError) as raised:
        parse_job('{"timeline": {"tracks": [{"clips": [{"color": "red", "duration": 1}]}]}}')
    ((path, message),) = problems(raised)
    assert path == "timeline.tracks[0].clips[0]"
    assert message.startswith("`kind` is missing")
    schema = json_schema(farm.ImageClip)
    assert schema["required"] == ["src", "kind", "duration"]
    assert "default" not in schema["properties"]["kind"]


def test_a_wrong_part_reports_all_its_problems_together() -> None:
    with pytest.raises(farm.DocumentError) as raised:
        farm.VideoClip(src="a.mp4", speed=True, gian_db=3, duration=[])  # type: ignore[call-arg, arg-type]
    assert [path for path, _ in problems(raised)] == ["duration", "speed", "gian_db"]
    assert raised.value.source == "VideoClip"
    with pytest.raises(farm.DocumentError, match=r"clips\[0\]\.speed: must be a number, not yes or no"):
        farm.Track(clips=[{"kind": "video", "src": "a.mp4", "speed": True}])  # type: ignore[list-item]
    with pytest.raises(farm.DocumentError, match="allowed: color"):
        farm.ColorClip(kind="image", color="red", duration=1)  # type: ignore[arg-type]


def test_a_value_that_no_document_can_hold_is_reported_with_its_place() -> None:
    job = farm.TemplateJob(template="retail.sale", slots={"title": np.zeros(2), "photos": ["a.png"]})
    with pytest.raises(farm.DocumentError, match=r"slots\.title: is a ndarray; allowed: text"):
        farm.validate(job)


def test_media_are_named_by_paths(tmp_path: Path) -> None:
    Image.new("RGB", (32, 32), "navy").save(tmp_path / "a.png")
    clip = farm.ImageClip(src=tmp_path / "a.png", duration=1)
    job = farm.TimelineJob(timeline=farm.Timeline(tracks=[farm.Track(clips=[clip])]))
    assert farm.validate(job).frames == 30
    asdata: dict[str, Any] = {"timeline": {"tracks": [{"clips": [{"kind": "image", "duration": 1}]}]}}
    asdata["timeline"]["tracks"][0]["clips"][0]["src"] = tmp_path / "a.png"
    assert farm.validate(asdata).frames == 30


TIMES = st.sampled_from([0.5, 1, "20f", "0:00.7"])
CLIPS = st.one_of(
    st.builds(
        farm.ColorClip, color=st.sampled_from(["red", "#0af8"]), duration=TIMES, opacity=st.floats(0, 1)
    ),
    st.builds(farm.TextClip, text=st.sampled_from(["Hallo", "九九"]), duration=TIMES),
    st.builds(
        farm.ImageClip,
        src=st.sampled_from(["a.png", "b.png"]),
        duration=TIMES,
        zoom=st.sampled_from([1, [farm.Keyframe(at=0, value=1), farm.Keyframe(at="10f", value=1.5)]]),
        effects=st.sampled_from([[], ["basics.vignette"], [{"name": "basics.blur", "radius": "2%"}]]),
    ),
    st.builds(
        farm.ShapeClip, form=st.sampled_from(["rect", "ellipse"]), fill=st.just("teal"), duration=TIMES
    ),
)


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> tuple[Worker, Path]:
    folder = tmp_path_factory.mktemp("media")
    for name, colour in (("a.png", "navy"), ("b.png", "olive")):
        Image.new("RGB", (48, 64), colour).save(folder / name)
    return Worker(Settings(folder / "home")), folder


@settings(max_examples=25, deadline=None)
@given(clips=st.lists(CLIPS, min_size=1, max_size=4), fade=st.booleans(), fps=st.sampled_from([30, "24"]))
def test_a_job_and_its_text_give_equal_plans(
    worker: tuple[Worker, Path], clips: list[Any], fade: bool, fps: int | str
) -> None:
    there, folder = worker
    items = (
        clips
        if not fade
        else [*clips, farm.Transition(use="basics.fade"), farm.ColorClip(color="red", duration=1)]
    )
    tracks = [farm.Track(clips=[farm.ColorClip(color="white", duration=9)]), farm.Track(clips=items)]
    output = farm.Output(size=[64, 96], fps=fps)
    job = farm.TimelineJob(name="it", timeline=farm.Timeline(tracks=tracks), output=output)
    data = document_data(job)

    def planned(document: Any) -> Any:
        try:
            return there.plan(PlanTask("it", document, "it", str(folder)))
        except farm.DocumentError as error:
            return error.problems

    expected = planned(json.dumps(data))
    assert planned(job) == expected
    assert planned(data) == expected


def test_a_template_job_and_its_text_give_equal_plans(worker: tuple[Worker, Path]) -> None:
    there, folder = worker
    slots = {"product": {"name": "Sonnenbrille"}, "photos": [folder / "a.png", folder / "b.png"]}
    job = farm.TemplateJob(template="retail.spotlight", slots=slots, output=farm.Output(size=[96, 160]))
    text = json.dumps(document_data(job))
    plans = [there.plan(PlanTask("it", document, "it", str(folder))) for document in (job, text)]
    assert plans[0] == plans[1]
    assert [one.key for one in plans[0].segments] == [one.key for one in plans[1].segments]


def test_files_are_called_as_the_document_or_the_job(tmp_path: Path) -> None:
    (tmp_path / "summer.v2.yaml").write_text("{}")
    assert plan_task(tmp_path / "summer.v2.yaml").source == "summer.v2.yaml"
    assert plan_task({"name": "Sale / autumn"}).source == "Sale - autumn"
    assert plan_task({}).source == "job"
