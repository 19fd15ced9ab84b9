"""Odd values of fields, at the edge of what is allowed: each is to be refused, or drawn."""

from __future__ import annotations

from typing import Any

from tests.unit.draft.wrong_fields import (
    ADJUSTMENT,
    COLOR,
    COUNTER,
    FOUR,
    GROUP,
    IMAGE,
    MASK,
    PROGRESS,
    QR,
    SHAPE,
    TEXT,
    VIDEO,
    Clip,
)  # fmt: skip

LONG = [{"at": n / 10, "value": n % 2} for n in range(200)]
ODD: list[tuple[Clip, str, list[Any]]] = [
    (
        IMAGE,
        "pin",
        [
            [[5, 5]] * 4,
            [[0, 0], [9, 0], [0, 9], [9, 9]],
            [["-800%", 0], [90, 0], [90, 90], [0, "800%"]],
            [[LONG, 0], *FOUR[1:]],
            [[0, 0], [50, 0], [100, 0], [25, 1e-9]],
        ],
    ),
    (
        COLOR,
        "mask",
        [
            {"clip": {**COLOR, "opacity": 0}},
            {"clip": {**VIDEO, "reverse": True}, "follow": True},
            {"clip": {**GROUP, "mask": MASK}},
            {"clip": {**SHAPE, "box": [-90, -90, 9, 9]}, "invert": True},
            {"clip": {"kind": "text", "text": " "}, "feather": LONG},
        ],
    ),
    (
        COLOR,
        "path",
        [
            {"d": "M 0 0 A 0 5 0 1 1 9 9", "turn": True},
            {"d": "M1e6 1e6L-1e6-1e6"},
            {"points": [["-50%", 0]] * 2 + [[0, 1]], "turn": True},
            {"d": "M 0 0 L 0 0 Z L 1 1", "along": LONG},
            {"points": [[0, 0], [1e-9, 0]]},
        ],
    ),
    (
        {**SHAPE, "form": "path"},
        "d",
        ["M 0 0 L 1e-9 0", "M0,0h1e-7", "m5 5zm1 1z", "M.5.5.6.6-1-1", "M0 0" + "L1 1" * 4000],
    ),
    (
        {**SHAPE, "form": "path", "d": "M0 0L1e-9 1e-9"},
        "view",
        [[0, 0, 1e-9, 1e-9], [1e9, 1e9, 1, 1], [0, 0, 1e300, 1e-300], [-1e6, 0, 1, 1], [0, 0, 5e-7, 5]],
    ),
    (
        VIDEO,
        "speed",
        [0, 20, 1e-9, LONG, [{"at": 0, "value": 0}, {"at": 1, "value": 20, "ease": "out-elastic"}]],
    ),
    ({**VIDEO, "in": 0.4, "reverse": True, "repeat": True}, "out", [0.4001, 0.41, 1.5, 0.9, 1]),
    (
        IMAGE,
        "ken_burns",
        [
            "punch",
            {"kind": "left", "amount": 2},
            {"kind": "in-up", "amount": 0.01, "ease": "hold"},
            {"kind": "drift", "ease": "out-elastic"},
            {"kind": "out-right", "ease": "cubic-bezier(0,9,1,-9)"},
        ],
    ),
    (
        COLOR,
        "loops",
        [
            [{"kind": "shake", "period": 1e-9}],
            {"kind": "spin", "amount": 0},
            {"kind": "bounce", "amount": 10, "distance": "400%"},
            ["pulse"] * 5,
            {"kind": "jitter", "delay": 99, "period": "1f"},
        ],
    ),
    (
        COUNTER,
        "value",
        [-0.4, 1e12, LONG, [{"at": 0, "value": -5}, {"at": 1, "value": 5, "ease": "in-elastic"}], -1e12],
    ),
    (
        {**COUNTER, "roll": True},
        "value",
        [
            0,
            99.999,
            LONG,
            1e12,
            [{"at": 0, "value": 9}, {"at": 0.9, "value": 1000}],
            [{"at": 0, "value": 10, "ease": "out-back"}, {"at": 0.9, "value": 0}],
        ],
    ),
    (COUNTER, "text", ["{}{", "1{}0", "\n{}\n", "🎁{}‮", "{}" + "x" * 190]),
    ({**COUNTER, "roll": True, "value": 1234567}, "thousands", ["", " ", ".,", "\u00a0", "‮"]),
    (
        PROGRESS,
        "value",
        [0, 1, 1e-300, LONG, [{"at": 0, "value": 0}, {"at": 1, "value": 1, "ease": "out-elastic"}]],
    ),
    ({**PROGRESS, "form": "ring"}, "thickness", [1e-9, 0.999999, 0.5, 0.02, 0.98]),
    (QR, "text", ["\u0000", "0", "限" * 100, "🎁", "‮" * 50]),
    (QR, "color", ["#00000000", "white", "#ffffff01", "red", "transparent"]),
    (
        ADJUSTMENT,
        "box",
        [[0, 0, 1, 1], [-90, -90, 20, 20], ["-100%", 0, "300%", 1], [99, 199, 1, 1], [0, 0, 3, 3]],
    ),
    (
        ADJUSTMENT,
        "mask",
        [
            MASK,
            {**MASK, "invert": True},
            {**MASK, "follow": True},
            {"clip": IMAGE, "use": "luma"},
            {"clip": {**TEXT, "enter": "spin"}, "feather": "50%"},
        ],
    ),
    (
        COLOR,
        "effects",
        [
            [{"name": "basics.mono", "amount": LONG}],
            [{"name": "basics.blur", "radius": LONG}],
            [
                {
                    "name": "basics.mosaic",
                    "size": [{"at": 0, "value": 2}, {"at": 1, "value": 40, "ease": "out-elastic"}],
                }
            ],
            [
                {
                    "name": "basics.grade",
                    "contrast": [{"at": -5, "value": 0}, {"at": 0, "value": 4, "ease": "in-back"}],
                }
            ],
            [{"name": "basics.vignette", "strength": [{"at": 0, "value": 1}]}],
        ],
    ),
    (
        IMAGE,
        "border",
        [{"width": 0}, {"width": 100}, {"width": "100%", "color": "transparent"}, {"width": 1e-9}, {}],
    ),
    (
        IMAGE,
        "shadow",
        [{}, {"blur": 0}, {"dx": "400%", "blur": 400}, {"blur": 1e-9, "color": "transparent"}, {"dy": -400}],
    ),
    (
        IMAGE,
        "crop",
        [[0, 0, 0, 0], ["49%", "49%", "49%", "49%"], [119, 0, 0, 0], [0, 0, 117, 156], [1e-9, 0, 0, 0]],
    ),
    (
        {**SHAPE, "form": "star"},
        "points",
        [3, 64, 3.49, LONG[:0] or 5, [{"at": 0, "value": 3}, {"at": 1, "value": 64, "ease": "in-elastic"}]],
    ),
    (
        {**SHAPE, "form": "torn"},
        "roughness",
        [0, "100%", 1e-9, LONG, [{"at": 0, "value": 0}, {"at": 1, "value": 9, "ease": "in-elastic"}]],
    ),
    ({**SHAPE, "stroke": "red"}, "dash", [[1e-6, 1e-6], [0, 5], [5, 0], ["100%"] * 8, [1, 1e-9]]),
    ({**SHAPE, "stroke": "red"}, "stroke_width", [0, "200%", 1e-9, LONG, 150]),
    (
        TEXT,
        "text",
        [
            [" ", "\n", "x"],
            [{"text": "A", "size": 0.1}, {"text": "B", "size": 10, "shift_em": -2}],
            ["שלום ", {"text": "עולם", "italic": True, "underline": True, "strike": True}],
            [{"text": "x\u200d", "weight": 100}, "\u0301e"],
            ["a"] * 200,
        ],
    ),
    (
        TEXT,
        "look",
        [
            {"arc": 359, "size": "4%"},
            {"arc": -1e-9},
            {"vertical": True, "align": "right", "plate": {"lines": True}},
            {"stretch": "box", "italic": True, "plate": {"full_width": True}},
            {"stretch": 0.25, "underline": True, "letter_spacing_em": 2},
            {"stroke": [], "shadow": [{"blur_em": 2}] * 12},
        ],
    ),
    (
        TEXT,
        "animate",
        [
            ["basics.unveil"] * 8,
            [{"use": "basics.slam", "by": "line", "when": "exit", "duration": 1e-9, "ease": "out-elastic"}],
            [{"use": "basics.scatter", "stagger": 100, "delay": 50, "order": "random", "seed": 0}],
            [{"use": "basics.text_wave", "by": "word", "duration": "1f"}],
            [{"use": {"name": "basics.text_zoom", "scale": [{"at": 0, "value": 0}, {"at": 1, "value": 20}]}}],
        ],
    ),
    (
        {**TEXT, "highlight": "basics.marker_words"},
        "words",
        [
            [{"text": "S", "start": 0, "end": 1e-9}, {"text": "ale", "start": 0.5, "end": 99}],
            [{"text": "Sale", "start": -5, "end": -1}],
        ],
    ),
]
