"""SVG drawings: their sizes, colours and fonts, and what is refused, before it can end or stall a process."""

from __future__ import annotations

import base64
import io
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from farm.draft.legibility import drawing_warnings
from farm.errors import MediaError
from farm.media.probe import probe
from farm.media.svg import draw_svg
from farm.model.asset import Asset, MediaKind

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
FULL = '<rect width="100%" height="100%" fill="#00a040"/>'


def drawing(body: str = FULL, root: str = 'viewBox="0 0 40 20"') -> str:
    return f"{OPEN} {root}>{body}</svg>"


def probed(folder: Path, text: str | bytes, name: str = "logo.svg") -> Asset:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return probe(path)


def pixels(asset: Asset, width: int, height: int) -> NDArray[np.uint8]:
    return np.asarray(draw_svg(asset, width, height))


@pytest.mark.parametrize(
    ("root", "ratio"),
    [
        ('viewBox="0 0 40 20"', 2),
        ('viewBox="-5,-5,10,40"', 1 / 4),
        ('width="30" height="60"', 1 / 2),
        ('width="30px" height="90px" viewBox="0 0 9 9"', 1 / 3),
        ('width="10mm" height="2cm"', 1 / 2),
        ('width="1in" height="72pt"', 1),
        ('width="100%" height="50%" viewBox="0 0 10 30"', 1 / 3),
        ('width="80" viewBox="0 0 10 40"', 1 / 4),
        ('height="80" viewBox="0 0 10 40"', 1 / 4),
        ("", 2),
        ('width="600"', 4),
        ('width="4em" height="2em"', 2),
        ('width="1e2" height="5e1"', 2),
    ],
)
def test_a_drawing_has_the_proportions_that_it_states(tmp_path: Path, root: str, ratio: float) -> None:
    asset = probed(tmp_path, drawing(root=root))
    assert asset.kind is MediaKind.IMAGE
    assert asset.has_alpha
    assert asset.width_px / asset.height_px == pytest.approx(ratio, rel=0.01)
    assert max(asset.width_px, asset.height_px) == 2048


def test_a_circle_stays_round_where_only_a_width_is_stated(tmp_path: Path) -> None:
    circle = '<circle cx="5" cy="20" r="5"/>'
    asset = probed(tmp_path, drawing(circle, 'width="100%" height="30%" viewBox="0 0 10 40"'))
    alpha = pixels(asset, 100, 400)[..., 3] > 128
    rows, columns = np.nonzero(alpha)
    assert abs(np.ptp(rows) - np.ptp(columns)) <= 1


def test_style_sheets_and_gradients_are_drawn(tmp_path: Path) -> None:
    sheet = "<style>.a { fill: #ff0000 } #b { fill: url(#g) }</style>"
    gradient = '<linearGradient id="g"><stop stop-color="#000"/><stop offset="1" stop-color="#fff"/></linearGradient>'
    boxes = '<rect class="a" width="20" height="20"/><rect id="b" x="20" width="20" height="20"/>'
    found = pixels(probed(tmp_path, drawing(sheet + gradient + boxes)), 80, 40)
    assert tuple(found[20, 10]) == (255, 0, 0, 255)
    row = found[20, 42:78, 0].astype(int)
    assert (np.diff(row) >= 0).all()
    assert row[0] < 20
    assert row[-1] > 235


def test_a_clear_part_is_clear_and_a_half_clear_one_straight(tmp_path: Path) -> None:
    half = '<rect width="20" height="20" fill="#ff8000" opacity="0.5"/>'
    found = pixels(probed(tmp_path, drawing(half)), 80, 40)
    assert np.abs(found[20, 20].astype(int) - (255, 128, 0, 128)).max() <= 2
    assert found[20, 60, 3] == 0


def test_a_drawing_is_sharp_at_any_size(tmp_path: Path) -> None:
    asset = probed(tmp_path, drawing('<rect x="10" width="10" height="20"/>'))
    for width in (40, 400, 4000):
        row = pixels(asset, width, width // 2)[width // 4, :, 3]
        assert set(np.unique(row)) == {0, 255}


@pytest.mark.parametrize("family", ["Outfit", "'Noto Sans', Arial", "Arial, sans-serif", "serif", ""])
def test_text_in_a_known_font_is_drawn(tmp_path: Path, family: str) -> None:
    named = f' font-family="{family}"' if family else ""
    text = f'<text x="2" y="16" font-size="14"{named}>Ag限</text>'
    assert (pixels(probed(tmp_path, drawing(text)), 160, 80)[..., 3] > 128).mean() > 0.05


def test_the_weight_of_text_matters(tmp_path: Path) -> None:
    inks = []
    for weight in (200, 800):
        text = f'<text x="2" y="16" font-size="14" font-family="Outfit" font-weight="{weight}">Sale</text>'
        inks.append((pixels(probed(tmp_path, drawing(text)), 160, 80)[..., 3] > 128).mean())
    assert inks[1] > 1.3 * inks[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "utf-16"])
