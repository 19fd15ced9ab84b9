"""Added fonts are on every machine of a farm, travel by their content, and count where they decide pixels."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import farm
from farm.draft.added_fonts import nearest, with_added_fonts
from farm.errors import DocumentError, StoreError
from farm.model.font_file import FontFile
from farm.model.look import TextLook
from farm.model.placement import Box, Placement
from farm.model.source import TextSource
from farm.model.timeline import Clip, Timeline, Track
from farm.plan.key import SegmentKeys
from farm.plan.segment import Quality
from farm.render import fallback, families, fonts, words
from farm.render.font_faces import faces_of
from farm.render.text import missing_characters, raster_text
from farm.store.fonts import FontShelf, Shelved
from farm.store.open import open_store
from farm.store.place import FolderPlace
from farm.worker.localise import Localiser

SHIPPED = Path(farm.__file__).parent / "render" / "fonts"
FAMILY = "Noto Sans Georgian"
ADDABLE = (FAMILY, "Noto Sans Thai", "Noto Sans Lao")
TEXT, LATIN = "გამარჯობა", "Hello"
LOOK = TextLook(("Outfit",), 48.0, 10.0, weight=700)


@pytest.fixture(autouse=True)
def without_georgian(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take families out of what ships, so that their files can be added."""
    for family in ADDABLE:
        monkeypatch.delitem(families.FAMILIES, family)
    monkeypatch.setattr(fallback, "_LATER", tuple(name for name in fallback._LATER if name not in ADDABLE))
    for cached in (fonts.load_fonts, fallback.choose_fonts, words._spell):
        cached.cache_clear()
    yield
    for cached in (fonts.load_fonts, fallback.choose_fonts, words._spell):
        cached.cache_clear()


def shelf(tmp_path: Path, machine: str = "a") -> FontShelf:
    return FontShelf(FolderPlace(tmp_path / "mount"), tmp_path / machine)


def add(on: FontShelf, *paths: Path) -> list[Shelved]:
    return on.add(paths, inspect=faces_of, shipped=families.FAMILIES)


def added(tmp_path: Path) -> Sequence[FontFile]:
    on = shelf(tmp_path)
    add(on, *(SHIPPED / f"NotoSansGeorgian-{weight}.ttf" for weight in ("Regular", "Bold")))
    return on.files()


def key_of(look: TextLook, text: str) -> str:
    clip = Clip(TextSource(text, look), 0, 30, Placement(Box(0, 0, 400, 100)))
    timeline = Timeline(400, 100, Fraction(30), 30, (Track((clip,)),))
    return SegmentKeys(timeline, Quality("libx264", "medium", 20)).key(0, 30)


def test_every_machine_of_the_farm_has_an_added_font(tmp_path: Path) -> None:
    faces = add(shelf(tmp_path), SHIPPED / "NotoSansGeorgian-Bold.ttf")
    assert [(one.family, one.weights, one.index) for one in faces] == [(FAMILY, (700, 700), 0)]
    (there,) = shelf(tmp_path, "b").files()
    assert Path(there.path).parent == tmp_path / "b"
    assert Path(there.path).read_bytes() == (SHIPPED / "NotoSansGeorgian-Bold.ttf").read_bytes()


def test_looking_writes_nothing(tmp_path: Path) -> None:
    assert shelf(tmp_path).files() == ()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_added_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "own" / "deep"
    folder.mkdir(parents=True)
    for name in ("NotoSansGeorgian-Bold.ttf", "NotoSansThai-Bold.ttf"):
        shutil.copy(SHIPPED / name, folder)
    on = shelf(tmp_path)
    assert {one.family for one in add(on, folder.parent)} == {FAMILY, "Noto Sans Thai"}
    (folder / "broken.otf").write_bytes(b"OTTO no font")
    with pytest.raises(DocumentError, match=r"broken.otf: is cut off"):
        add(shelf(tmp_path, "b"), SHIPPED / "NotoSansLao-Bold.ttf", folder)
    assert {one.family for one in shelf(tmp_path, "c").faces()} == {FAMILY, "Noto Sans Thai"}


