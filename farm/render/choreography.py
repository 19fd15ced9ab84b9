"""How the parts of a text are posed at a moment: its animations and its spoken words, asked of their animators."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Final, Protocol

from farm.model.easing import EASINGS
from farm.model.element_ref import ElementRef
from farm.model.rich_text import Order, Phase, RichText, Speech, TextAnimation, TextUnit
from farm.render.animator import REST, PartPose, Spoken, TextPart
from farm.render.parts import Part, SpokenUnit, Unit
from farm.render.typeset import Typeset


class CalledAnimator(Protocol):
    """An animator as it is called while drawing: timed, its results checked."""

    def pose(self, part: TextPart, moment: float | Spoken) -> PartPose:
        """Return how a part is drawn."""


AnimatorAt = Callable[[ElementRef], CalledAnimator]
"""Returns the animator that a reference names."""


@dataclass(frozen=True, slots=True)
class Posed:
    """A pose of the unit that a part belongs to."""

    pose: PartPose
    """How it is drawn."""
    left: float
    """The unit's left edge in the block, in pixels."""
    right: float
    """Its right edge."""
    line: int
    """Its line."""
    backwards: bool
    """Whether it runs from right to left."""


@dataclass(slots=True)
class Choreography:
    """The poses of a text at a frame."""

    typeset: Typeset
    """The text."""
    rich: RichText
    """Its animations, and the frame."""
    rate: Fraction
    """Frames per second."""
    animator: AnimatorAt
    """Returns animators."""
    _known: dict[tuple[int, int], PartPose] = field(default_factory=dict)

    def poses(self, part: Part) -> list[Posed]:
        """Return the poses of a part's units, those of the largest unit first."""
        frame = self.rich.frame
        if frame is None:
            return []
        found = []
        for index, animation in enumerate(self.rich.animations):
            units = self.typeset.parts.units[animation.unit]
            unit = self.typeset.parts.unit_of(part, animation.unit)
            known = self._known.get((index, unit.index))
            if known is None:
                known = self._known[index, unit.index] = self._pose(animation, units, unit, frame)
            if known != REST:
                found.append((_SIZES[animation.unit], known, unit))
        if self.rich.speech is not None and part.spoken >= 0:
            word = self.typeset.parts.spoken[part.spoken]
            known = self._known.get((-1, part.spoken))
            if known is None:
                known = self._known[-1, part.spoken] = self._spoken(self.rich.speech, word, frame)
            if known != REST:
                found.append((_SIZES[TextUnit.WORD], known, word.unit))
        found.sort(key=lambda one: one[0])
        if not self.typeset.words.words.look.vertical:
            return [Posed(pose, unit.left, unit.right, unit.line, part.backwards) for _, pose, unit in found]
        # In a column, the parts of a unit stand below each other: each is posed by itself, one after the other.
        return [
            Posed(self._of_part(pose, part, unit), part.left, part.right, part.line, part.backwards)
            for _, pose, unit in found
        ]

    def _of_part(self, pose: PartPose, part: Part, unit: Unit) -> PartPose:
        """Return a unit's pose for a part of it: what covers a share of the unit covers its first parts."""
        width = max(1e-6, unit.right - unit.left)
        start, share = (part.left - unit.left) / width, max(1e-6, (part.right - part.left) / width)

        def own(extent: float) -> float:
            return min(1.0, max(0.0, (extent - start) / share)) if extent < 1 else extent

        return replace(
            pose,
            sweep=own(pose.sweep),
            plate_extent=own(pose.plate_extent),
            line_extent=own(pose.line_extent),
        )

    def _part(self, unit: Unit, units: tuple[Unit, ...], seed: int) -> TextPart:
        block = self.typeset.measured.block
        lines = len(self.typeset.measured.baselines)
        middle = (unit.left + unit.right) / 2 / max(1.0, block.longest_px)
        width_em = (unit.right - unit.left) / block.size_px
        return TextPart(
            unit.index, len(units), unit.line, lines, width_em, middle, (unit.line + 0.5) / lines, seed
        )

    def _pose(self, animation: TextAnimation, units: tuple[Unit, ...], unit: Unit, frame: float) -> PartPose:
        count = len(units)
        rank = ranks(count, animation.order, animation.seed)[unit.index]
        stagger = animation.stagger_of(count)
        part = self._part(unit, units, animation.seed)
        animator = self.animator(animation.element.at(frame))
        if animation.phase is Phase.LOOP:
            turn = (frame - animation.start - rank * stagger) / animation.frames
            return animator.pose(part, turn) if frame >= animation.start else REST
        if animation.phase is Phase.ENTER:
            progress = (frame + 1 - animation.start - rank * stagger) / animation.frames
        else:
            leaves = animation.start - (count - 1 - rank) * stagger
            progress = (leaves - frame) / animation.frames
        if progress >= 1:
            return REST
        return animator.pose(part, EASINGS[animation.ease](max(0.0, progress)) if progress > 0 else 0.0)

    def _spoken(self, speech: Speech, spoken: SpokenUnit, frame: float) -> PartPose:
        word = speech.words[spoken.word]
        length = word.stop - word.start
        # A word on two lines is spoken on one after the other.
        start = word.start + length * spoken.before
        stop = start + length * spoken.share
        last = max((index for index, one in enumerate(speech.words) if one.start <= frame), default=-1)
        moment = Spoken(
            min(1.0, max(0.0, (frame - start) / max(1e-6, stop - start))),
            float((frame - start) / self.rate),
            float((frame - stop) / self.rate),
            last == spoken.word,
        )
        units = tuple(one.unit for one in self.typeset.parts.spoken)
        return self.animator(speech.element.at(frame)).pose(self._part(spoken.unit, units, 1), moment)


_SIZES: Final = {TextUnit.LINE: 0, TextUnit.WORD: 1, TextUnit.CHAR: 2}


def ranks(count: int, order: Order, seed: int) -> list[int]:
    """Return when each of a number of units begins: its place in an order."""
    numbers = list(range(count))
    if order == "backward":
        numbers.reverse()
    elif order == "center":
        numbers.sort(key=lambda index: (abs(index - (count - 1) / 2), index))
    elif order == "edges":
        numbers.sort(key=lambda index: (-abs(index - (count - 1) / 2), index))
    elif order == "random":
        random.Random(seed).shuffle(numbers)
    places: list[Any] = [0] * count
    for rank, index in enumerate(numbers):
        places[index] = rank
    return places
