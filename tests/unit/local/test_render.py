"""`farm.render` and its kin: typed results, typed errors, nothing left behind by what fails."""

from __future__ import annotations

import gc
import hashlib
import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from PIL import Image

import farm
from farm.cli.main import run
from farm.media import probe as probing
from farm.model import production
from farm.plugin import Effect, Frame, Moment, Sticker, TextStyle, Transition
from farm.worker.worker import Worker

SMALL = farm.Output(size=[64, 64], fps=10)


class Dim(Effect):
    """Halve the luma."""

    name: ClassVar[str] = "mine.dim"
    by: int = 2

    def apply(self, frame: Frame, at: Moment) -> Frame:
        del at
        return Frame(frame.y // self.by, frame.u, frame.v, frame.a, frame.a2)


class Broken(Effect):
    """Fail when it draws."""

    name: ClassVar[str] = "mine.broken"

    def apply(self, frame: Frame, at: Moment) -> Frame:
        del frame, at
        raise RuntimeError("out of paint")


class Cut(Transition):
    """Show the new picture from the middle on."""

    name: ClassVar[str] = "mine.cut"

    def mix(self, old: Frame, new: Frame, progress: float) -> Frame:
        return old if progress < 0.5 else new


class Dot(Sticker):
    """A red disc."""

    name: ClassVar[str] = "mine.dot"

    def draw(self, canvas: Any, width_px: float, height_px: float) -> None:
        import skia

        canvas.drawCircle(width_px / 2, height_px / 2, width_px / 2, skia.Paint(Color=skia.ColorRED))


def job(*effects: Effect, color: str = "white", name: str = "it") -> farm.TimelineJob:
    clip = farm.ColorClip(color=color, duration=1, effects=list(effects))
    return farm.TimelineJob(
        name=name, timeline=farm.Timeline(tracks=[farm.Track(clips=[clip])]), output=SMALL
    )


def test_a_job_becomes_a_production(tmp_path: Path) -> None:
    made = farm.render(job(), out=tmp_path / "out")
    assert made.video == tmp_path / "out" / "it.mp4"
    assert made.sha256 == hashlib.sha256(made.video.read_bytes()).hexdigest()
    assert (made.frames, made.duration_s, made.width_px, made.height_px) == (10, 1.0, 64, 64)
    assert made.size_bytes == made.video.stat().st_size
    assert (made.loudness_lufs, made.warnings, made.segments, made.reused) == (None, (), 1, 0)
    assert made.sha256 in made.report.read_text()
    with Image.open(made.cover) as cover:
        assert cover.size == (64, 64)
    assert sorted(one.name for one in made.video.parent.iterdir()) == ["it.jpg", "it.json", "it.mp4"]
    assert pickle.loads(pickle.dumps(made)) == made
    thresholds = gc.get_threshold()
    gc.set_threshold(901, 11, 11)
    assert farm.render(job(), out=tmp_path / "again.mp4").reused == 1
    left = gc.get_threshold()
    gc.set_threshold(*thresholds)
    assert left == (901, 11, 11)


def test_a_notebook_shows_a_small_video_and_links_to_a_large_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = farm.render(job(), out=tmp_path / "it.mp4")
    assert 'src="data:video/mp4;base64,' in made._repr_html_()
    monkeypatch.setattr(production, "EMBEDDED_BYTES", 10)
    monkeypatch.chdir(tmp_path)
    assert 'src="it.mp4"' in made._repr_html_()


def test_a_failed_render_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(farm.RenderError, match=r"(?s)mine\.broken.*out of paint"):
        farm.render(job(Broken()), out=tmp_path / "out", effects=[Broken])
    with pytest.raises(farm.DocumentError, match=r"timeline\.tracks\[0\]\.clips\[0\]\.effects\[0\]"):
        farm.render(job(Broken()), out=tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_wrong_arguments_are_problems(tmp_path: Path) -> None:
    with pytest.raises(farm.DocumentError, match=r"out: it\.mov is not H\.264 in MP4"):
        farm.render(job(), out=tmp_path / "it.mov")
    with pytest.raises(farm.DocumentError, match="workers: is 0"):
        farm.render(job(), out=tmp_path, workers=0)
    with pytest.raises(farm.DocumentError, match="count: is 0"):
        farm.sheet(job(), count=0)
    with pytest.raises(farm.DocumentError, match="at_s: 1 s lies outside"):
        farm.still(job(), at_s=1)


def test_a_job_may_not_overwrite_its_own_media(tmp_path: Path) -> None:
    Image.new("RGB", (32, 32), "navy").save(tmp_path / "it.jpg")
    clip = farm.ImageClip(src=tmp_path / "it.jpg", duration=1)
    shown = farm.TimelineJob(timeline=farm.Timeline(tracks=[farm.Track(clips=[clip])]), output=SMALL)
    with pytest.raises(farm.DocumentError, match="would be overwritten"):
        farm.render(shown, out=tmp_path / "it.mp4")


def test_own_elements_are_drawn_and_known_to_one_call_only() -> None:
    white, dim = farm.still(job()), farm.still(job(Dim(by=4)), effects=[Dim])
    assert white.rgb.dtype == np.uint8
    assert white.rgb.mean() > 250
    assert dim.rgb.mean() < 70
    with pytest.raises(farm.DocumentError):
        farm.still(job(Dim()))


def test_own_transitions_and_stickers_are_drawn() -> None:
    black, white = (farm.ColorClip(color=color, duration=1) for color in ("black", "white"))
    dot = farm.StickerClip(sticker=Dot(), duration=2)
    tracks = [farm.Track(clips=[black, farm.Transition(use=Cut()), white]), farm.Track(clips=[dot])]
    mixed = farm.TimelineJob(timeline=farm.Timeline(tracks=tracks), output=SMALL)
    own: dict[str, Any] = {"transitions": [Cut], "stickers": [Dot]}
    before, after = (farm.still(mixed, at_s=at_s, **own).rgb for at_s in (0.9, 1.0))
    assert before[0, 0].max() < 10
    assert after[0, 0].min() > 245
    assert before[32, 32, 0] > 200 > 60 > before[32, 32, 1]


def test_own_text_styles_are_used() -> None:
    def shown(size: str) -> float:
        text = farm.TextClip(text="MM", duration=1, style="mine.loud")
        words = farm.TimelineJob(timeline=farm.Timeline(tracks=[farm.Track(clips=[text])]), output=SMALL)
        return float(farm.still(words, text_styles={"mine.loud": TextStyle(size=size)}).rgb.mean())

    assert shown("40%") > 2 * shown("15%")


def test_pictures_save_and_show_themselves(tmp_path: Path) -> None:
    sheet = farm.sheet(job(), count=3)
    assert sheet._repr_png_().startswith(b"\x89PNG")
    with Image.open(sheet.save(tmp_path / "deep" / "sheet.png")) as saved:
        assert np.array_equal(np.asarray(saved), sheet.rgb)
    with pytest.raises(farm.MachineError, match=r"name a \.png or \.jpg"):
        sheet.save(tmp_path / "sheet.docx")


def test_a_plan_shows_what_is_stored(tmp_path: Path) -> None:
    before = farm.plan(job())
    farm.render(job(), out=tmp_path)
    after = farm.plan(job())
    assert [one.stored for one in before.segments] == [False]
    assert [one.stored for one in after.segments] == [True]
    assert (after.frames, after.estimated_cpu_s) == (10, 0)


def test_analysers_return_typed_findings(tmp_path: Path) -> None:
    from farm_intake.quality import Quality

    Image.new("RGB", (64, 48), "navy").save(tmp_path / "a.png")
    found = farm.analyse(tmp_path / "a.png")
    assert (found.asset.width_px, found.asset.height_px) == (64, 48)
    assert isinstance(found.of(Quality), Quality)
    assert found.findings.keys() == found.results.keys()
    with pytest.raises(farm.MediaError, match=r"no OutputDocument was found.*Quality"):
        found.of(farm.Output)


def test_farm_render_drafts_each_document_once_and_hashes_each_file_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts: list[str] = []
    hashed: list[str] = []
    draft, hash_file = Worker.draft, probing.hash_file
    monkeypatch.setattr(
        Worker, "draft", lambda self, task, *rest: drafts.append(task.source) or draft(self, task, *rest)
    )
    monkeypatch.setattr(probing, "hash_file", lambda path: hashed.append(path.name) or hash_file(path))
    for number in range(2):
        Image.new("RGB", (32, 32), (number, 80, 200)).save(tmp_path / f"{number}.png")
    (tmp_path / "shared.png").write_bytes((tmp_path / "0.png").read_bytes() + b"\0")
    for number in range(2):
        clips = [{"kind": "image", "src": f"{name}.png", "duration": "5f"} for name in (number, "shared")]
        document = {"output": {"size": [64, 64]}, "timeline": {"tracks": [{"clips": clips}]}}
        (tmp_path / f"{number}.json").write_text(json.dumps(document))
    jobs = [str(tmp_path / f"{number}.json") for number in range(2)]
    assert run(["render", *jobs, "-o", str(tmp_path / "out")]) == 0
    assert sorted(drafts) == ["0.json", "1.json"]
    assert sorted(hashed) == ["0.png", "1.png", "shared.png"]


def test_nothing_is_rendered_if_one_document_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = {"timeline": {"tracks": [{"clips": [{"kind": "color", "color": "red", "duration": 1}]}]}}
    (tmp_path / "good.json").write_text(json.dumps(good))
    for name in ("bad", "worse"):
        (tmp_path / f"{name}.json").write_text('{"timeline": {}}')
    jobs = [str(tmp_path / f"{name}.json") for name in ("good", "bad", "worse")]
    assert run(["render", *jobs, "-o", str(tmp_path / "out")]) == 2
    stderr = capsys.readouterr().err
    assert "bad.json: 1 problem" in stderr
    assert "worse.json: 1 problem" in stderr
    assert not (tmp_path / "out").exists()


QUIET = """
import sys
import farm
assert not [name for name in sys.modules if name.startswith("farm.")]
import farm.render.frame, farm.plan.segment
assert callable(farm.render) and callable(farm.plan), "packages do not hide functions"
assert set(farm.__all__) <= set(dir(farm))
for name in farm.__all__:
    getattr(farm, name)
import pickle
assert pickle.loads(pickle.dumps(farm)) is farm
assert pickle.loads(pickle.dumps(farm.render)) is farm.render
assert "ray" not in sys.modules and "farm.cli" not in sys.modules
"""


def test_importing_farm_imports_nothing_and_all_names_are_there() -> None:
    done = subprocess.run([sys.executable, "-c", QUIET], capture_output=True, text=True, check=False,
                          env={"PYTHONPATH": ":".join(sys.path)})  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_every_name_is_the_one_that_type_checkers_see() -> None:
    lines = Path(str(farm.__file__)).read_text().partition("if TYPE_CHECKING:")[2].partition("__version__")[0]
    seen: dict[str, object] = {}
    exec("\n".join(line.removeprefix("    ") for line in lines.splitlines()), seen)
    assert {name for name in seen if not name.startswith("__")} == set(farm.__all__)
    assert all(seen[name] is getattr(farm, name) for name in farm.__all__)
