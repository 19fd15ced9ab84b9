"""The job of a work: a document that any farm can render, now and later, without knowing the work."""

from __future__ import annotations

import json
import re
from typing import Any

from farm.model.work import MusicDocument, WorkDocument, WorkShot

_SLOT_PRODUCT = ("name", "price", "was", "currency", "points", "brand", "category", "tagline")
_POINTS = 12


def job_of(work: WorkDocument) -> dict[str, Any]:
    """Return the job document that makes a work's video; its media are named by their hashes."""
    slots: dict[str, Any] = {
        "shots": [_shot(shot) for shot in work.shots],
        "style": dict(work.template.style),
    }
    if work.product is not None:
        given = work.product.model_dump(mode="json", exclude_none=True)
        slots["product"] = {name: given[name] for name in _SLOT_PRODUCT if given.get(name)}
        slots["product"]["points"] = given.get("points", [])[:_POINTS]
        if kind := re.split(r"[>/|]", work.product.category)[-1].strip():
            # Shops give a category path; its last part is shown above the title.
            slots["product"]["category"] = kind[:80]
    music = work.music or (MusicDocument(ref=work.template.music) if work.template.music else None)
    if music is not None:
        slots["music"] = str(music.ref)
    if work.template.logo:
        slots["logo"] = str(work.template.logo)
    if cta := work.cta or work.template.cta:
        slots["cta"] = cta
    return {
        "name": work.name,
        "template": work.template.engine,
        "slots": slots,
        "output": work.output.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
    }


def job_text(work: WorkDocument) -> str:
    """Return the job document as text: the same work gives the same bytes."""
    return json.dumps(job_of(work), ensure_ascii=False, indent=1, sort_keys=True)


def _shot(shot: WorkShot) -> dict[str, Any]:
    data: dict[str, Any] = {"role": shot.role, "seconds": shot.length_s}
    for name in ("words", "label", "layout"):
        if value := getattr(shot, name):
            data[name] = value
    if shot.show is not None:
        data["show"] = f"sha256:{shot.show.asset}"
        if shot.show.kind == "video":
            data["start"] = shot.show.start_s
            if shot.show.stop_s is not None:
                data["stop"] = shot.show.stop_s
        if shot.show.near > 1:
            data["near"] = shot.show.near
    return data
