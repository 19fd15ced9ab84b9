"""Broken documents on the real command line: reported as sentences with their place; nothing is rendered."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from farm.cli.main import run
from tests.golden.broken import PHOTO, Case, clips
from tests.golden.broken_contents import CONTENTS
from tests.golden.broken_forms import FORMS

CASES = [*FORMS, *CONTENTS]


def write(folder: Path, text: str | bytes, name: str = "job.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rendered(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix in (".mp4", ".jpg")] if folder.exists() else []


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_broken_document_is_reported_and_not_rendered(
    case: Case, shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = write(shop, case.text, case.file)
    out = tmp_path / "out"
    code = run(["render", str(job), "-o", str(out)])
    captured = capsys.readouterr()
    stderr = captured.err
    assert code == 2
    for part in case.messages:
        assert part.replace("{shop}", str(shop)) in stderr
    assert f"{job.name}: " in stderr
    assert "nothing was rendered" in stderr
    assert "Traceback" not in stderr
    assert "has a fault" not in stderr
    assert len(stderr) < 3000
    assert captured.out == ""
    assert not rendered(out)


@pytest.mark.parametrize("case", CASES[::7], ids=[case.name for case in CASES[::7]])
def test_validate_reports_the_same_problems(
    case: Case, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = write(shop, case.text, case.file)
    assert run(["validate", str(job), "--json"]) == 2
    captured = capsys.readouterr()
    wrong = json.loads(captured.out)["wrong"]
    assert len(wrong) == 1
    for problem in wrong[0]["problems"]:
        assert problem["message"] in captured.err
    for part in case.messages:
        assert part in captured.err


def test_one_wrong_document_keeps_all_from_being_rendered(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write(shop, clips(PHOTO, output="{size: 96x160}"), "good.yaml")
    bad = write(shop, clips("{kind: image, src: gone.jpg, duration: 1}"), "bad.yaml")
    worse = write(shop, "- 1\n", "worse.yaml")
    out = tmp_path / "out"
    assert run(["render", str(good), str(bad), str(worse), "-o", str(out)]) == 2
    stderr = capsys.readouterr().err
    assert "bad.yaml: 1 problem" in stderr
    assert "worse.yaml: 1 problem" in stderr
    assert "good.yaml" not in stderr
    assert not rendered(out)


def test_an_unreachable_url_is_reported(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/watch.jpg"
        job = write(shop, clips(f"{{kind: image, src: '{url}', duration: 1}}"))
        assert run(["render", str(job), "-o", str(tmp_path / "out")]) == 2
    stderr = capsys.readouterr().err
    assert f"timeline.tracks[0].clips[0].src  {url} cannot be fetched" in stderr
    assert not rendered(tmp_path / "out")


@pytest.mark.parametrize(
    ("job", "message"),
    [
        ("gone.yaml", "no such file"),
        ("album", "this is a folder; name the job document in it"),
        ("n" * 300 + ".yaml", "cannot be read: File name too long"),
        ("photo.jpg/job.yaml", "cannot be read: Not a directory"),
    ],
)
def test_an_unreadable_document_is_reported(
    job: str, message: str, shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["render", f"{shop}/{job}", "-o", str(tmp_path / "out")]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert "has a fault" not in err
    assert not rendered(tmp_path / "out")


def test_one_file_for_two_jobs_is_refused(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = [str(write(shop, clips(PHOTO, output="{size: 96x160}"), f"{n}.yaml")) for n in "ab"]
    assert run(["render", *jobs, "-o", str(tmp_path / "out.mp4")]) == 2
    stderr = capsys.readouterr().err
    assert "2 jobs cannot go into one file; name a folder" in stderr
    assert not rendered(tmp_path)


def test_an_output_folder_that_is_a_file_is_reported(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = write(shop, clips(PHOTO, output="{size: 96x160}"))
    (tmp_path / "taken").write_text("a file")
    assert run(["render", str(job), "-o", str(tmp_path / "taken" / "out")]) == 3
    stderr = capsys.readouterr().err
    assert "out cannot be written: Not a directory" in stderr
    assert "has a fault" not in stderr


def test_numbers_that_look_like_clocks_and_dates_are_text(shop: Path) -> None:
    # YAML 1.1 reads 9:16 as 556 and 2026-11-22 as a date; nobody who makes videos means that.
    job = write(shop, clips(PHOTO, output="{aspect: 9:16, short_side: 96}") + "name: 2026-11-22\n")
    assert run(["validate", str(job)]) == 0
