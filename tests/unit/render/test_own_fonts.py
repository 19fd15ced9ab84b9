"""Fonts that a document brings along: found, checked, used by its texts alone, keyed by content."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from farm.draft.bind import Binder
from farm.draft.draft import Draft, draft, media_parts
from farm.draft.media_references import references
from farm.errors import DocumentError, MediaError
from farm.media.probe import probe
from farm.model.asset import MediaKind
from farm.model.contents import media_in
from farm.model.font_file import FontFile
from farm.model.source import TextSource
from farm.model.timeline import Timeline
from farm.plan.key import canonical
from farm.plugins.registry import Registry, load_registry
from farm.render.font_faces import faces_of
from farm.render.text import missing_characters, raster_text
from farm.store.open import open_store
from farm.worker.localise import Localiser
from tests.unit.render.made_fonts import FONT, named, web_font_of, with_characters

PRIVATE = "\ue123"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def binder(folder: Path | None, **urls: Path) -> Binder:
    return Binder(folder, fetch=lambda url: urls[url.rsplit("/", 1)[-1]], blob=lambda _: None, library={})


def job(fonts: list[str], text: str = "ສະບາຍດີ", families: list[str] | None = None) -> dict[str, Any]:
    look = {"families": families} if families else {}
    clip = {"kind": "text", "text": text, "duration": 1, "look": look}
    timeline = {"fonts": fonts, "tracks": [{"clips": [clip]}]}
    return {"timeline": timeline, "output": {"size": [320, 320], "fps": 10}}


def drafted(
    document: dict[str, Any], binds: Binder, registry: Registry, shelf: tuple[FontFile, ...] = ()
) -> Draft:
    return draft(document, source="job.yaml", binder=binds, registry=registry, fonts=shelf)


def source_in(timeline: Timeline) -> TextSource:
    source = timeline.tracks[0].clips[0].source
    assert isinstance(source, TextSource)
    return source


def test_a_text_is_set_in_a_font_of_its_document(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "b.ttf").write_bytes(named("Brand"))
    made = drafted(job(["b.ttf"], families=["Brand"]), binder(tmp_path), registry)
    look = source_in(made.timeline).look
    assert [one.family for one in look.fonts] == ["Brand"]
    assert look.families == ("Brand",)
    assert not made.warnings
    drawn = raster_text("ສະບາຍດີ", look, 320, 100).rgba
    assert drawn[..., 3].any()


def test_it_supplies_characters_that_no_other_font_has(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "b.ttf").write_bytes(with_characters("Brand", ord(PRIVATE)))
    without = drafted(job([], PRIVATE), binder(tmp_path), registry)
    assert "U+E123" in without.warnings[0]
    made = drafted(job(["b.ttf"], PRIVATE), binder(tmp_path), registry)
    assert made.warnings == ()
    assert missing_characters(PRIVATE, source_in(made.timeline).look) == ""
    # A text that needs none of its characters does not depend on it.
    assert not source_in(drafted(job(["b.ttf"], "Sale"), binder(tmp_path), registry).timeline).look.fonts


def test_keys_depend_on_the_content_alone(tmp_path: Path, registry: Registry) -> None:
    keys = []
    for name, family in (("a.ttf", "Brand"), ("b.ttf", "Brand"), ("c.ttf", "Other")):
        (tmp_path / name).write_bytes(named(family))
        keys.append(canonical(drafted(job([name], families=[family]), binder(tmp_path), registry).timeline))
    assert keys[0] == keys[1]
    assert keys[0] != keys[2]


def test_web_fonts_and_urls(tmp_path: Path, registry: Registry) -> None:
    file = tmp_path / "5f3a"
    file.write_bytes(web_font_of(named("Brand")))
    binds = binder(None, **{"Brand.woff": file})
    made = drafted(job(["https://shop.example/Brand.woff"], families=["Brand"]), binds, registry)
    (font,) = (one for one in media_in(made.timeline) if isinstance(one, FontFile))
    assert font.path == str(file)
    with pytest.raises(DocumentError, match=r"timeline\.fonts\[0\].*jobs over HTTP have no files"):
        drafted(job(["/etc/hostname"]), binder(None), registry)


def test_fonts_are_uploaded_as_media_are(registry: Registry) -> None:
    (part,) = media_parts(job(["fonts/Brand.ttf"]), registry)
    name, value, schema = part.path, part.value, part.schema
    assert dict(references(value, schema, name)) == {"timeline.fonts[0]": "fonts/Brand.ttf"}


def test_another_machine_gets_a_font(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "b.ttf").write_bytes(named("Brand"))
    made = drafted(job(["b.ttf"], families=["Brand"]), binder(tmp_path), registry).timeline
    shared = str(tmp_path / "mount")
    Localiser(open_store(tmp_path / "a", 2**30, url=shared), ()).share(made)
    (tmp_path / "b.ttf").unlink()
    there = Localiser(open_store(tmp_path / "b", 2**30, url=shared), ()).pictures(made, 0, 5)
    (font,) = (one for one in media_in(there) if isinstance(one, FontFile))
    assert Path(font.path).is_relative_to(tmp_path / "b")
    assert Path(font.path).read_bytes() == named("Brand")


def test_a_family_of_the_document_replaces_an_added_one(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "own.ttf").write_bytes(named("Brand"))
    (tmp_path / "added.ttf").write_bytes(with_characters("Brand", ord("A")))
    (added,) = faces_of(tmp_path / "added.ttf")
    made = drafted(job(["own.ttf"], families=["Brand"]), binder(tmp_path), registry, (added,))
    assert [one.path for one in source_in(made.timeline).look.fonts] == [str(tmp_path / "own.ttf")]
    other = replace(added, family="Other")
    made = drafted(job(["own.ttf"], "A", families=["Other"]), binder(tmp_path), registry, (other,))
    assert [one.family for one in source_in(made.timeline).look.fonts] == ["Other"]


def test_all_wrong_files_are_reported_together(tmp_path: Path, registry: Registry) -> None:
    files = {
        "brand.ttf": named("Brand"),
        "again.woff": web_font_of(named("Brand")),
        "case.ttf": named("BRAND"),
        "lao.ttf": FONT,
        "table.cube": b"LUT_1D_SIZE 2\n0 0 0\n1 1 1\n",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(DocumentError) as raised:
        drafted(job([*files], families=["Brnad"]), binder(tmp_path), registry)
    told = {one.path: one.message for one in raised.value.problems}
    assert "`timeline.fonts[0]` has" not in told["timeline.fonts[1]"]
    assert "timeline.fonts[0] has a face of `Brand` of the same weight" in told["timeline.fonts[1]"]
    assert "differs from `Brand` of timeline.fonts[0] only in case" in told["timeline.fonts[2]"]
    assert "`Noto Sans Lao` ships with farm" in told["timeline.fonts[3]"]
    assert "is a colour table, not a font file" in told["timeline.fonts[4]"]
    assert told["timeline.tracks[0].clips[0].look.families"].endswith("did you mean `Brand`?")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.ttf", b"hello", "a.ttf is no TrueType or OpenType font"),
        ("a.bin", FONT[:-8], "a.bin is cut off"),
        ("a.woff2", b"wOF2" + FONT, "a.woff2 is a web font of the kind WOFF2"),
    ],
)
def test_files_nothing_can_be_set_in_are_refused(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(MediaError, match=says):
        probe(tmp_path / name)


def test_a_font_is_no_picture(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "b.ttf").write_bytes(named("Brand"))
    assert probe(tmp_path / "b.ttf").kind is MediaKind.FONT
    document = job([])
    document["timeline"]["tracks"][0]["clips"] = [{"kind": "image", "src": "b.ttf", "duration": 1}]
    with pytest.raises(DocumentError, match="is a font file, not a picture"):
        drafted(document, binder(tmp_path), registry)
