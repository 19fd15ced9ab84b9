"""`farm assets export` writes into its folder and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from farm.cli.main import run
from farm.model.made_file import is_file_name


@pytest.mark.parametrize("name", ["thumbnail.jpg", "reel.bin", "a", "-_.x", "9" * 100])
def test_plain_names_are_allowed(name: str) -> None:
    assert is_file_name(name)


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".bashrc", "../a", "a/b", "/a", "a\\b", "a\0", "a\n", "ä.jpg", "9" * 101, "C:a"]
)
def test_others_are_not(name: str) -> None:
    assert not is_file_name(name)


def test_no_file_above_the_folder_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FARM_HOME", str(tmp_path / "home"))
    assert (
        run(["assets", "export", "photo", "-o", str(tmp_path / "a" / "b"), "--file", "../../evil.txt"]) == 2
    )
    assert "'../../evil.txt' is not a valid file name; write letters, digits" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
