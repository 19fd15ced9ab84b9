"""All exhibits: generated from what is registered, so that nothing that farm offers is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from farm.gallery.exhibit import Exhibit, Section
from farm.gallery.picture_exhibits import picture_exhibits
from farm.gallery.samples import story_styles, template_jobs
from farm.gallery.scenes import SECONDS, Material, card, fade_pair, job, photo, tinted, tinted_pair, track
from farm.gallery.text_exhibits import text_exhibits
from farm.gallery.wording import parameters_of, summary_of
from farm.model.described import described
from farm.model.easing import EASINGS
from farm.model.motion import LoopKind, MotionKind
from farm.model.placement import Blend
from farm.plugins.registry import Registry


def all_exhibits(registry: Registry, material: Material) -> Iterator[Exhibit]:
    """Yield every exhibit, section by section."""
    yield from _templates(registry, material)
    yield from _transitions(registry, material)
    yield from _effects(registry, material)
    yield from picture_exhibits(material)
    yield from _entrances(material)
    yield from _loops(material)
    yield from _easings()
    yield from _blends(material)
    yield from _stickers(registry, material)
    yield from _styles(registry, material)
    yield from text_exhibits(registry, material)


def _templates(registry: Registry, material: Material) -> Iterator[Exhibit]:
    styles = {style["name"]: style["summary"] for style in story_styles()}
    for name, document in template_jobs(material.photos[:6]).items():
        yield Exhibit(
            Section.TEMPLATES,
            name,
            styles.get(name) or registry.templates[document["template"]].value.summary,
            document,
            f"template: {document['template']}",
            moments=(0.06, 0.3, 0.6, 0.95),
        )


def _transitions(registry: Registry, material: Material) -> Iterator[Exhibit]:
    for name, offered in sorted(registry.transitions.items()):
        yield Exhibit(
            Section.TRANSITIONS,
            name,
            summary_of(offered.value),
            tinted_pair(material, name),
            f"{{kind: transition, use: {name}, duration: 1}}",
            parameters_of(offered.value),
            bare=fade_pair(material, {"name": "basics.wipe", "ease": "hold"}),
            measured=fade_pair(material, name),
            moments=(0.4, 0.46, 0.5, 0.58),
        )


def _effects(registry: Registry, material: Material) -> Iterator[Exhibit]:
    zoom: dict[str, Any] = {"zoom": [{"at": 0, "value": 1}, {"at": SECONDS, "value": 1.12}]}
    nearer = [{"at": 0, "value": 1}, {"at": SECONDS, "value": 1.12}]
    ground = track({"kind": "color", "color": {"colors": ["#ff7a59", "#5b6cff"]}, "duration": SECONDS})
    for name, offered in sorted(registry.effects.items()):
        use = _shown_effect(name)
        scene = {**tinted(material.photo(4), _SKY, SECONDS), "scale": nearer, "effects": [use]}
        yield Exhibit(
            Section.EFFECTS,
            name,
            summary_of(offered.value),
            job(ground, track(scene)) if name.endswith("_key") else job(track(scene)),
            f"effects: [{name}]",
            parameters_of(offered.value),
            bare=job(track(photo(material.photo(0), **zoom))),
            measured=job(track(photo(material.photo(0), **zoom, effects=[use]))),
        )


_SKY = "#8fc7e8"


def _shown_effect(name: str) -> Any:
    """Return an effect as it is shown: where its defaults leave a photo alone, with values that do not."""
    given: dict[str, dict[str, Any]] = {
        "basics.grade": {"contrast": 1.25, "saturation": 1.3, "warmth": 0.35},
        "basics.chroma_key": {"color": "#89bede"},
        "basics.luma_key": {"high": 0.6},
    }
    return {"name": name, **given[name]} if name in given else name


def _entrances(material: Material) -> Iterator[Exhibit]:
    ground = track(photo(material.photo(2), effects=[{"name": "basics.blur", "radius": 1}]))
    for kind in MotionKind:
        motion = {"kind": kind.value, "duration": 0.7}
        yield Exhibit(
            Section.ENTRANCES,
            kind.value,
            f"{described(MotionKind)[kind.value]} An exit plays it backwards.",
            job(ground, track(card(enter=motion, exit=motion))),
            f"enter: {kind.value}",
            bare=job(ground, track(card())),
            moments=(0.08, 0.14, 0.2, 0.26),
        )


def _loops(material: Material) -> Iterator[Exhibit]:
    ground = track(photo(material.photo(2), effects=[{"name": "basics.blur", "radius": 1}]))
    for kind in LoopKind:
        loop = {"kind": kind.value, "period": 0.25 if kind is LoopKind.JITTER else 1.0, "distance": "2%"}
        yield Exhibit(
            Section.LOOPS,
            kind.value,
            described(LoopKind)[kind.value],
            job(ground, track(card(loops=[loop]))),
            f"loops: {kind.value}",
            bare=job(ground, track(card())),
            moments=(0.06, 0.17, 0.29, 0.4),  # not whole or half periods, in which many look alike
        )


def _easings() -> Iterator[Exhibit]:
    names = [*EASINGS, "cubic-bezier(0.2, 0, 0, 1)", "steps(5)", "spring(0.3)"]
    for name in names:
        value = [{"at": 0.25, "value": 0, "ease": name}, {"at": 1.5, "value": "60%"}]
        line = {"kind": "shape", "form": "line", "stroke": "#ffffff40", "stroke_width": 4,
                "box": ["16%", "49%", "68%", "2%"], "duration": SECONDS}  # fmt: skip
        disc = {"kind": "shape", "form": "ellipse", "fill": "#ffd23f", "box": ["8%", "44%", "21%", "12%"],
                "duration": SECONDS, "x": value}  # fmt: skip
        ground = track({"kind": "color", "color": "#23252b", "duration": SECONDS})
        yield Exhibit(
            Section.EASINGS,
            name,
            "",
            job(ground, track(line), track(disc)),
            f"ease: {name}",
            moments=(0.25, 0.4, 0.5, 0.65),
        )


def _blends(material: Material) -> Iterator[Exhibit]:
    colours = {"colors": ["#ff4b5c", "#ffd23f", "#2fb5a8", "#3b4cff"], "angle": 30}
    for blend in Blend:
        layer: dict[str, Any] = {
            "kind": "color", "color": colours, "duration": SECONDS, "blend": blend.value,
            "x": [{"at": 0, "value": "-55%"}, {"at": SECONDS, "value": "55%"}],
        }  # fmt: skip
        below = track(photo(material.photo(1)))
        yield Exhibit(
            Section.BLENDS,
            blend.value,
            described(Blend)[blend.value],
            job(below, track(layer)),
            f"blend: {blend.value}",
            bare=job(below, track({**layer, "blend": "normal"})),
        )


def _stickers(registry: Registry, material: Material) -> Iterator[Exhibit]:
    for name, offered in sorted(registry.stickers.items()):
        use: dict[str, Any] = {"name": name}
        if "text" in offered.value.model_fields:
            use["text"] = "-30%"
        box = ["0%", "0%", "100%", "100%"] if offered.value.fills else ["20%", "30%", "60%", "40%"]
        clip = {"kind": "sticker", "sticker": use, "duration": SECONDS, "box": box}
        below = track(photo(material.photo(3)))
        yield Exhibit(
            Section.STICKERS,
            name,
            summary_of(offered.value),
            job(below, track(clip)),
            f"{{kind: sticker, sticker: {name}, duration: 2}}",
            parameters_of(offered.value),
            bare=job(below),
        )


def _styles(registry: Registry, material: Material) -> Iterator[Exhibit]:
    for name, _ in sorted(registry.text_styles.items()):
        text = {"kind": "text", "text": "New 新品", "style": name, "duration": SECONDS,
                "box": ["6%", "30%", "88%", "40%"]}  # fmt: skip
        below = track(photo(material.photo(4)))
        yield Exhibit(
            Section.STYLES,
            name,
            "",
            job(below, track(text)),
            f"{{kind: text, text: …, style: {name}, duration: 2}}",
            bare=job(below),
            moments=(0.08, 0.2, 0.5, 0.9),
        )
