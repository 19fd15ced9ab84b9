"""Lottie animations: drawn at their frame rate with transparency, or refused with what to do."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import farm.media.lottie as lottie
from farm.errors import MediaError
from farm.media.footage import Footage
from farm.media.probe import probe
from farm.model.asset import MediaKind

FRAMES = 30


def still(value: Any) -> dict[str, Any]:
    return {"a": 0, "k": value}


def moving(start: list[float], stop: list[float]) -> dict[str, Any]:
    ease = {"i": {"x": [1], "y": [1]}, "o": {"x": [0], "y": [0]}}
    return {"a": 1, "k": [{"t": 0, "s": start, **ease}, {"t": FRAMES, "s": stop}]}


def animation(**more: Any) -> dict[str, Any]:
    """Return a red square of 20 on 100 x 60, which moves from left to right and is half clear."""
    square = [
        {"ty": "rc", "p": still([0, 0]), "s": still([20, 20]), "r": still(0)},
        {"ty": "fl", "c": still([1, 0, 0, 1]), "o": still(50)},
        {
            "ty": "tr",
            "p": still([0, 0]),
            "a": still([0, 0]),
            "s": still([100, 100]),
            "r": still(0),
            "o": still(100),
        },
    ]
    layer = {
        "ty": 4, "ind": 1, "ip": 0, "op": FRAMES, "st": 0, "shapes": [{"ty": "gr", "it": square}],
        "ks": {"p": moving([15, 30, 0], [85, 30, 0]), "a": still([0, 0, 0]), "s": still([100, 100, 100]), "r": still(0),
               "o": still(100)},
    }  # fmt: skip
    return {
        "v": "5.7.0",
        "fr": 15,
        "ip": 0,
        "op": FRAMES,
        "w": 100,
        "h": 60,
        "layers": [layer],
        "assets": [],
    } | more


def written(folder: Path, document: Any, name: str = "moving.json") -> Path:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_an_animation_is_a_clip_with_alpha(tmp_path: Path) -> None:
    asset = probe(written(tmp_path, animation()))
    assert asset.kind is MediaKind.VIDEO
    assert (asset.rate, asset.duration_s) == (15, 2)
    assert asset.has_alpha
    assert asset.animated
    assert asset.plays == 0
    assert asset.width_px == 1024
    assert asset.height_px == round(60 * 10.24)
    assert asset.drawn_by.startswith("rlottie-python ")


@pytest.mark.parametrize("number", [0, 10, 29])
def test_its_frames_are_drawn_where_they_belong(tmp_path: Path, number: int) -> None:
    footage = Footage(probe(written(tmp_path, animation())))
    at_s, frame = footage.at(Fraction(number, 15), 100, 60)
    assert at_s == Fraction(number, 15)
    assert frame.a is not None
    rows, columns = np.nonzero(frame.a > 64)
    left = 5 + 70 * number / FRAMES
    assert abs(columns.min() - left) <= 2
    assert abs(columns.max() + 1 - left - 20) <= 2
    assert abs(rows.min() - 20) <= 1
    middle = frame.a[30, round(left) + 10], frame.y[30, round(left) + 10]
    # Red of half opacity, premultiplied: 63 of red's luma, halved.
    assert abs(int(middle[0]) - 128) <= 2
    assert abs(int(middle[1]) - 63 / 2) <= 2
    assert frame.a[30, 98 if number == 0 else 2] == 0
    footage.close()


def test_it_repeats_and_is_read_in_any_order(tmp_path: Path) -> None:
    footage = Footage(probe(written(tmp_path, animation())))
    times = [Fraction(n, 15) for n in (0, 29, 5, 28, 4, 3, 2, 1, 35, 60)]
    frames = {time: footage.at(time, 50, 30)[1].y.copy() for time in times}
    assert np.array_equal(frames[Fraction(35, 15)], frames[Fraction(5, 15)])
    assert np.array_equal(frames[Fraction(60, 15)], frames[Fraction(0)])
    fresh = Footage(probe(written(tmp_path, animation())))
    assert np.array_equal(fresh.at(Fraction(28, 15), 50, 30)[1].y, frames[Fraction(28, 15)])
    footage.close()
    fresh.close()


def test_without_rlottie_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lottie, "find_spec", lambda _: None)
    with pytest.raises(MediaError) as caught:
        probe(written(tmp_path, animation()))
    assert str(caught.value) == (
        "moving.json is a Lottie animation; install what draws it: pip install 'farm-video[lottie]'"
    )


PICTURE = {"id": "image_0", "w": 10, "h": 10, "u": "images/", "p": "img_0.png", "e": 0}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"assets": [PICTURE]}, "refers to the picture `img_0.png` in another file; embed its pictures"),
        ({"w": 5000}, "is a Lottie animation of 5000x60 and 30 frames; at most 4096 pixels"),
        ({"w": 0}, "is a Lottie animation of 0x60"),
        ({"h": -5}, "is a Lottie animation of 100x-5"),
        ({"op": 1e9}, "and 1000000000 frames"),
        ({"op": 0}, "and 0 frames"),
        ({"fr": 0}, "frames a second"),
        ({"fr": -15}, "frames a second"),
        ({"fr": 1e9}, "frames a second"),
        ({"w": 1e400}, "is not a picture, clip or sound"),
        ({"op": float("nan")}, "is not a picture, clip or sound"),
    ],
)
def test_what_cannot_be_drawn_is_refused(tmp_path: Path, more: dict[str, Any], message: str) -> None:
    with pytest.raises(MediaError) as caught:
        probe(written(tmp_path, animation(**more)))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "document",
    [
        animation(layers=[]),
        animation(layers=[{}]),
        animation(layers=[{"ty": 4, "shapes": 5}]),
        animation(layers=[None, 1, "x"]),
        animation(assets=None),
        animation(assets={"a": 1}),
        animation(
            assets=[{"id": "a", "layers": [{"ty": 0, "refId": "a"}]}], layers=[{"ty": 0, "refId": "a"}]
        ),
        animation(w=100.5, h=60.25, fr=29.97),
        {"layers": [], "w": 1, "h": 1, "fr": 1, "ip": 0, "op": 1},
        "{" * 100_000,
        '{"layers": [' + "[" * 5_000 + "]" * 5_000 + '], "w": 10, "h": 10, "fr": 10, "ip": 0, "op": 9}',
        "{}",
        '{"a": 1}',
    ],
    ids=range(13),
)
def test_an_odd_animation_is_drawn_or_refused(tmp_path: Path, document: Any) -> None:
    path = written(tmp_path, document)
    try:
        asset = probe(path)
    except MediaError as refusal:
        message = str(refusal)
    else:
        message = ""
        footage = Footage(asset)
        footage.at(Fraction(0), 20, 12)
        footage.close()
    assert "Traceback" not in message