def test_any_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>' + drawing(
        FULL + "<title>Größe</title>"
    )
    asset = probed(tmp_path, text.encode(encoding))
    assert pixels(asset, 8, 4)[0, 0, 3] == 255


def test_a_prefix_and_a_document_type_are_read(tmp_path: Path) -> None:
    kind = (
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    )
    root = (
        '<s:svg xmlns:s="http://www.w3.org/2000/svg" viewBox="0 0 4 2"><s:rect width="4" height="2"/></s:svg>'
    )
    assert pixels(probed(tmp_path, kind + root), 8, 4)[..., 3].min() == 255


def png(width: int = 4, height: int = 4) -> str:
    data = io.BytesIO()
    Image.new("1", (width, height), 1).save(data, "PNG")
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()


def test_an_embedded_picture_is_drawn(tmp_path: Path) -> None:
    image = f'<image width="40" height="20" preserveAspectRatio="none" xlink:href="{png()}"/>'
    assert tuple(pixels(probed(tmp_path, drawing(image)), 40, 20)[10, 20]) == (255, 255, 255, 255)


def bomb(levels: int, name: str = "use") -> str:
    parts = '<g id="l0"><rect width="9" height="9"/></g>'
    for level in range(1, levels + 1):
        if name == "use":
            inner = f'<use xlink:href="#l{level - 1}"/>' * 10
        else:
            inner = f'<g mask="url(#l{level - 1})"><rect width="9" height="9"/></g>' * 10
        tag = "g" if name == "use" else "mask"
        parts += f'<{tag} id="l{level}">{inner}</{tag}>'
    last = (
        f'<use href="#l{levels}"/>'
        if name == "use"
        else f'<rect mask="url(#l{levels})" width="9" height="9"/>'
    )
    return drawing(f"<defs>{parts}</defs>{last}")


