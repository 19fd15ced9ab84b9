"""Previews: starter material shown in a declarative template, or with an effect, a transition or other element."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from farm.draft.starter_library import starter_folder
from farm.errors import DocumentError, Problem, did_you_mean
from farm.guard.lane import Lane
from farm.model.template_document import TemplateDocument
from farm.plugins.registry import Registry
from farm.render.animator import TextHighlight
from farm.settings import Settings
from farm.worker.stills import contact_sheet
from farm.worker.task import PlanTask
from farm.worker.worker import Worker

_SHOTS: Final[tuple[dict[str, Any], ...]] = (
    {"role": "cover", "words": "A watch for every day", "show": "media/watch.jpg", "seconds": 2},
    {"role": "problem", "words": "Late again?", "seconds": 2},
    {"role": "feature", "words": "Gold-tone stainless steel", "show": "media/watch.jpg", "seconds": 2},
    {"role": "use", "words": "On your desk, at your table", "show": "media/mug.jpg", "seconds": 2},
    {"role": "detail", "words": "A clear, quiet dial", "show": "media/watch.jpg", "seconds": 2},
    {"role": "price", "words": "Now", "show": "media/watch.jpg", "seconds": 2},
    {"role": "outro", "words": "It's about time", "show": "media/watch.jpg", "seconds": 2},
)


def template_sheet(document: Mapping[str, Any], aspect: str, settings: Settings) -> NDArray[np.uint8]:
    """Return one frame of each kind of shot in a template's style, side by side, as sRGB (height, width, 3).

    Raises:
        DocumentError: the template cannot be rendered.
        PluginError: its engine, or an element of it, failed.
    """
    return Lane(settings.element_limit_s).do(lambda: _template_sheet(document, aspect, settings))


def _template_sheet(document: Mapping[str, Any], aspect: str, settings: Settings) -> NDArray[np.uint8]:
    from farm.worker.render import render_stills

    template = TemplateDocument.model_validate(dict(document))
    job = {
        "template": template.engine,
        "slots": {
            "shots": list(_SHOTS),
            "style": template.style,
            "product": {"name": "Watch", "price": 109.99, "was": 149.0, "currency": "USD"},
            **({"cta": template.cta} if template.cta else {}),
        },
        "output": {"aspect": aspect, "short_side": 480},
    }
    worker = Worker(settings)
    drafted = worker.draft(PlanTask("preview", json.dumps(job), template.name, str(starter_folder())))
    frames = [int(30 * (2 * index + 1.3)) for index in range(len(_SHOTS))]
    stills = render_stills(drafted.timeline, frames, worker.registry, worker.stills, worker.drawings)
    return contact_sheet(stills, tile_px=360, columns=len(_SHOTS))


def element_sheet(name: str, settings: Settings) -> NDArray[np.uint8]:
    """Return frames that show an element, side by side, as sRGB (height, width, 3).

    Raises:
        DocumentError: no effect, transition, text style, sticker or animator has this name.
        PluginError: it failed.
    """
    return Lane(settings.element_limit_s).do(lambda: _element_sheet(name, settings))


def _element_sheet(name: str, settings: Settings) -> NDArray[np.uint8]:
    from farm.worker.render import render_stills

    worker = Worker(settings)
    registry = worker.registry
    clips = _shown(name, registry)
    if clips is None:
        kinds = registry.effects, registry.transitions, registry.text_styles, registry.stickers
        known = [name for kind in (*kinds, registry.animators) for name in kind]
        message = f"no element is called `{name}`{did_you_mean(name, known)}"
        raise DocumentError([Problem("NAME", message)], source="farm elements")
    job = {"timeline": {"tracks": clips, "background": "#26272b"}, "output": {"size": "360x360", "fps": 30}}
    drafted = worker.draft(PlanTask("preview", json.dumps(job), name, str(starter_folder())))
    last = drafted.timeline.duration - 1
    # A transition is sampled in the middle third; everything else from start to end.
    first, run = (0.34, 0.32) if name in registry.transitions else (0.0, 1.0)
    frames = sorted({round(last * (first + run * step / 5)) for step in range(6)})
    stills = render_stills(drafted.timeline, frames, registry, worker.stills, worker.drawings)
    return contact_sheet(stills, tile_px=240, columns=len(frames))


def _shown(name: str, registry: Registry) -> list[dict[str, Any]] | None:
    """Return tracks that show an element; None if there is none with that name."""
    one = {"kind": "image", "src": "media/mug.jpg", "duration": 1.5}
    other = {"kind": "image", "src": "media/sunglasses.jpg", "duration": 1.5}
    if name in registry.transitions:
        return [{"clips": [one, {"kind": "transition", "use": name, "duration": 1.0}, other]}]
    if name in registry.effects:
        # The left half is unaffected, for comparison.
        half = {**one, "box": ["50%", 0, "50%", "100%"], "effects": [name]}
        return [{"clips": [{**one, "box": [0, 0, "50%", "100%"]}]}, {"clips": [half]}]
    if name in registry.text_styles:
        return [
            {"clips": [one]},
            {"clips": [{"kind": "text", "text": "Every day 每一天", "style": name, "duration": 1.5}]},
        ]
    if name in registry.animators:
        text = {
            "kind": "text",
            "text": "Every day 每一天",
            "style": "basics.outline",
            "enter": "none",
            "duration": 1.5,
        }
        if issubclass(registry.animators[name].value, TextHighlight):
            words = [("Every", 0.1, 0.5), ("day", 0.5, 0.9), ("每一天", 0.9, 1.4)]
            times = [{"text": word, "start": start, "end": end} for word, start, end in words]
            return [{"clips": [one]}, {"clips": [{**text, "highlight": name, "words": times}]}]
        return [{"clips": [one]}, {"clips": [{**text, "animate": [name]}]}]
    if name in registry.stickers:
        box = ["20%", "20%", "60%", "60%"]
        return [
            {"clips": [{"kind": "sticker", "sticker": name, "box": box, "duration": 1.5, "enter": "pop"}]}
        ]
    return None
