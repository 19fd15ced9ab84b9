"""`farm assets` on this machine's library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from farm.cli.main import run


@pytest.fixture
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FARM_HOME", str(tmp_path / "home"))
    path = tmp_path / "kettle.png"
    Image.new("RGB", (64, 64), "teal").save(path)
    return path


def test_an_asset_keeps_its_source(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assets", "add", str(photo)]) == 0
    capsys.readouterr()
    assert run(["assets", "show", "kettle.png", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["source"] == str(photo)


def test_a_source_that_cannot_be_added_does_not_stop_the_others(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    long_name = photo.with_name("k" * 200 + ".png")
    long_name.write_bytes(photo.read_bytes())
    folder = photo.with_name("f" * 200)
    folder.mkdir()
    long_name.rename(folder / long_name.name)
    assert run(["assets", "add", str(folder.parent), "--json"]) == 4
    answer = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in answer["assets"]] == ["kettle.png"]
    (refused,) = answer["refused"]
    assert refused["message"] == "name: must have at most 300 characters"


def test_wrong_options_are_named(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assets", "search", " "]) == 2
    assert "has no word to search for" in capsys.readouterr().err
    assert run(["assets", "add", str(photo), "--tags", "x" * 61]) == 4
    assert "tags[0]: must have at most 60 characters" in capsys.readouterr().err
    assert run(["assets", "edit", "kettle.png", "--name", "a\nb"]) == 2
    assert "`a\\nb` holds characters that are not allowed" in capsys.readouterr().err
