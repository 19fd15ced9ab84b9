"""What is wrong with an output of a timeline: transparency, sound, size and times that its format cannot hold."""

from __future__ import annotations

from collections.abc import Iterator

from farm.errors import Problem
from farm.model.budget import budget_of
from farm.model.format import FACTS
from farm.model.output_document import MAX_SPRITES, OutputDocument
from farm.model.timebase import parse_seconds, to_frame
from farm.model.timeline import Timeline


def output_problems(output: OutputDocument, timeline: Timeline, path: str) -> Iterator[Problem]:
    """Yield what is wrong with an output of a timeline; ``path`` is its document path."""
    facts, alpha = output.facts, timeline.background.a < 255
    if facts.picture and alpha and not facts.alpha:
        able = ", ".join(one.value for one, other in FACTS.items() if other.alpha)
        yield Problem(
            f"{path}.format",
            f"{facts.name} cannot be transparent, but `timeline.background` is {timeline.background.hex()}; give an "
            f"opaque background, or a format that can: {able}",
        )
    if facts.picture and alpha and output.device == "gpu":
        yield Problem(f"{path}.device", "transparent videos are composed on the CPU; leave `device` out")
    if not facts.picture and not timeline.sound.clips:
        yield Problem(
            f"{path}.format",
            f"{facts.name} holds only sound, but the video has none; add a sound, or leave it out",
        )
    if output.limit_bytes is not None:
        width, height = output.pixels()
        try:
            budget_of(
                output.limit_bytes,
                duration_s=timeline.duration_s,
                pixels_a_s=width * height * timeline.rate,
                sounds=bool(timeline.sound.clips),
            )
        except ValueError as error:
            yield Problem(f"{path}.max_size", str(error))
    if output.poster is not None:
        at = to_frame(parse_seconds(output.poster.at, timeline.rate), timeline.rate)
        if not 0 <= at < timeline.duration:
            yield Problem(
                f"{path}.poster.at",
                f"is {output.poster.at}, but the video lasts {float(timeline.duration_s):.3f} s; give a time within it",
            )
    if output.sprites is not None and timeline.duration_s / output.sprites.every > MAX_SPRITES:
        least = -(-timeline.duration_s // MAX_SPRITES)
        yield Problem(
            f"{path}.sprites.every",
            f"gives more than {MAX_SPRITES} pictures; write at least {least} for a video of this length",
        )
