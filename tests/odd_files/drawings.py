"""Drawings: SVG, and animations by Lottie."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any, Final

from tests.odd_files.case import Case, Refused, Right
from tests.odd_files.marks import RED, shows_disc
from tests.odd_files.pictures import written

_OPEN: Final = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 96"'
_COLOR: Final = "#" + bytes(RED).hex()
_DISC: Final = f'<ellipse cx="32" cy="48" rx="24" ry="36" fill="{_COLOR}"/>'
_FONTS: Final = "Farm Serif, Noto Sans, Noto Serif, Outfit, sans-serif, serif"


def _svg(name: str, body: str, more: str = "") -> Any:
    return written(name, f"{_OPEN}{more}>{body}</svg>".encode())


def _bomb() -> str:
    parts = '<g id="a"><path d="M0 0h9v9"/></g>'
    for inner, outer in pairwise("abcdefghij"):
        uses = f'<use href="#{inner}"/>' * 10
        parts += f'<g id="{outer}">{uses}</g>'
    return parts


def _lottie(**more: Any) -> Any:
    still = {"a": 0, "k": 0}
    shape = [
        {"ty": "el", "p": {"a": 0, "k": [32, 48]}, "s": {"a": 0, "k": [48, 72]}},
        {"ty": "fl", "c": {"a": 0, "k": [*(value / 255 for value in RED), 1]}, "o": {"a": 0, "k": 100}},
        {"ty": "tr", "p": {"a": 0, "k": [0, 0]}, "a": {"a": 0, "k": [0, 0]}, "s": {"a": 0, "k": [100, 100]},
         "r": still, "o": {"a": 0, "k": 100}},
    ]  # fmt: skip
    place = {"p": {"a": 0, "k": [0, 0, 0]}, "a": {"a": 0, "k": [0, 0, 0]}, "s": {"a": 0, "k": [100, 100, 100]},
             "r": still, "o": {"a": 0, "k": 100}}  # fmt: skip
    layer = {"ty": 4, "ip": 0, "op": 30, "st": 0, "ks": place, "shapes": [{"ty": "gr", "it": shape}]}
    document = {"v": "5.7.0", "fr": 30, "ip": 0, "op": 30, "w": 64, "h": 96, "layers": [layer]} | more
    return written("moving.json", json.dumps(document).encode())


CASES: tuple[Case, ...] = (
    Case("SVG, with a view box only", _svg("logo.svg", _DISC), Right("drawn, clear there", shows_disc())),
    Case(
        "SVG, in millimetres, with a style sheet",
        _svg(
            "print.svg",
            f"<style>.a{{fill:{_COLOR}}}</style>" + _DISC.replace("fill=", 'class="a" data-x='),
            ' width="64mm" height="96mm"',
        ),
        Right("drawn, clear there", shows_disc()),
    ),
    Case(
        "SVG, text in a font that farm does not have",
        _svg("text.svg", '<text font-family="Helvetica Neue">Sale</text>'),
        Refused(
            "text.svg has text in the font Helvetica Neue, which farm does not have; convert the text to paths, or "
            f"name one of {_FONTS}"
        ),
    ),
    Case(
        "SVG, with a picture in another file",
        _svg("linked.svg", '<image href="photo.png" width="64" height="96"/>'),
        Refused("linked.svg refers to another file in `<image>`; embed it in the drawing"),
    ),
    Case(
        "SVG, parts used again a billion times",
        _svg("bomb.svg", _bomb()),
        Refused("bomb.svg draws more than 50,000 parts, counting those that it uses again; simplify it"),
    ),
    Case(
        "SVG, groups in groups, 300 deep",
        _svg("deep.svg", "<g>" * 300 + _DISC + "</g>" * 300),
        Refused("deep.svg is nested more than 100 deep; ungroup its parts"),
    ),
    Case(
        "SVG, empty",
        written("empty.svg", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
        Refused("empty.svg shows nothing: what it draws is missing, clear, or outside of its area"),
    ),
    Case("Lottie animation", _lottie(), Right("plays, clear there", shows_disc()), "image"),
    Case(
        "Lottie animation, with a picture in another file",
        _lottie(assets=[{"id": "a", "w": 9, "h": 9, "u": "images/", "p": "a.png", "e": 0}]),
        Refused("moving.json refers to the picture `a.png` in another file; embed its pictures"),
    ),
)
