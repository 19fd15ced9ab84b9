"""Which pictures and codings outputs share, and what the scheduler is told about them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from farm.model.output_document import OutputDocument
from farm.model.timeline import Timeline
from farm.plan.cut import plan_pictures
from farm.plan.outputs import outputs_of
from farm.plan.segment import Plan

CANVAS = Timeline(160, 90, Fraction(30), 60, ())
OTHER = Timeline(90, 90, Fraction(30), 60, ())


def plan(*wanted: tuple[str, Timeline, dict[str, Any]]) -> Plan:
    documents = [
        (
            name,
            OutputDocument.model_validate({"size": [timeline.width_px, timeline.height_px], **given}),
            timeline,
        )
        for name, timeline, given in wanted
    ]
    pictures, outputs, variants = outputs_of(documents)
    return plan_pictures(pictures, outputs, variants=variants)


def test_equal_settings_are_one_coding() -> None:
    made = plan(
        ("mp4", CANVAS, {}),
        ("hls", CANVAS, {"format": "hls"}),
        ("limited", CANVAS, {"max_size": "1 MB"}),
        ("gif", CANVAS, {"format": "gif", "fps": 25}),
        ("square", OTHER, {}),
    )
    assert [len(picture.codings) for picture in made.pictures] == [2, 1]
    assert [output.codings for output in made.outputs] == [(0,), (0,), (0,), (), (0,)]
    assert [output.lossless for output in made.outputs] == [None, None, 1, 1, None]
    assert [output.picture for output in made.outputs] == [0, 0, 0, 0, 1]
    assert [len(segment.keys) for segment in made.segments] == [2, 1]


def test_a_further_output_does_not_change_the_keys_of_the_first() -> None:
    alone = plan(("mp4", CANVAS, {}))
    more = plan(
        ("mp4", CANVAS, {}), ("hevc", CANVAS, {"format": "hevc"}), ("small", CANVAS, {"size": [80, 46]})
    )
    assert [one.key for one in more.segments] == [one.key for one in alone.segments]
    assert len({key for one in more.segments for key in one.keys}) == 3
    assert more.pictures[0].codings[2].size_px == (80, 46)


def test_sound_alone_needs_no_segments() -> None:
    made = plan(("m4a", CANVAS, {"format": "m4a"}))
    assert (made.segments, made.frames, made.encoder, made.needed_encoder) == ((), 0, "", "")


def test_a_card_is_needed_if_any_output_is_encoded_on_it() -> None:
    made = plan(("mp4", CANVAS, {}), ("fast", CANVAS, {"encoder": "nvenc"}))
    assert (made.encoder, made.needed_encoder) == ("libx264", "h264_nvenc")


def test_encoding_as_a_whole_is_part_of_the_estimate() -> None:
    assert plan(("mp4", CANVAS, {})).whole_cost_s == 0
    slow = plan(("webm", CANVAS, {"format": "webm", "max_size": "1 MB"}))
    quick = plan(("mp4", CANVAS, {"max_size": "1 MB"}))
    assert slow.whole_cost_s > quick.whole_cost_s > 0
