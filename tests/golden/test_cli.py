"""The command line: help everywhere, data that parses, documented exit codes, pictures that are the video's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import jsonschema
import numpy as np
import pytest
import yaml
from PIL import Image

from farm.cli.main import COMMANDS, run
from farm.draft.starter_library import starter_folder
from farm.errors import MediaError
from tests.golden.jobs import lively

STARTERS = sorted(path.name for path in starter_folder().glob("*.yaml"))


@pytest.fixture
def job(shop: Path) -> Path:
    """Return a good job, 4.2 s of 96x160."""
    path = shop / "lively.yaml"
    path.write_text(lively(quality="high"))
    return path


def json_output(capsys: pytest.CaptureFixture[str]) -> Any:
    """Return the JSON that a command printed."""
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"Usage: farm {command}")
    assert "--help" in text


def test_the_group_lists_every_command_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"\n  {command} " in text for command in COMMANDS)
    assert all(f"\n    {code} " in text for code in (0, 1, 2, 3, 4, 5, 130))


def test_a_misspelled_command_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rendr", "job.yaml"]) == 2
    assert "there is no command `rendr`; did you mean `render`?" in capsys.readouterr().err


@pytest.mark.parametrize(
    "args", [["render"], ["render", "a.yaml"], ["still", "--at", "x", "a.yaml"], ["schema", "x"]]
)
def test_a_wrong_command_line_is_2(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(args) == 2
    assert "Usage: " in capsys.readouterr().err


def test_plan_lists_segments_before_and_after_rendering(
    job: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", str(job), "--json"]) == 0
    before = json_output(capsys)
    assert (before["frames"], before["size"], before["rate"]) == (126, [96, 160], "30")
    assert before["segments"][0]["start"] == 0
    assert before["segments"][-1]["stop"] == 126
    assert not any(segment["stored"] for segment in before["segments"])
    assert before["estimated_cpu_s"] > 0
    assert run(["render", str(job), "-o", str(tmp_path / "out"), "--json"]) == 0
    (made,) = json_output(capsys)
    assert (made["state"], made["frames"], made["size"]) == ("done", 126, "96x160")
    assert run(["plan", str(job), "--json"]) == 0
    after = json_output(capsys)
    assert [s["key"] for s in after["segments"]] == [s["key"] for s in before["segments"]]
    assert all(segment["stored"] for segment in after["segments"])
    assert after["estimated_cpu_s"] == 0
    assert run(["plan", str(job)]) == 0
    assert "126 frames, 4.20 s, 96x160" in capsys.readouterr().out


def test_a_still_is_the_frame_of_the_video(
    job: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["render", str(job), "-o", str(tmp_path / "out.mp4")]) == 0
    with av.open(str(tmp_path / "out.mp4")) as container:
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)]
    capsys.readouterr()
    for number in (0, 45, 100):
        out = tmp_path / f"{number}.png"
        assert run(["still", str(job), "--at", str(number / 30), "-o", str(out), "--json"]) == 0
        data = json_output(capsys)
        assert (data["picture"], data["width"], data["height"]) == (str(out), 96, 160)
        picture = np.asarray(Image.open(out)).astype(int)
        differences = [np.abs(picture - frame).mean() for frame in frames]
        assert differences[number] < 4
        assert differences[number] == min(differences)


def test_a_still_beyond_the_end_is_refused(
    job: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["still", str(job), "--at", "9", "-o", str(tmp_path / "a.png")]) == 2
    message = "9 s lies outside the video; allowed: 0 up to, but not, 4.2; the last frame begins at 4.16667 s"
    assert message in capsys.readouterr().err
    assert run(["still", str(job), "--at", "4.2", "-o", str(tmp_path / "a.png")]) == 2
    capsys.readouterr()
    assert run(["still", str(job), "--at", "nan", "-o", str(tmp_path / "a.png")]) == 2
    assert "has a fault" not in capsys.readouterr().err
    assert not (tmp_path / "a.png").exists()


def test_all_of_the_last_frame_can_be_seen(
    job: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = []
    for at in ("4.16667", "4.18", "4.199999"):
        assert run(["still", str(job), "--at", at, "-o", str(tmp_path / "a.png")]) == 0
        seen.append((tmp_path / "a.png").read_bytes())
    assert len(set(seen)) == 1
    capsys.readouterr()


@pytest.mark.parametrize(
    "ending", [".mov", ".WEBM", ".mkv", ".avi", ".gif", ".m4v", ".mpg", ".ts", ".wmv", ".mp3"]
)
@pytest.mark.parametrize("command", ["render", "submit"])
def test_other_kinds_of_video_are_refused_before_any_work(
    command: str, ending: str, job: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"x{ending}"
    assert run([command, str(job), "-o", str(out)]) == 2
    said = capsys.readouterr().err
    if ending.lower() in (".mov", ".webm", ".gif", ".mp3"):
        assert f"x{ending} is not H.264 in MP4, which the job makes; name x.mp4, or write `format: " in said
    else:
        assert f"farm does not write {ending}; it writes .gif, .hls, .m4a, .mov, .mp3, .mp4" in said
    assert not out.exists()


@pytest.mark.parametrize(
    "args", [["demo"], ["jobs", "fetch", "j"], ["batches", "fetch", "b"], ["works", "render", "w"],
             ["productions", "fetch", "p"], ["submit", "--rows", "t.csv"]],
)  # fmt: skip
@pytest.mark.parametrize("name", ["x.mov", "x.mp4"])
def test_a_folder_is_not_called_as_a_video(
    args: list[str], name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*args, "-o", str(tmp_path / name)]) == 2
    assert "this command writes several files into a folder" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / name).exists()


def test_a_report_never_takes_the_place_of_its_job(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "job.json"
    document.write_text(
        '{"timeline": {"tracks": [{"clips": [{"kind": "color", "color": "red", "duration": 1}]}]}}'
    )
    written = document.read_text()
    for out in (tmp_path, tmp_path / "job.mp4", tmp_path / "." / "job.mp4"):
        assert run(["render", str(document), "-o", str(out)]) == 2
        assert "would overwrite the job document" in capsys.readouterr().err
    assert document.read_text() == written


def test_a_cover_never_takes_the_place_of_a_photo(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = tmp_path / "watch.jpg"
    photo.write_bytes((shop / "photo.jpg").read_bytes())
    job = tmp_path / "watch.yaml"
    clips = "[{kind: image, src: watch.jpg, duration: 1}]"
    job.write_text(f"output: {{size: 64x64}}\ntimeline: {{tracks: [{{clips: {clips}}}]}}\n")
    for command, out in (("render", tmp_path), ("submit", tmp_path / "watch.mp4")):
        assert run([command, str(job), "-o", str(out)]) == 2
        assert "watch.jpg would be overwritten, but the job uses it" in capsys.readouterr().err
    assert photo.read_bytes() == (shop / "photo.jpg").read_bytes()
    assert run(["render", str(job), "-o", str(tmp_path / "out")]) == 0
    capsys.readouterr()


def test_a_sheet_shows_all_frames(job: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "sheet.png"
    assert run(["sheet", str(job), "--count", "3", "-o", str(out), "--json"]) == 0
    data = json_output(capsys)
    picture = Image.open(out)
    assert (data["width"], data["height"]) == picture.size
    ground = (np.asarray(picture) == (24, 24, 27)).all(axis=-1).mean()
    assert 0 < ground < 0.3


def test_a_picture_that_cannot_be_written_is_reported(
    job: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["still", str(job), "-o", str(tmp_path / "a.xyz")]) == 3
    assert "name a .png or .jpg in a writable folder" in capsys.readouterr().err


def test_a_drafted_timeline_renders_to_the_same_file(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "template: retail.spotlight\nname: same\n"
        "slots: {product: {name: Watch, price: 9, points: [Light]}, photos: [photo.jpg], duration: 6, music: calm}\n"
        "output: {size: 96x160, fps: 5, quality: draft}\n"
    )
    (shop / "templated.yaml").write_text(text)
    for form, option in (("yaml", []), ("json", ["--json"])):
        assert run(["draft", str(shop / "templated.yaml"), *option]) == 0
        (shop / f"drafted.{form}").write_text(capsys.readouterr().out)
    assert run(["draft", str(shop / "templated.yaml"), "-o", str(tmp_path / "written.yaml")]) == 0
    assert (tmp_path / "written.yaml").read_text() == (shop / "drafted.yaml").read_text()
    made = {}
    for name in ("templated.yaml", "drafted.yaml", "drafted.json"):
        out = tmp_path / f"{name}.mp4"
        assert run(["render", str(shop / name), "-o", str(out), "--no-cache"]) == 0
        made[name] = out.read_bytes()
    assert made["drafted.yaml"] == made["templated.yaml"]
    assert made["drafted.json"] == made["templated.yaml"]


@pytest.fixture
def schema(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert run(["schema", "job"]) == 0
    found = json_output(capsys)
    jsonschema.Draft202012Validator.check_schema(found)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", STARTERS)
def test_the_schema_accepts_the_starter_jobs(schema: dict[str, Any], name: str) -> None:
    jsonschema.validate(yaml.safe_load((starter_folder() / name).read_text()), schema)


def test_the_schema_refuses_what_farm_refuses(schema: dict[str, Any]) -> None:
    for wrong in (
        {},
        {"template": "a"},
        {"template": "a", "slots": {}, "fps": 3},
        {"timeline": {"tracks": []}},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)


def test_the_schema_of_timelines_accepts_a_timeline(job: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "timeline"]) == 0
    jsonschema.validate(yaml.safe_load(job.read_text())["timeline"], json_output(capsys))


@pytest.mark.parametrize(
    "args", [["templates"], ["elements"], ["plugins"], ["templates", "retail.spotlight"]]
)
def test_lists_parse(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*args, "--json"]) == 0
    assert json_output(capsys)
    assert run(args) == 0
    assert capsys.readouterr().out.strip()


def test_a_job_that_fails_while_rendering_is_4(
    job: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise MediaError("clip.mp4 cannot be decoded at 1.000 s: Invalid data")

    monkeypatch.setattr("farm.worker.render.render_segment", broken)
    assert run(["render", str(job), "-o", str(tmp_path / "out"), "--json"]) == 4
    (failed,) = json_output(capsys)
    assert failed["state"] == "failed"
    assert "clip.mp4 cannot be decoded at 1.000 s" in failed["message"]
    assert "video" not in failed
    assert not list((tmp_path / "out").iterdir())


def test_no_farm_is_5(
    job: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("farm.client.connection.PATIENCE_S", 0.5)
    assert run(["submit", str(job), "-o", str(tmp_path), "--address", "http://127.0.0.1:9"]) == 5
    err = capsys.readouterr().err
    assert "http://127.0.0.1:9" in err
    assert "trying for" in err
    assert "has a fault" not in err


def test_status_reports_that_no_farm_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status", "--json"]) == 5
    captured = capsys.readouterr()
    assert json.loads(captured.out)["running"] is False
    assert "has a fault" not in captured.err


def test_stats_and_sql_see_what_was_rendered(
    job: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["render", str(job), "-o", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    assert run(["stats", "--json"]) == 0
    assert json_output(capsys)
    assert run(["sql", "select 1 as one", "--json"]) == 0
    assert json_output(capsys) == [{"one": 1}]
