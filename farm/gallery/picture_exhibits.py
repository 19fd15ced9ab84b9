"""Exhibits of clip kinds, shapes, masks and camera moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import yaml

from farm.gallery.exhibit import Exhibit, Plain, Section
from farm.gallery.scenes import SECONDS, Material, card, job, photo, track
from farm.model.look import ShapeForm
from farm.model.motion_document import KenBurnsName

_MIDDLE = ["16%", "30%", "68%", "40%"]
_RIDGES = (
    ("#c9866b", "38%", 0.4, "M 0 60 L 60 10 L 110 50 L 180 0 L 260 55 L 320 20 L 400 60 V 420 H 0 Z"),
    ("#8a5a60", "50%", 0.9, "M 0 40 L 70 15 L 150 60 L 240 5 L 310 50 L 400 20 V 420 H 0 Z"),
    ("#3d2f4f", "64%", 2.0, "M 0 20 L 90 50 L 170 10 L 250 55 L 330 15 L 400 45 V 420 H 0 Z"),
)
"""Colour, top, depth and outline of the ridges of a landscape, far to near."""
_RISING = [{"at": 0, "value": 0}, {"at": 1.5, "value": 1}]


_SHAPES: dict[str, str] = {
    "rect": "A rectangle, with `radius` for round corners.",
    "ellipse": "An ellipse, or a sector of one with `start` and `sweep`.",
    "line": "A line across the middle of its box; `dash` breaks it.",
    "polygon": "A regular polygon with `points` corners.",
    "star": "A star with `points` points, as deep as `inner` says.",
    "arrow": "An arrow to the right.",
    "heart": "A heart.",
    "ring": "A ring, or an arc of one with `start` and `sweep`.",
    "torn": "A sheet of paper with torn edges, as rough as `roughness` says.",
    "path": "Any path, as SVG writes it in `d`.",
}
_MOVES: dict[str, str] = {
    "in": "Moves in on the focus.",
    "out": "Starts near the focus and moves back.",
    "left": "Travels to the left.",
    "right": "Travels to the right.",
    "up": "Travels upwards.",
    "down": "Travels downwards.",
    "in-left": "Moves in and to the left.",
    "in-right": "Moves in and to the right.",
    "in-up": "Moves in and upwards.",
    "in-down": "Moves in and downwards.",
    "out-left": "Moves back and to the left.",
    "out-right": "Moves back and to the right.",
    "drift": "Moves in and drifts sideways, slowly.",
    "punch": "Jumps in on the focus and settles.",
}


def picture_exhibits(material: Material) -> Iterator[Exhibit]:
    """Yield the exhibits of what clips can be and how they are seen."""
    yield from _shapes(material)
    yield from _clips(material)
    yield from _camera(material)
    yield from _masks(material)


def _soft(material: Material) -> Plain:
    return track(photo(material.photo(2), effects=[{"name": "basics.blur", "radius": 1}]))


def _shapes(material: Material) -> Iterator[Exhibit]:
    looks: dict[str, dict[str, Any]] = {
        "line": {"fill": None, "stroke_width": 10, "dash": [30, 18]},
        "arrow": {"fill": None, "stroke_width": 14},
        "ring": {"stroke": None, "inner": 0.7, "sweep": _RISING},
        "torn": {"stroke": None, "fill": "#f4efe6", "shadow": {}},
        "path": {"fill": None, "stroke_width": 12, "d": "M 0 60 C 40 -20 80 140 120 40 S 200 20 240 60"},
        "polygon": {"points": 6},
        "star": {"radius": 10},
    }
    for form in get_args(ShapeForm):
        look = {
            "fill": "#ff4b5c",
            "stroke": "#ffffff",
            "stroke_width": 8,
            "stop": _RISING,
            **looks.get(form, {}),
        }
        if look["stroke"] is None:
            look.pop("stop")
        clip = {"kind": "shape", "form": form, "box": _MIDDLE, "duration": SECONDS, **look}
        yield Exhibit(
            Section.CLIPS,
            form,
            _SHAPES[form],
            job(_soft(material), track(clip)),
            flow({key: value for key, value in clip.items() if key != "box" and value is not None}),
            bare=job(_soft(material)),
        )


def _clips(material: Material) -> Iterator[Exhibit]:
    def exhibit(name: str, summary: str, clip: Plain, *fields: str) -> Exhibit:
        """Return an exhibit of a clip, written with some of its fields, or with all but its box."""
        written = {key: clip[key] for key in fields or clip if key != "box"}
        return Exhibit(
            Section.CLIPS,
            name,
            summary,
            job(_soft(material), track(clip)),
            flow(written) if "kind" in written else flow(written)[1:-1],
            bare=job(_soft(material)),
        )

    falling = [{"at": 0.2, "value": 199}, {"at": 1.4, "value": 99}]
    box = ["10%", "38%", "80%", "24%"]
    counter = {"kind": "counter", "value": falling, "text": "¥{}", "duration": SECONDS, "box": box}
    yield exhibit("counter", "A number that runs.", counter)
    yield exhibit("rolling counter", "Its digits roll.", {**counter, "roll": True})
    clock = {**counter, "value": [{"at": 0, "value": 10, "ease": "linear"}, {"at": 2, "value": 0}], "text": "{}",
             "clock": True, "digits": 2}  # fmt: skip
    yield exhibit("countdown", "Seconds as a clock.", clock)
    yield exhibit("progress bar", "It fills while the clip lasts.",
                  {"kind": "progress", "duration": SECONDS, "box": ["10%", "48%", "80%", "3%"]})  # fmt: skip
    yield exhibit("progress ring", "The same as a ring.",
                  {"kind": "progress", "form": "ring", "duration": SECONDS})  # fmt: skip
    yield exhibit("qr code", "A code that phones read.",
                  {"kind": "qr", "text": "https://example.com/sunglasses", "duration": SECONDS,
                   "box": ["15%", "30%", "70%", "40%"]})  # fmt: skip
    text = {"kind": "text", "text": "Bring the sun.", "duration": SECONDS, "box": box, "enter": "none"}
    yield exhibit("typed text", "Character by character.", {**text, "typed": {"duration": 1.2}})
    yield exhibit("struck text", "A line that strikes it out.",
                  {**text, "text": "¥199", "struck": {"color": "#e5342b", "width_em": 0.1}})  # fmt: skip
    inset = photo(material.photo(0), box=["15%", "28%", "70%", "40%"], radius="8%", shadow={}, border={},
                  enter="slide-left")  # fmt: skip
    yield exhibit(
        "picture in picture", "With corners, border and shadow.", inset, "box", "radius", "border", "shadow"
    )
    pinned = photo(material.photo(1), pin=[["18%", "30%"], ["86%", "22%"], ["80%", "66%"], ["24%", "74%"]])
    yield exhibit("four-corner pin", "A picture on a screen.", pinned, "pin")
    slanted = photo(material.photo(3), box=_MIDDLE, skew_x=[{"at": 0, "value": -20}, {"at": 2, "value": 20}])
    yield exhibit("skew", "Slanted edges.", slanted, "skew_x")
    yield exhibit("flip", "Mirrored.", photo(material.photo(0), box=_MIDDLE, flip="across"), "flip")
    yield exhibit("crop", "Only a part of it.",
                  photo(material.photo(0), box=_MIDDLE, crop=["20%", "30%", "20%", "20%"]), "crop")  # fmt: skip
    video: dict[str, Any] = {"kind": "video", "src": material.clip, "duration": SECONDS}
    for name, summary, fields in (
        ("reverse", "Played backwards.", {"reverse": True, "out": 2}),
        ("repeat", "A part, again and again.", {"repeat": True, "out": 0.5}),
        ("speed ramp", "Slow, then fast.", {"speed": [{"at": 0, "value": 0.1}, {"at": 2, "value": 4}]}),
        ("freeze frame", "One frame, held.", {"speed": 0, "in": 1}),
    ):
        clip = {**video, **fields}
        yield Exhibit(
            Section.CLIPS, name, summary, job(track(clip)), flow(fields)[1:-1], bare=job(track(video))
        )
    path = {"points": [[0, "30%"], ["20%", "-10%"], ["-20%", "-20%"], [0, 0]], "turn": False}
    yield exhibit("motion along a path", "Along a path.", card(path=path), "path")
    fast = [
        {"at": 0, "value": "-60%", "ease": "in-out-cubic"},
        {"at": 1, "value": "60%"},
        {"at": 2, "value": "-60%"},
    ]
    yield exhibit(
        "motion blur", "A shutter that is open for a while.", card(x=fast, shutter=180), "x", "shutter"
    )
    yield Exhibit(
        Section.CLIPS,
        "adjustment",
        "Effects on everything below, for a time.",
        job(
            track(photo(material.photo(0))),
            track(card()),
            track(
                {"kind": "gap", "duration": 0.5},
                {"kind": "adjustment", "effects": ["basics.mono"], "duration": 1.0},
            ),
        ),
        "{kind: adjustment, effects: [basics.mono], duration: 1}",
        bare=job(track(photo(material.photo(0))), track(card())),
    )


def _camera(material: Material) -> Iterator[Exhibit]:
    for kind in get_args(KenBurnsName):
        yield Exhibit(
            Section.CAMERA,
            kind,
            _MOVES[kind],
            job(track(photo(material.photo(1), ken_burns={"kind": kind, "amount": 0.3}))),
            f"ken_burns: {kind}",
            bare=job(track(photo(material.photo(1)))),
        )
    planes = [
        track({"kind": "color", "color": {"colors": ["#f7a877", "#ffe3b8"]}, "duration": SECONDS, "depth": 0}),
        *(
            track(
                {"kind": "shape", "form": "path", "fill": color, "d": ridge, "duration": SECONDS, "depth": depth,
                 "box": ["-15%", top, "130%", "76.8%"]}
            )
            for color, top, depth, ridge in _RIDGES
        ),
    ]  # fmt: skip
    moving = {"x": [{"at": 0, "value": "4%"}, {"at": SECONDS, "value": "-4%"}],
              "zoom": [{"at": 0, "value": 1}, {"at": SECONDS, "value": 1.06}]}  # fmt: skip
    group = {"kind": "group", "tracks": planes, "duration": SECONDS, "camera": moving}
    yield Exhibit(
        Section.CAMERA,
        "parallax",
        "A camera before a group: near clips move more than far ones.",
        job(track(group)),
        "{kind: group, duration: 2, camera: {x: [{at: 0, value: 4%}, {at: 2, value: -4%}]}, tracks: "
        "[{clips: [{kind: color, color: teal, duration: 2, depth: 0.5}]}]}",
    )


def _masks(material: Material) -> Iterator[Exhibit]:
    ellipse = {"kind": "shape", "form": "ellipse", "fill": "white", "box": ["12%", "26%", "76%", "48%"],
               "scale": [{"at": 0, "value": 0.4}, {"at": 1.6, "value": 1}]}  # fmt: skip
    word = {"kind": "text", "text": "SUN", "style": "basics.headline", "enter": "none",
            "box": ["2%", "20%", "96%", "60%"], "look": {"size": "60%", "shadow": None, "stroke": None}}  # fmt: skip
    bars = {"kind": "color", "color": {"colors": ["#000000", "#ffffff", "#000000"], "angle": 20}}
    masks: tuple[tuple[str, str, Plain], ...] = (
        ("shape", "A shape that grows.", {"clip": ellipse}),
        ("feathered", "With a soft edge.", {"clip": ellipse, "feather": "4%"}),
        ("inverted", "A hole.", {"clip": ellipse, "invert": True}),
        ("text", "A clip through text.", {"clip": word}),
        ("luma", "By brightness.", {"clip": bars, "use": "luma"}),
        (
            "picture",
            "By the brightness of a photo.",
            {"clip": photo(material.photo(0)), "use": "luma", "invert": True},
        ),
        ("star", "Any shape.", {"clip": {**ellipse, "form": "star", "points": 5}}),
        ("torn paper", "A torn sheet.", {"clip": {**ellipse, "form": "torn", "roughness": "3%", "scale": 1}}),
    )
    for name, summary, mask in masks:
        masked = photo(material.photo(1), mask=mask)
        ground = track({"kind": "color", "color": "#2b2f3a", "duration": SECONDS})
        yield Exhibit(
            Section.MASKS,
            name,
            summary,
            job(ground, track(masked)),
            flow({"mask": {**mask, "clip": _short(mask["clip"])}})[1:-1],
            bare=job(ground, track(photo(material.photo(1)))),
        )


def flow(value: Plain) -> str:
    """Return a mapping as a document has it, on one line."""
    return yaml.safe_dump(
        value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=1000
    ).strip()


def _short(clip: Plain) -> Plain:
    """Return the fields that a mask's clip needs."""
    kept = {
        key: clip[key] for key in ("kind", "form", "points", "fill", "text", "color", "src") if key in clip
    }
    return {**kept, "src": "grey.png"} if "src" in kept else kept
