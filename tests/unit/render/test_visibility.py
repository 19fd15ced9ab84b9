"""Casts: the same clips and transitions as when each frame is looked at on its own."""

from __future__ import annotations

from farm.model.color import Color
from farm.model.element_ref import ElementRef
from farm.model.look import ShapeLook
from farm.model.placement import Box, Placement
from farm.model.source import ShapeSource
from farm.model.timeline import Clip, Track, Transition
from farm.render.visibility import Casts, transition_at, visible


def test_a_cast_holds_for_all_frames_of_its_run() -> None:
    source = ShapeSource(ShapeLook("rect", fill=Color(9, 9, 9)))
    lengths = ((2, 10), (12, 8), (25, 6))
    clips = tuple(Clip(source, start, length, Placement(Box(0, 0, 8, 8))) for start, length in lengths)
    track = Track(clips, (Transition(12, 3, 2, ElementRef("basics.fade")),))
    casts = Casts()
    for number in (*range(-2, 40), *range(39, -3, -1)):
        cast = casts.at(track, number)
        assert cast.clips == tuple(visible(track, number))
        assert cast.passing == transition_at(track, number)
