"""Plans of one MP4, as a job without formats has."""

from __future__ import annotations

from typing import Any

from farm.model.format import Format
from farm.model.timeline import Timeline
from farm.plan.cut import plan_pictures
from farm.plan.key import sound_key
from farm.plan.segment import Output, Picture, Plan, Quality


def plan_timeline(timeline: Timeline, quality: Quality, *, variants: int = 1, **options: Any) -> Plan:
    """Return the plan of a timeline's only MP4."""
    picture = Picture(timeline, (quality,), sound_key(timeline))
    output = Output("video", Format.MP4, 0, codings=(0,))
    return plan_pictures([picture], [output], variants=[variants], **options)