def test_fonts_are_removed_by_family_and_by_hash(tmp_path: Path) -> None:
    on = shelf(tmp_path)
    (face,) = add(on, SHIPPED / "NotoSansGeorgian-Bold.ttf")
    add(on, SHIPPED / "NotoSansThai-Bold.ttf")
    assert on.remove(face.sha256[:12]) == [face]
    assert [one.family for one in on.remove("Noto Sans Thai")] == ["Noto Sans Thai"]
    assert on.faces() == ()
    with pytest.raises(DocumentError, match="no added font is called `Noto Sans Thai`; added: none"):
        on.remove("Noto Sans Thai")


def test_a_missing_listed_font_is_reported(tmp_path: Path) -> None:
    (face,) = add(shelf(tmp_path), SHIPPED / "NotoSansGeorgian-Bold.ttf")
    (tmp_path / "mount" / "fonts" / face.sha256).unlink()
    with pytest.raises(StoreError, match="is in the index but its file is missing; add it again"):
        shelf(tmp_path, "b").files()


def test_an_added_font_fills_what_is_lacking(tmp_path: Path) -> None:
    assert missing_characters(TEXT, LOOK) == "".join(dict.fromkeys(TEXT))
    look = with_added_fonts(LOOK, TEXT, added(tmp_path))
    assert [(one.family, one.weights) for one in look.fonts] == [(FAMILY, (700, 700))]
    assert missing_characters(TEXT, look) == ""
    assert (
        raster_text(TEXT, look, 400, 100).rgba.tobytes() != raster_text(TEXT, LOOK, 400, 100).rgba.tobytes()
    )


def test_an_added_font_is_in_the_key_where_it_decides_pixels_and_nowhere_else(tmp_path: Path) -> None:
    files = added(tmp_path)
    assert with_added_fonts(LOOK, LATIN, files) == LOOK
    assert key_of(with_added_fonts(LOOK, TEXT, files), TEXT) != key_of(LOOK, TEXT)
    elsewhere = [replace(one, path=f"/elsewhere/{one.sha256}") for one in files]
    look = with_added_fonts(LOOK, TEXT, files)
    moved = replace(look, fonts=tuple(one for one in elsewhere if one.weights == (700, 700)))
    assert key_of(moved, TEXT) == key_of(look, TEXT)
    other = replace(look, fonts=tuple(replace(one, sha256="0" * 64) for one in look.fonts))
    assert key_of(other, TEXT) != key_of(look, TEXT)


def test_a_style_may_name_an_added_family(tmp_path: Path) -> None:
    named = replace(LOOK, families=(FAMILY,), weight=400)
    look = with_added_fonts(named, LATIN, added(tmp_path))
    assert [one.weights for one in look.fonts] == [(400, 400)]


def test_the_nearest_weight_is_taken() -> None:
    light, heavy, wide = (
        FontFile(name, name, 0, "F", weights)
        for name, weights in (("a", (300, 300)), ("b", (800, 800)), ("c", (100, 500)))
    )
    assert nearest([light, heavy], "F", 500) is light
    assert nearest([light, heavy], "F", 600) is heavy
    assert nearest([light, heavy, wide], "F", 480) is wide


def test_a_plan_finds_its_fonts_on_another_machine(tmp_path: Path) -> None:
    look = with_added_fonts(LOOK, TEXT, added(tmp_path))
    clip = Clip(TextSource(TEXT, look), 0, 30, Placement(Box(0, 0, 400, 100)))
    timeline = Timeline(400, 100, Fraction(30), 30, (Track((clip,)),))
    mount = str(tmp_path / "blobs")
    Localiser(open_store(tmp_path / "here", 2**30, url=mount), ()).share(timeline)
    shutil.rmtree(tmp_path / "a")
    there = Localiser(open_store(tmp_path / "there", 2**30, url=mount), ()).pictures(timeline, 0, 30)
    source = there.tracks[0].clips[0].source
    assert isinstance(source, TextSource)
    assert Path(source.look.fonts[0].path).is_relative_to(tmp_path / "there")
    assert missing_characters(TEXT, source.look) == ""
