"""Works and material for tests of cuts."""

from __future__ import annotations

from typing import Any

from farm.cut.material import Material
from farm.model.template_document import TemplateDocument
from farm.model.work import WorkDocument, WorkShot

ROLES = ("cover", "problem", "feature", "use", "feature", "price", "outro")


def shot(index: int, role: str, **more: Any) -> WorkShot:
    return WorkShot.model_validate(
        {"id": f"s{index + 1}", "role": role, "words": f"Words of shot {index + 1}", **more}
    )


def work(*shots: WorkShot, **more: Any) -> WorkDocument:
    given = list(shots) or [shot(index, role) for index, role in enumerate(ROLES)]
    return WorkDocument.model_validate(
        {"name": "w", "template": TemplateDocument(name="t"), "shots": given, **more}
    )


def picture(index: int, **more: Any) -> Material:
    given: dict[str, Any] = {"rank": index, "aspect": 0.75, "short_px": 1000, "quality": 0.7} | more
    return Material(asset=f"{index:064x}", kind="image", name=f"{index}.jpg", **given)


def clip(index: int, start_s: float = 0.0, stop_s: float = 6.0, **more: Any) -> Material:
    given: dict[str, Any] = {"rank": index, "aspect": 0.5625, "short_px": 720, "quality": 0.7} | more
    return Material(
        asset=f"{index:064x}", kind="video", name=f"{index}.mp4", start_s=start_s, stop_s=stop_s, **given
    )
