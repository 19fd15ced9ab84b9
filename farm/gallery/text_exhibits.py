"""Exhibits of text: runs, outlines, fills, arcs and columns, and every animator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from farm.gallery.exhibit import Exhibit, Section
from farm.gallery.scenes import SECONDS, Material, job, photo, track
from farm.gallery.wording import parameters_of, summary_of
from farm.plugins.registry import Registry
from farm.render.animator import TextHighlight, TextLoop

_BOX = ["6%", "28%", "88%", "44%"]


def text_exhibits(registry: Registry, material: Material) -> Iterator[Exhibit]:
    """Yield the exhibits of text."""
    yield from _texts(material)
    yield from _animators(registry, material)


def _text(text: Any, **fields: Any) -> dict[str, Any]:
    return {"kind": "text", "text": text, "style": "basics.outline", "box": _BOX, "duration": SECONDS,
            "enter": "none", **fields}  # fmt: skip


def _texts(material: Material) -> Iterator[Exhibit]:
    runs = ["Now ", {"text": "-30%", "size": 1.8, "color": "#ffd84d", "weight": 900}, " on ",
            {"text": "everything", "italic": True, "underline": True}, " 全场"]  # fmt: skip
    price = [{"text": "$", "size": 0.5, "shift_em": 0.36}, "44", {"text": ".95", "size": 0.42, "shift_em": 0.42},
             {"text": "  $59", "size": 0.4, "strike": True, "color": "#ffffffb0"}]  # fmt: skip
    gradient = {"colors": ["#fff3c4", "#f0c75a", "#b8832b", "#f4d77c"]}
    outlines = [{"color": "#e8262d", "width_em": 0.12}, {"color": "#ffffff", "width_em": 0.26},
                {"color": "#141414", "width_em": 0.38}]  # fmt: skip
    long_shadow = [
        {"color": "#e8262d", "dx_em": 0.02 * n, "dy_em": 0.02 * n, "blur_em": 0} for n in range(1, 8)
    ]
    shown: dict[str, tuple[str, dict[str, Any], str]] = {
        "runs": ("Runs of different weight, colour, size and slant.", _text(runs),
                 "text: [Now, {text: -30%, size: 1.8}]"),
        "price": ("Raised and struck runs.", _text(price, look={"size": "24%"}),
                  "text: ['44', {text: '.95', size: 0.42, shift_em: 0.42}]"),
        "gradient": ("A gradient over the whole block.", _text("Golden hour 金色", look={"color": gradient}),
                     "look: {color: {colors: ['#fff3c4', '#b8832b']}}"),
        "picture": ("Letters filled with a picture.",
                    _text("SUMMER 夏", look={"size": "26%", "weight": 900, "stroke": None}, picture=material.photo(1)),
                    "picture: mug.jpg"),
        "outlines": ("Several outlines.", _text("Wow! 惊喜", look={"stroke": outlines, "size": "16%"}),
                     "look: {stroke: [{width_em: 0.1}, {color: white, width_em: 0.3}]}"),
        "shadows": ("Several shadows.",
                    _text("DEPTH 立体", look={"shadow": long_shadow, "stroke": None, "size": "16%"}),
                    "look: {shadow: [{dx_em: 0.02}, {dx_em: 0.04}]}"),
        "plate lines": ("A plate that follows each line.",
                        _text("Short lines and a much longer line", style="basics.marker",
                              look={"plate": {"lines": True}}), "look: {plate: {lines: true}}"),
        "stretched": ("Capitals as high as their box.",
                      _text("GRIP", look={"size": "60%", "stretch": "box", "stroke": None}), "look: {stretch: box}"),
        "arc": ("On the arc of a circle.", _text("FRESH EVERY DAY", look={"arc": 150}), "look: {arc: 150}"),
        "arc below": ("On an arc that bulges downwards.", _text("新鲜每一天 FRESH", look={"arc": -120}),
                      "look: {arc: -120}"),
        "vertical": ("In columns from right to left.",
                     _text("送她一只好包，限时3天", style="basics.serif", look={"vertical": True, "size": "11%"}),
                     "look: {vertical: true}"),
    }  # fmt: skip
    below = track(photo(material.photo(4)))
    for name, (summary, clip, snippet) in shown.items():
        yield Exhibit(Section.TEXTS, name, summary, job(below, track(clip)), snippet, bare=job(below))


def _animators(registry: Registry, material: Material) -> Iterator[Exhibit]:
    below = track(photo(material.photo(2), effects=[{"name": "basics.blur", "radius": 1}]))
    words = ["New", "colours", "今天", "上新"]
    times = [
        {"text": word, "start": 0.2 + 0.4 * index, "end": 0.55 + 0.4 * index}
        for index, word in enumerate(words)
    ]
    bare = job(below, track(_text("New colours 今天上新")))
    for name, offered in sorted(registry.animators.items()):
        kind = offered.value
        if issubclass(kind, TextHighlight):
            section, snippet = Section.HIGHLIGHTS, f"highlight: {name}"
            clip = _text("New colours 今天上新", highlight=name, words=times)
            moments = (0.15, 0.35, 0.55, 0.75)
        elif issubclass(kind, TextLoop):
            section, snippet = Section.TEXT_LOOPS, f"animate: [{{use: {name}, stagger: 0.08}}]"
            clip = _text("New colours 今天上新", animate=[{"use": name, "stagger": 0.08}])
            moments = (0.1, 0.25, 0.4, 0.6)
        else:
            section, snippet = Section.TEXT_MOTIONS, f"animate: [{name}]"
            move = {"use": name, "stagger": 0.05, "duration": 0.5}
            clip = _text("New colours 今天上新", animate=[move, {**move, "when": "exit"}])
            moments = (0.1, 0.18, 0.26, 0.36)
        yield Exhibit(
            section,
            name,
            summary_of(kind),
            job(below, track(clip)),
            snippet,
            parameters_of(kind),
            bare=bare,
            moments=moments,
        )