DEEP = drawing("<g>" * 600 + FULL + "</g>" * 600)
CHAIN = "".join(f'<g id="c{n}"><use href="#c{n + 1}"/></g>' for n in range(400))
REFUSED = {
    "entities": ('<!DOCTYPE svg [<!ENTITY a "b">]>' + drawing(), "defines XML entities"),
    "deep": (DEEP, "nested more than 100 deep"),
    "deeper than Python": (drawing("<g>" * 50_000 + "</g>" * 50_000), "nested more than 100 deep"),
    "chain": (drawing(CHAIN + '<use href="#c0"/>'), "nested more than 100 deep"),
    "bomb": (bomb(9), "draws more than 50,000 parts"),
    "mask bomb": (bomb(9, "mask"), "draws more than 50,000 parts"),
    "many parts": (drawing('<path d="M0 0h9v9"/>' * 60_000), "draws more than 50,000 parts"),
    "filters": (drawing('<filter id="f"/>' + '<g filter="url(#f)"/>' * 200), "draws more than 50,000 parts"),
    "itself": (drawing('<g id="a"><use href="#a"/></g>'), "has a part that uses itself"),
    "itself by style": (
        drawing('<style>.a{mask:url(#m)}</style><mask id="m"><g class="a"/></mask>'),
        "has a part that uses itself",
    ),
    "image": (drawing('<image href="photo.png"/>'), "refers to another file in `<image>`"),
    "file": (drawing('<image href="file:///etc/passwd"/>'), "refers to another file in `<image>`"),
    "use": (drawing('<use xlink:href="other.svg#a"/>'), "refers to another file in `<use>`"),
    "paint": (
        drawing('<rect width="9" height="9" fill="url(other.svg#a)"/>'),
        "refers to another file in `<rect>`",
    ),
    "gradient": (
        drawing('<linearGradient href="https://a.b/c.svg#d"/>'),
        "another file in `<linearGradient>`",
    ),
    "sheet": (drawing('<style>@import "https://a.b/c.css";</style>'), "refers to another file in `<style>`"),
    "font": (drawing("<style>@font-face{src:url('a.woff')}</style>"), "refers to another file in `<style>`"),
    "drawing in a drawing": (
        drawing(f'<image href="data:image/svg+xml;base64,{base64.b64encode(DEEP.encode()).decode()}"/>'),
        "embeds what is no PNG, JPEG, GIF or WebP picture",
    ),
    "large picture": (drawing(f'<image href="{png(30_000, 2_000)}"/>'), "embeds a picture of 30000x2000"),
    "script": (drawing("<script>alert(1)</script>"), "contains `<script>`"),
    "animation": (drawing('<rect><animate attributeName="x" to="1"/></rect>'), "contains `<animate>`"),
    "html": (drawing("<foreignObject/>"), "contains `<foreignObject>`"),
    "font by name": (drawing('<text font-family="Arial">A</text>'), "text in the font Arial"),
    "font by style": (drawing('<text style="font-family: Arial">A</text>'), "text in the font Arial"),
    "font at once": (drawing('<text style="font: bold 30px/1.2 Arial">A</text>'), "text in the font Arial"),
    "font in a sheet": (
        drawing("<style>text{font: 30px 'My Font'}</style><text>A</text>"),
        "text in the font My Font",
    ),
    "nothing": (drawing(""), "shows nothing"),
    "outside": (drawing('<rect x="500" width="9" height="9"/>'), "shows nothing"),
    "zero": (drawing(root='width="0" height="5"'), "is 0x5, which cannot be drawn"),
    "negative": (drawing(root='viewBox="0 0 -4 4"'), "is -4x4, which cannot be drawn"),
    "thin": (drawing(root='viewBox="0 0 1 101"'), "is 1x101, which cannot be drawn"),
    "broken": (drawing("<rect>"), "is not a well-formed SVG"),
    "encoding": ('<?xml version="1.0" encoding="klingon"?>' + drawing(), "is not a well-formed SVG"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_drawn_is_refused_at_once(tmp_path: Path, text: str, message: str) -> None:
    started = time.perf_counter()
    with pytest.raises(MediaError) as caught:
        probed(tmp_path, text)
    assert message in str(caught.value)
    assert str(caught.value).startswith("logo.svg ")
    assert time.perf_counter() - started < 5


def test_a_drawing_at_the_limits_is_drawn(tmp_path: Path) -> None:
    assert (
        pixels(probed(tmp_path, drawing("<g opacity='0.99'>" * 90 + FULL + "</g>" * 90)), 8, 4)[..., 3].min()
        > 50
    )
    assert pixels(probed(tmp_path, bomb(3)), 8, 4)[0, 0, 3] == 255
    link = '<a href="https://example.com">' + FULL + "</a>"
    assert pixels(probed(tmp_path, drawing(link)), 8, 4)[0, 0, 3] == 255


def lettered(tmp_path: Path, body: str) -> Asset:
    path = tmp_path / f"{len(list(tmp_path.iterdir()))}.svg"
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="60">{body}</svg>', encoding="utf-8"
    )
    return probe(path)


def drawn_text(tmp_path: Path, text: str, family: str) -> bytes:
    asset = lettered(tmp_path, f'<text x="5" y="40" font-size="30" font-family="{family}">{text}</text>')
    return draw_svg(asset, 300, 60).tobytes()


def test_what_a_texts_font_lacks_is_taken_from_fonts_of_its_kind(tmp_path: Path) -> None:
    assert drawn_text(tmp_path, "Привет", "Outfit") == drawn_text(tmp_path, "Привет", "Noto Sans")
    assert drawn_text(tmp_path, "Привет", "Farm Serif") == drawn_text(tmp_path, "Привет", "Noto Serif")
    assert drawn_text(tmp_path, "汉字", "Outfit") != drawn_text(tmp_path, "汉字", "Farm Serif")


def test_characters_of_drawings_that_no_font_has_are_told(tmp_path: Path) -> None:
    missing = lettered(tmp_path, '<text x="5" y="40">Neu <tspan>\U00012000</tspan></text>')
    whole = lettered(tmp_path, '<text x="5" y="40">汉字 สวัส 👍</text>')
    (warning,) = drawing_warnings([missing, whole, missing])
    assert warning.startswith(f"{missing.label}: its text has characters that are in no font: ")
    assert "(U+12000)" in warning
