"""Fonts that are damaged, nameless or never used are refused; names are read in any script."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from farm.cli.main import run
from farm.errors import DocumentError
from farm.model.font_file import FontFault
from farm.render.families import FAMILIES
from farm.render.font_faces import faces_of
from farm.render.font_file import read_faces
from farm.store.fonts import FontShelf
from farm.store.place import FolderPlace
from tests.unit.render.made_fonts import FONT, font_of, named, names_of, tables, web_font_of


@pytest.mark.parametrize(
    ("family", "platform"), [("思源黑体", 3), ("Brand Ünï", 3), ("Brand Ünï", 1), ("Žluť", 0), ("𝔉raktur", 3)]
)
def test_names_are_read_in_any_script(family: str, platform: int) -> None:
    (face,) = read_faces(named(family, platform))
    assert face.family == family


def test_the_typographic_family_and_english_come_first() -> None:
    chinese, english, styled = (
        "品牌".encode("utf-16-be"),
        *(s.encode("utf-16-be") for s in ("Brand", "Brand Li")),
    )
    name = names_of((3, 1, 0x804, 16, chinese), (3, 1, 0x409, 1, styled), (3, 1, 0x409, 16, english))
    assert read_faces(font_of(tables() | {b"name": name}))[0].family == "Brand"


def changed(at: int) -> bytes:
    return FONT[:at] + bytes([FONT[at] ^ 255]) + FONT[at + 1 :]


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: b"", "is no TrueType or OpenType font"),
        (lambda: b"GIF89a", "is no TrueType or OpenType font"),
        (lambda: FONT[:11], "is cut off"),
        (lambda: FONT[:100], "is cut off"),
        (lambda: FONT[: len(FONT) // 2], "is cut off: its table `"),
        (lambda: FONT[:-8], "is cut off: its table `"),
        (lambda: changed(len(FONT) // 2), "is damaged: its table `"),
        (lambda: b"ttcf" + FONT[4:], "is no TrueType or OpenType font|is cut off"),
        (lambda: font_of({k: v for k, v in tables().items() if k != b"cmap"}), "has no table `cmap`"),
        (lambda: font_of({k: v for k, v in tables().items() if k != b"name"}), "has no table `name`"),
        (lambda: font_of(tables() | {b"name": b"\0" * 6}), "does not say what its family is called"),
        (lambda: named(" "), "does not say what its family is called"),
        (lambda: named("Ev\x1b[31mil"), "characters that cannot be printed"),
    ],
)
def test_others_are_refused(made: Callable[[], bytes], message: str) -> None:
    with pytest.raises(FontFault, match=message):
        read_faces(made())


def test_web_fonts_are_read() -> None:
    web = web_font_of(named("Brand"))
    assert web[:4] == b"wOFF"
    (face,) = read_faces(web)
    assert face.family == "Brand"


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: web_font_of(FONT)[:60], "is cut off"),
        (lambda: web_font_of(FONT)[:-40], "is cut off: its table `"),
        (lambda: web_font_of(FONT, unpacked=2**31), "unpacks to more than 128 MB"),
        (lambda: web_font_of(changed(len(FONT) // 2)), "is damaged: its table `"),
        (lambda: b"wOF2" + FONT, "is no TrueType or OpenType font"),
    ],
)
def test_wrong_web_fonts_are_refused(made: Callable[[], bytes], message: str) -> None:
    with pytest.raises(FontFault, match=message):
        read_faces(made())


def added(tmp_path: Path, **files: bytes) -> list[str]:
    """Return the families of files that are added."""
    paths = []
    for name, data in files.items():
        paths.append(tmp_path / f"{name}.ttf")
        paths[-1].write_bytes(data)
    shelf = FontShelf(FolderPlace(tmp_path / "mount"), tmp_path / "here")
    return [one.family for one in shelf.add(paths, inspect=faces_of, shipped=FAMILIES)]


def test_all_wrong_files_are_reported_together_and_none_is_kept(tmp_path: Path) -> None:
    empty = font_of(tables() | {b"cmap": struct.pack(">HH", 0, 0)})
    with pytest.raises(DocumentError) as raised:
        added(tmp_path, good=named("Good"), cut=FONT[:-8], own=FONT, web=b"wOF2....", blank=empty)
    assert [Path(one.path).stem for one in raised.value.problems] == ["cut", "own", "web", "blank"]
    assert "`Noto Sans Lao` ships with farm" in raised.value.problems[1].message
    assert not (tmp_path / "mount" / "fonts.json").exists()


def test_a_second_face_of_a_weight_is_refused(tmp_path: Path) -> None:
    first, second = named("Twice"), font_of(tables() | {b"name": names_of((1, 0, 0, 1, b"Twice"))})
    assert added(tmp_path, first=first, copy=first) == ["Twice"]
    assert added(tmp_path, again=first) == ["Twice"]
    with pytest.raises(DocumentError, match=r"`Twice` has a face of weight 400 already, again.ttf"):
        added(tmp_path, second=second)
    with pytest.raises(
        DocumentError, match=r"its family `tWICE` differs from `Twice` of again.ttf only in case"
    ):
        added(tmp_path, other=named("tWICE"))


def test_italics_are_a_family_of_their_own(tmp_path: Path) -> None:
    slanted = bytearray(tables()[b"OS/2"])
    slanted[63] = slanted[63] & ~0x40 | 1
    head = bytearray(tables()[b"head"])
    head[45] |= 2
    name = names_of((3, 1, 0x409, 1, "Brand".encode("utf-16-be")))
    italic = font_of(tables() | {b"OS/2": bytes(slanted), b"head": bytes(head), b"name": name})
    assert added(tmp_path, italic=italic, upright=named("Brand")) == ["Brand Italic", "Brand"]


def test_wrong_files_are_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FARM_HOME", str(tmp_path))
    (tmp_path / "cut.ttf").write_bytes(FONT[:-8])
    assert run(["fonts", "add", str(tmp_path / "cut.ttf")]) == 2
    assert "is cut off: its table" in capsys.readouterr().err
    assert run(["fonts", "add", str(tmp_path / "none.ttf")]) == 2
    assert run(["fonts", "rm", "Nope"]) == 2
