"""Files are found whichever way their accents are written, the exact spelling first."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from farm.cli.asset_sources import files_of
from farm.draft.bind import Binder
from farm.draft.spelling import spelled_on_disk

NFC, NFD = (unicodedata.normalize(form, "Café für Ấn") for form in ("NFC", "NFD"))


def found(folder: Path, reference: str) -> Path:
    return Binder(folder, fetch=Path, blob=lambda _: None, library={}).locate(reference)


@pytest.mark.parametrize(("written", "stored"), [(NFC, NFD), (NFD, NFC)])
def test_either_spelling_is_found_in_folders_too(tmp_path: Path, written: str, stored: str) -> None:
    file = tmp_path / stored / f"{stored}.jpg"
    file.parent.mkdir()
    file.write_bytes(b"x")
    assert found(tmp_path, f"{written}/{written}.jpg").read_bytes() == b"x"
    assert found(tmp_path, f"./{written}/../{written}/{stored}.jpg").read_bytes() == b"x"
    assert [Path(source).read_bytes() for source, _ in files_of([str(tmp_path / written)])] == [b"x"]
    assert [Path(source).read_bytes() for source, _ in files_of([f"{tmp_path}/{written}/{written}.jpg"])] == [
        b"x"
    ]


@pytest.mark.parametrize("written", [NFC, NFD])
def test_the_exact_spelling_comes_first(tmp_path: Path, written: str) -> None:
    for name in (NFC, NFD):
        (tmp_path / f"{name}.jpg").write_text(name)
    if len(os.listdir(tmp_path)) == 1:
        pytest.skip("this file system takes both spellings for one name")
    assert found(tmp_path, f"{written}.jpg").read_text() == written


def test_what_is_not_there_stays_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "Cafe.jpg").touch()
    assert spelled_on_disk(tmp_path / NFC / "x.jpg") == tmp_path / NFC / "x.jpg"
