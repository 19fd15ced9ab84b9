"""The stage: the canvas, media and elements that a document is compiled with, and what was found wrong on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from farm.draft.legibility import Lettering
from farm.errors import MAX_PROBLEMS, Problem
from farm.model.asset import Asset
from farm.model.color import parse_color
from farm.model.curve import Curve
from farm.model.curve_document import curve_of
from farm.model.document import ElementDocument, Unit, length_px
from farm.model.element_ref import ElementRef
from farm.model.font_file import FontFile
from farm.model.item_document import TimedDocument
from farm.model.look import Shadow
from farm.model.look_document import ShadowDocument
from farm.plugins.registry import Registry
from farm.plugins.resolve import resolve


@dataclass(slots=True)
class Stage:
    """Inputs and collected results of compiling a timeline."""

    width: int
    """Canvas width in pixels."""
    height: int
    """Canvas height in pixels."""
    rate: Fraction
    """Frames per second."""
    assets: dict[str, Asset]
    """Bound media by reference."""
    registry: Registry
    """Elements by name."""
    problems: list[Problem] = field(default_factory=list)
    """Problems found so far."""
    warnings: list[str] = field(default_factory=list)
    """Parts of the document that cannot be rendered quite as written."""
    fonts: Sequence[FontFile] = ()
    """Font files that texts may use beyond those that ship: the document's own, and those that the operator added."""
    letterings: list[Lettering] = field(default_factory=list)
    """The texts encountered so far."""

    @property
    def full(self) -> bool:
        """Whether as many problems are recorded as an error shows; looking for more only takes time."""
        return len(self.problems) >= MAX_PROBLEMS

    @property
    def short(self) -> int:
        """The canvas's shorter side."""
        return min(self.width, self.height)

    def problem(self, path: str, message: str) -> None:
        """Record a problem at a document path."""
        self.problems.append(Problem(path, message))

    def curve(
        self, clip: TimedDocument, name: str, path: str, whole: float, low: float, high: float
    ) -> Curve:
        """Return the curve of a clip's animated length; ``whole`` is 100 %."""
        return self.animated(getattr(clip, name), f"{path}.{name}", whole, low, high)

    def number(
        self,
        clip: TimedDocument,
        name: str,
        path: str,
        low: float,
        high: float,
        unit: Unit = Unit.NUMBER,
    ) -> Curve:
        """Return the curve of a clip's animated property that is not a length."""
        return self.animated(getattr(clip, name), f"{path}.{name}", 1, low, high, unit)

    def share(self, clip: TimedDocument, name: str, path: str, low: float, high: float) -> Curve:
        """Return the curve of a clip's animated property of which 1 is the whole."""
        return self.number(clip, name, path, low, high, Unit.SHARE)

    def animated(
        self, value: Any, path: str, whole: float, low: float, high: float, unit: Unit = Unit.LENGTH
    ) -> Curve:
        """Return the curve of an animated value at a document path; ``whole`` is 100 %."""
        return curve_of(
            value,
            rate=self.rate,
            whole=whole,
            path=path,
            low=low,
            high=high,
            problems=self.problems,
            unit=unit,
        )

    def shadow(self, value: ShadowDocument, path: str) -> Shadow | None:
        """Return a shadow in pixels; None if it is invalid, which is then recorded."""
        dx, dy, blur = (length_px(one, self.short) for one in (value.dx, value.dy, value.blur))
        known = len(self.problems)
        for name, offset in (("dx", dx), ("dy", dy)):
            if abs(offset) > 2 * self.short:
                allowed = "allowed: -200% to 200% of the short side"
                self.problem(f"{path}.shadow.{name}", f"out of range; {allowed}")
        if not 0 <= blur <= self.short / 2:
            self.problem(f"{path}.shadow.blur", "out of range; allowed: 0 to 50% of the short side")
        return Shadow(parse_color(value.color), dx, dy, blur) if len(self.problems) == known else None

    def elements(self, values: list[ElementDocument], path: str) -> tuple[ElementRef, ...]:
        """Return the effects that a document names."""
        refs = []
        for index, value in enumerate(values):
            if self.full:
                break
            ref, problems = resolve(
                self.registry.effects,
                value.name,
                value.params,
                f"{path}[{index}]",
                "effect",
                self.assets,
                rate=self.rate,
            )
            self.problems.extend(problems)
            if ref is not None:
                refs.append(ref)
        return tuple(refs)
