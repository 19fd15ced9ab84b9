"""Outputs that cannot be made: what is wrong, where, and what to write instead, before anything is rendered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import farm
from farm.errors import DocumentError
from farm.settings import Settings
from tests.unit.outputs.conftest import Render, job


def problems(render: Render, document: dict[str, Any], **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(DocumentError) as caught:
        render(document, **options)
    return [(one.path, one.message) for one in caught.value.problems]


@pytest.mark.parametrize(
    ("output", "path", "says"),
    [
        ({"format": "avi"}, "output.format", "must be 'mp4', 'hevc'"),
        ({"format": "gif", "fps": 60}, "output.fps", "write 50"),
        ({"format": "gif", "fps": 29.97}, "output.fps", "write 25 or 100/3"),
        ({"format": "gif", "max_size": "1 MB"}, "output.max_size", "it is for mp4, hevc, av1, webm"),
        ({"format": "wav", "poster": {}}, "output.poster", "WAV has no picture"),
        ({"format": "mp3", "bitrate": "1 Mbit/s"}, "output.bitrate", "MP3 takes 32 to 320 kbit/s"),
        ({"max_size": "twenty"}, "output.max_size", 'write "20 MB"'),
        ({"max_size": "1 MB", "bitrate": "1 Mbit/s"}, "output.bitrate", "not both"),
        ({"format": "hevc", "encoder": "nvenc"}, "output.encoder", "nvenc writes H.264"),
        ({"renditions": [720, 360]}, "output.renditions", "only hls"),
        ({"poster": {"at": 9}}, "output.poster.at", "the video lasts 1.000 s"),
        ({"format": "wav"}, "output.format", "the video has none"),
    ],
)
def test_of_one_output(render: Render, output: dict[str, Any], path: str, says: str) -> None:
    ((where, message),) = problems(render, job(output=output))
    assert where == path
    assert says in message


def test_all_at_once(render: Render) -> None:
    wrong = {"format": "gif", "fps": 60, "encoder": "nvenc", "max_size": "1 MB", "renditions": [720]}
    found = problems(render, job(output=wrong))
    assert [path for path, _ in found] == [
        "output.fps",
        "output.encoder",
        "output.max_size",
        "output.renditions",
    ]


def test_of_transparency_where_a_format_has_none(render: Render) -> None:
    outputs = [{"name": "a"}, {"name": "b", "format": "webm"}, {"name": "c", "format": "hls"}]
    found = problems(render, job(background="#00000080", outputs=outputs))
    assert [where for where, _ in found] == ["outputs[0].format", "outputs[2].format"]
    assert "webm, prores, gif, webp, png" in found[0][1]


def test_of_names(render: Render) -> None:
    assert "two of `outputs` are named `a`" in str(
        problems(render, job(outputs=[{"name": "a"}, {"name": "a"}]))
    )
    assert "outputs[0].name" in str(problems(render, job(outputs=[{"name": "A b"}])))
    assert "not both" in str(problems(render, job(output={}, outputs=[{"name": "a"}])))


def test_of_slots_of_a_timeline(render: Render) -> None:
    found = problems(render, job(outputs=[{"name": "de", "slots": {"title": "Alles"}}]))
    assert "a timeline has no `slots`" in found[0][1]


@pytest.mark.parametrize(
    ("name", "document", "says"),
    [
        ("x.gif", job(), "write `format: gif`"),
        ("x.mp4", job(output={"format": "webm"}), "name x.webm"),
        ("x.mkv", job(), "farm does not write .mkv"),
        ("x.mp4", job(outputs=[{"name": "a"}, {"name": "b"}]), "the job names its outputs (a, b)"),
    ],
)
def test_of_the_name_of_the_file(tmp_path: Path, name: str, document: dict[str, Any], says: str) -> None:
    with pytest.raises(DocumentError) as caught:
        farm.render(document, out=tmp_path / name, settings=Settings(tmp_path / "home"))
    assert says in caught.value.problems[0].message
    assert not list(tmp_path.glob("x*"))


def test_a_file_may_be_named_with_the_suffix_of_its_format(tmp_path: Path) -> None:
    document = job(output={"format": "gif", "size": "32x32"})
    made = farm.render(document, out=tmp_path / "x.gif", settings=Settings(tmp_path / "home"))
    assert made.video == tmp_path / "x.gif"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "x.gif", "x.jpg", "x.json"]
