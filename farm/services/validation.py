"""The properties of the video that a draft would produce."""

from __future__ import annotations

from farm.contract.previews import Validation
from farm.draft.draft import Draft


def validation_of(drafted: Draft) -> Validation:
    """Return the properties of a draft's video."""
    timeline = drafted.timeline
    return Validation(
        name=drafted.name,
        template=drafted.template,
        width_px=timeline.width_px,
        height_px=timeline.height_px,
        rate=str(timeline.rate),
        frames=timeline.duration,
        duration_s=float(timeline.duration_s),
        warnings=list(drafted.warnings),
    )
