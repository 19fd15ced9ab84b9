"""Documents at random, in the words of the JSON Schema and of the registry: whatever they come to offer is used."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, Final

from farm.model.easing import EASINGS
from farm.model.job_document import TimelineJob
from farm.model.schema import Schema, json_schema
from farm.plugins.registry import Registry
from farm.render.animator import Animator, TextHighlight, TextLoop, TextMotion

WIDTH, HEIGHT = 64, 96
MAX_DEPTH: Final = 3
"""Nesting of groups and masks."""
PICTURES: Final = ("photo.jpg", "side.png", "moving.gif", "logo.svg")
CLIPS: Final = ("clip.mp4", "clear.webm", "talk.mov", "talk.mov")
PATHS: Final = (
    "M 0 0 L 30 40",
    "M0 0C10 0 20 30 30 30S50 0 60 20",
    "M 5 5 h 30 v 20 h -30 z",
    "M0 0A20 20 0 0 1 40 0",
)
ODD: Final[tuple[Any, ...]] = (
    0, -1, 1, 3, 0.5, 1e-9, 1e-300, 1e9, 1e300, -1e300, 2**40, -0.0, 99999, "", " ", "200%", "-5%", "1e5", "5f", "-3f",
    "1:02", "abc", "#12", "🎁", None, True, False, [], {}, [0], [[0, 0]], [{"at": 0, "value": 1}], {"at": 0},
    [{"at": 0, "value": 0}, {"at": 0, "value": 1}], "none", "NaN", "\u202e", "line\nfeed", "x" * 300,
)  # fmt: skip
"""Values that belong almost nowhere."""
_COLORS: Final = ("#c02040", "#20c0a080", "white", "#00000000", "#ffd400")
_TEXTS: Final = ("Sale", "限时 -30%", "Now 🎁\nonly", "{}")
_RARE: Final = (
    "typed",
    "struck",
    "highlight",
    "picture",
    "families",
    "path",
    "pin",
    "mask",
    "camera",
    "shutter",
    "captions",
    "at",
    "dash",
    "view",
    "stops",
)
_NUMBERS: Final[Mapping[str, tuple[float, float]]] = {
    "x": (-40, 40), "y": (-40, 40), "scale": (0, 2), "scale_x": (0, 2), "scale_y": (0, 2), "rotation": (-400, 400),
    "skew_x": (-80, 80), "skew_y": (-80, 80), "opacity": (0, 1), "zoom": (1, 3), "focus_x": (0, 1), "focus_y": (0, 1),
    "stroke_width": (0, 12), "radius": (0, 20), "points": (3, 12), "inner": (0.02, 0.98), "start": (0, 1),
    "stop": (0, 1), "sweep": (0, 1), "extent": (0, 1), "roughness": (0, 8), "seed": (0, 50), "speed": (0, 3),
    "feather": (0, 10), "along": (0, 1), "dash_offset": (-9, 9), "gain_db": (-30, 6), "distance": (0, 60),
}  # fmt: skip
_BROAD: Final = (-100.0, 100.0)


class Writer:
    """Writes documents; the same seed gives the same document."""

    def __init__(self, seed: int, registry: Registry) -> None:
        self._rng = random.Random(seed)
        self._registry = registry
        self._definitions: Mapping[str, Any] = json_schema(TimelineJob)["$defs"]
        self._odd = self._rng.choice((0.0, 0.0, 0.004, 0.03))
        self._fullness = self._rng.choice((0.04, 0.1, 0.2))

    def document(self) -> dict[str, Any]:
        """Return a job of a small video."""
        timeline = self._mapping("TimelineDocument", 0)
        timeline["background"] = self._rng.choice(_COLORS)
        timeline.pop("duration", None)
        if self._rng.random() < 0.1:
            timeline["duration"] = self._time(0.3, 1.2)
        fps = self._rng.choice((12, 15, 24, 30, "30000/1001"))
        return {"output": {"size": [WIDTH, HEIGHT], "fps": fps, "quality": "draft"}, "timeline": timeline}

    def _mapping(self, name: str, depth: int) -> dict[str, Any]:
        """Return an object of a definition: what it requires, and some of the rest."""
        schema = self._definitions[name]
        required = set(schema.get("required", ()))
        made: dict[str, Any] = {}
        for field, place in schema["properties"].items():
            wanted = self._fullness * (0.5 if field in _RARE else 1)
            if field in required or self._rng.random() < wanted:
                made[field] = self._field(name, field, place, depth)
        return self._tidied(name, made, depth)

    def _tidied(self, name: str, made: dict[str, Any], depth: int) -> dict[str, Any]:
        """Return an object without the commonest contradictions, so that most documents are valid."""
        chance = self._rng.random
        if name == "ShapeClip":
            made.setdefault(self._rng.choice(("fill", "stroke")), self._rng.choice(_COLORS))
            if chance() > self._odd * 5:
                form = made.get("form", "rect")
                if form == "path":
                    made.setdefault("d", self._rng.choice(PATHS))
                owners = {"points": "polygon star", "inner": "star ring", "d": "path", "view": "path", "sweep": "ring "
                          "ellipse", "extent": "rect", "roughness": "torn", "seed": "torn",
                          "stretch": "path"}  # fmt: skip
                for field, forms in owners.items():
                    if form not in forms.split():
                        made.pop(field, None)
                if form == "line":
                    made["stroke"] = made.pop("fill", None) or made.get("stroke", "white")
                made.pop("start", None)
        if name == "StickerClip":
            for field in ("sticker", "src"):
                made.pop(field, None)
            field = self._rng.choice(("sticker", "sticker", "src"))
            made[field] = self._element("stickers") if field == "sticker" else self._rng.choice(PICTURES)
        if name == "TextClip" and chance() > self._odd * 5:
            self._text(made)
        if name == "CounterClip" and chance() > self._odd * 5:
            made["text"] = self._rng.choice(("{}", "¥{}", "only {} left", "1{}0"))
            if made.get("clock"):
                made.pop("roll", None)
            if made.get("thousands") == made.get("point", "."):
                made.pop("thousands", None)
        if name == "VideoClip" and made.get("sound"):
            made["src"] = "talk.mov"
        if name == "VideoClip" and chance() > self._odd * 5:
            made["in"] = self._rng.uniform(0, 0.5)
            if "out" in made:
                made["out"] = self._rng.uniform(0.6, 1.5)
                made.setdefault("repeat", True)
        if name == "QrClip" and chance() > self._odd * 5:
            made |= {"text": self._rng.choice(("Sale", "限时")), "box": [2, 4, 60, 64]}
            made.pop("background", None)
            made.pop("color", None)
        if name == "PathDocument":
            made.pop("points", None)
            made.pop("d", None)
            count = self._rng.randint(2, 4)
            points = [[self._rng.randint(-30, 30) for _ in range(2)] for _ in range(count)]
            made |= {"points": points} if chance() < 0.6 else {"d": self._rng.choice(PATHS)}
        if "pin" in made and chance() > self._odd * 5:
            for field in ("x", "y", "scale", "rotation", "scale_x", "scale_y", "skew_x", "skew_y", "path"):
                made.pop(field, None)
        if "ken_burns" in made:
            made.pop("zoom", None)
        if name == "CaptionsDocument":
            made["look"] = {"size": 8}
            made.pop("src", None)
            made["cues"] = [{"start": 0.1, "end": 1.5, "text": self._rng.choice(_TEXTS)}]
        del depth
        return made

    def _text(self, made: dict[str, Any]) -> None:
        """Make the fields of a text agree."""
        rich = isinstance(made.get("text"), list) or any(made.get(one) for one in ("animate", "highlight"))
        if rich or "look" in made:
            made.pop("typed", None)
            made.pop("struck", None)
        made.pop("words", None)
        if made.pop("highlight", None) is not None:
            made["highlight"] = self._animator(TextHighlight)
            made["text"] = "Sale 限时"
            made["words"] = [
                {"text": "Sale", "start": 0.1, "end": 0.2},
                {"text": "限时", "start": "7f", "end": "9f"},
            ]

    def _animator(self, *kinds: type[Animator]) -> str:
        offers = self._registry.animators.items()
        return self._rng.choice([name for name, one in sorted(offers) if issubclass(one.value, kinds)])

    def _field(self, name: str, field: str, place: Schema, depth: int) -> Any:
        """Return the value of a field."""
        if self._rng.random() < self._odd:
            return self._rng.choice(ODD)
        special = self._special(name, field, depth)
        return special() if special is not None else self._value(place, field, depth)

    def _special(self, name: str, field: str, depth: int) -> Callable[[], Any] | None:
        """Return what writes a field whose schema says less than its meaning."""
        rng = self._rng
        match name, field:
            case "TimelineDocument", "tracks":
                return lambda: self._tracks(depth, rng.randint(1, 4))
            case "GroupClip", "tracks":
                return lambda: self._tracks(depth + 1, rng.randint(1, 2))
            case "TrackDocument", "clips":
                return lambda: self._row(depth)
            case "MaskDocument", "clip":
                return lambda: self._mask_clip(depth + 1)
            case "TransitionItem", "use":
                return lambda: self._element("transitions")
            case _, "effects":
                return lambda: [self._element("effects") for _ in range(rng.randint(1, 2))]
            case ("ImageClip", "src"):
                return lambda: rng.choice(PICTURES)
            case ("VideoClip", "src"):
                return lambda: rng.choice(CLIPS)
            case ("AudioClip", "src"):
                return lambda: rng.choice(("tone.wav", "calm"))
            case "TextAnimationDocument", "use":
                return lambda: self._animator(TextMotion, TextLoop)
            case "TextClip", "highlight":
                return lambda: self._animator(TextHighlight)
            case "TextClip", "picture":
                return lambda: rng.choice((*PICTURES, *CLIPS))
            case "TextClip" | "SpanDocument", "text":
                runs: list[Any] = [
                    rng.choice(_TEXTS),
                    {"text": "5", "size": 1.5, "italic": True, "color": "#ffd400"},
                ]
                return lambda: (
                    rng.choice((rng.choice(_TEXTS), runs)) if name == "TextClip" else rng.choice(_TEXTS)
                )
            case _, "style":
                return lambda: rng.choice(sorted(self._registry.text_styles))
            case _, "look":
                return lambda: rng.choice(
                    (
                        *({}, {"size": "9%"}, {"color": "#ffcc00", "strike": True}, {"align": "left"}),
                        *(
                            {"arc": 100},
                            {"vertical": True},
                            {"stretch": "box", "italic": True, "underline": True},
                        ),
                    )
                )
            case _, "duration":
                return lambda: self._time(0.1, 0.5)
            case _, "delay" | "fade_in" | "fade_out" | "period":
                return lambda: self._time(0.04, 0.3)
            case _, "before":
                return lambda: rng.choice((0, "1f", 0.02))
            case "KeyframeDocument", "at":
                return lambda: 0
            case _, "at":
                return lambda: rng.uniform(0.4, 1.2)
            case _, "box":
                return self._box
            case _, "crop":
                return lambda: [rng.choice((0, 3, "10%")) for _ in range(4)]
            case _, "pin":
                ends = ((-10, -10), (40, -10), (40, 60), (-10, 60))
                return lambda: [[self._animated(x, x + 20), self._animated(y, y + 24)] for x, y in ends]
            case ("CounterClip", "value"):
                return lambda: self._animated(0, 5000)
            case ("ProgressClip", "value"):
                return lambda: self._animated(0, 1)
            case _, "d":
                return lambda: rng.choice(PATHS)
            case _, "view":
                return lambda: [0, 0, rng.choice((10, 60)), rng.choice((10, 60))]
            case _, "dash":
                return lambda: [rng.choice((0, 3, "2%")), rng.choice((2, 5))]
            case _, "name":
                return lambda: rng.choice(("", "a clip"))
            case _, "text":
                return lambda: rng.choice(_TEXTS)
            case _, "thousands" | "point":
                return lambda: rng.choice((",", ".", " ", ""))
            case _, "stops":
                return lambda: None
            case "VideoClip", "sound":
                return lambda: rng.random() < 0.7
            case _, "anchor":
                return lambda: [rng.uniform(-0.5, 1.5), rng.uniform(0, 1)]
        return None

    def _tracks(self, depth: int, count: int) -> list[dict[str, Any]]:
        return [self._mapping("TrackDocument", depth) for _ in range(count)]

    def _kinds(self, *, sounds: bool) -> list[str]:
        """Return the definitions of clips: of the kinds that the schema lists as items."""
        items = self._definitions["TrackDocument"]["properties"]["clips"]["items"]["oneOf"]
        names = [one["$ref"].rsplit("/", 1)[1] for one in items]
        quiet = [name for name in names if name not in ("AudioClip", "GapItem", "TransitionItem")]
        return ["AudioClip"] if sounds else quiet

    def _row(self, depth: int) -> list[dict[str, Any]]:
        """Return the items of a track: clips, and at times a gap or a transition between two."""
        rng = self._rng
        if depth == 0 and rng.random() < 0.1:
            return [self._mapping("AudioClip", depth)]
        row: list[dict[str, Any]] = []
        for index in range(rng.randint(1, 3)):
            kinds = [one for one in self._kinds(sounds=False) if one != "GroupClip" or depth < MAX_DEPTH]
            clip = self._mapping(rng.choice(kinds), depth)
            adjusts = any("adjustment" in (one.get("kind"),) for one in (clip, *row[-1:]))
            if index and rng.random() < 0.15:
                row.append(self._mapping("GapItem", depth))
            elif index and rng.random() < 0.4 and not adjusts and "at" not in clip:
                row.append(
                    {**self._mapping("TransitionItem", depth), "duration": rng.choice((0.1, 0.05, "2f"))}
                )
            row.append(clip)
        return row

    def _mask_clip(self, depth: int) -> dict[str, Any]:
        kinds = [one for one in self._kinds(sounds=False) if one not in ("AdjustmentClip",)]
        if depth >= MAX_DEPTH:
            kinds.remove("GroupClip")
        clip = self._mapping(self._rng.choice(kinds), depth)
        clip.pop("at", None)
        if depth >= MAX_DEPTH:
            clip.pop("mask", None)
        return clip

    def _element(self, offer: str) -> Any:
        """Return any element of the registry, with some of its parameters."""
        offered: Mapping[str, Any] = getattr(self._registry, offer)
        name = self._rng.choice(sorted(offered))
        schema = json_schema(offered[name].value)
        params: dict[str, Any] = {}
        for field, place in schema.get("properties", {}).items():
            if self._rng.random() < self._fullness * 1.5:
                params[field] = self._parameter(field, place, schema.get("$defs", {}))
        return {"name": name, **params} if params else name

    def _parameter(self, field: str, place: Schema, definitions: Schema) -> Any:
        if self._rng.random() < self._odd:
            return self._rng.choice(ODD)
        options = [one for one in place.get("anyOf", [place]) if one.get("type") != "null"]
        place = {"default": place.get("default", ""), **options[0]} if options else place
        if place.get("format") == "media-reference":
            return self._rng.choice(PICTURES[:2])
        if "pattern" in place or place.get("format") == "easing" or field == "ease":
            return self._ease()
        if place.get("type") in ("integer", "number") and self._rng.random() < 0.3:
            keys = [self._scalar(place, field) for _ in range(2)]
            return [
                {"at": at, "value": key, "ease": self._ease()} for at, key in zip((0, 0.3), keys, strict=True)
            ]
        if "color" in field or str(place.get("default", "")).startswith("#"):
            return self._rng.choice(_COLORS)
        del definitions
        return self._scalar(place, field)

    def _value(self, place: Schema, field: str, depth: int) -> Any:
        """Return a value that a schema allows."""
        rng = self._rng
        if "$ref" in place:
            name = place["$ref"].rsplit("/", 1)[1]
            if "properties" in self._definitions[name]:
                return self._mapping(name, depth)
            place = {**place, **self._definitions[name]}  # a named alias, such as a number that may change
        options = [one for one in place.get("anyOf", place.get("oneOf", ())) if one.get("type") != "null"]
        if place.get("format") == "easing":
            return self._ease()
        if field in _NUMBERS and any(one.get("type") == "array" for one in options):
            return self._animated(*_NUMBERS[field])
        if options:
            return self._value(rng.choice(options), field, depth)
        if place.get("type") == "array":
            count = rng.randint(place.get("minItems", 1), min(place.get("maxItems", 3), 4))
            return [self._value(place["items"], field, depth) for _ in range(count)]
        if place.get("type") == "object":
            return {}
        return self._scalar(place, field)

    def _scalar(self, place: Schema, field: str) -> Any:
        rng = self._rng
        if "enum" in place:
            return rng.choice(place["enum"])
        if "const" in place:
            return place["const"]
        if "pattern" in place:
            return self._ease()
        match place.get("type"):
            case "boolean":
                return rng.random() < 0.5
            case "integer" | "number":
                low, high = _NUMBERS.get(field, _BROAD)
                low = float(place.get("minimum", place.get("exclusiveMinimum", low)))
                high = float(place.get("maximum", place.get("exclusiveMaximum", max(high, low + 1))))
                ends = (low, high) if "minimum" in place else (low + (high - low) / 9,)
                value = rng.choice(ends) if rng.random() < 0.1 else rng.uniform(low, high)
                return round(value) if place["type"] == "integer" else round(value, rng.choice((1, 2, 6)))
        if field in _NUMBERS:
            return round(rng.uniform(*_NUMBERS[field]), 2)
        return (
            rng.choice(_COLORS)
            if any(one in field for one in ("color", "fill", "stroke", "track", "ground"))
            else "1"
        )

    def _animated(self, low: float, high: float) -> Any:
        rng = self._rng
        if rng.random() < 0.6:
            return round(rng.uniform(low, high), 2)
        times = sorted({round(rng.uniform(-0.1, 0.6), 2) for _ in range(rng.randint(1, 3))})
        return [{"at": at, "value": round(rng.uniform(low, high), 2), "ease": self._ease()} for at in times]

    def _ease(self) -> str:
        forms = ("steps(3)", "spring(0.2)", "cubic-bezier(0.3, -1.5, 0.6, 2)")
        return self._rng.choice((*sorted(EASINGS), *forms))

    def _time(self, low: float, high: float) -> Any:
        value = self._rng.uniform(low, high)
        return f"{max(1, round(value * 20))}f" if self._rng.random() < 0.2 else round(value, 3)

    def _box(self) -> list[Any]:
        rng = self._rng
        x, y = rng.randint(-20, 50), rng.randint(-20, 80)
        return [x, y, rng.choice((1, 7, 24, 63, "40%", "100%")), rng.choice((1, 9, 32, 90, "30%", "100%"))]
