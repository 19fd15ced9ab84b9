"""Previews of declarative templates: a starter product set in their style."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from farm.app import contact_sheet
from farm.model.template_document import TemplateDocument
from farm.work.library import starter_folder
from farm.work.settings import Settings
from farm.work.task import PlanTask
from farm.work.worker import Worker

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
        DocumentError: the template cannot be drawn.
    """
    from farm.work.render import render_stills

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
