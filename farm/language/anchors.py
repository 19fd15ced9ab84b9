"""Anchors: boxes placed by what is around them, by the size of their neighbours, or by that of their own text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from farm.errors import did_you_mean, shortened
from farm.language.area import Area
from farm.language.fault import ExpressionError
from farm.language.records import AREA, PX, SETTING
from farm.language.scope import Closure, Compiled, Frame, Scope
from farm.language.source import Mapping, Node
from farm.language.structure import Structure
from farm.language.types import NUMBER, WRONG, Many, Number, Text, Type, a
from farm.language.typesetting import measured

_SIDES: Final = ("below", "above", "right_of", "left_of")
_EDGES: Final = ("left", "top", "right", "bottom")
KEYS: Final = ("in", "inset", *_SIDES, "gap", *_EDGES, "width", "height", "aspect", "text", "align", "valign")
"""What an entry of ``boxes`` may say."""
_CONSTRUCTS: Final = frozenset({"by_aspect", "if", "give"})
_ALIGN: Final[dict[str, float]] = {"left": 0.0, "center": 0.5, "right": 1.0}
_VALIGN: Final[dict[str, float]] = {"top": 0.0, "middle": 0.5, "bottom": 1.0}


@dataclass(frozen=True, slots=True)
class _Size:
    """A length: pixels, or a share of the room."""

    run: Closure
    share: bool

    def px(self, frame: Frame, room: float) -> float:
        value: float = self.run(frame)
        return value * room if self.share else value


@dataclass(slots=True)
class Anchors:
    """Compiles the entries of ``boxes``."""

    structure: Structure
    """Compiles the values in them."""

    def box(self, node: Node, scope: Scope) -> Compiled:
        """Compile an entry: an expression, or where the box lies and how large it is."""
        if not isinstance(node, Mapping):
            return self.structure.expression(node, scope, AREA, "a box")
        if not _CONSTRUCTS.isdisjoint(node.items):
            return self.structure.value(node, scope, AREA).compiled
        for name, item in node.without(*KEYS):
            self.structure.fail(item.place, f"`{shortened(name, 60)}` is no anchor{did_you_mean(name, KEYS)}")
        items = node.items
        room = self._area(node, "in", scope)
        inset = self._size(items.get("inset"), scope)
        sides = {side: found for side in _SIDES if (found := self._area(node, side, scope))}
        gap = self._size(items.get("gap"), scope)
        edges = {edge: found for edge in _EDGES if (found := self._px(node, edge, scope))}
        width, height = self._size(items.get("width"), scope), self._size(items.get("height"), scope)
        aspect = self._typed(node, "aspect", scope, NUMBER)
        text = self._text(node, scope)
        across = self._share(node, "align", scope, _ALIGN, 0.0 if width is None else 0.5)
        down = self._share(node, "valign", scope, _VALIGN, 0.0)
        parts = [room, *sides.values(), *edges.values(), aspect, *(text or ())]
        slots = frozenset().union(*(one.slots for one in parts if one is not None))

        def run(frame: Frame) -> Area:
            frame.run.step()
            area: Area = room.run(frame) if room is not None else frame.run.canvas.all
            if inset is not None:
                margin = inset.px(frame, min(area.width, area.height))
                area = area.inset(margin, margin)
            space = gap.px(frame, min(area.width, area.height)) if gap is not None else 0.0
            area = _beside(area, {side: one.run(frame) for side, one in sides.items()}, space)
            area = _edged(area, {edge: one.run(frame) for edge, one in edges.items()})
            if aspect is not None and width is None and height is None:
                ratio = aspect.run(frame)
                if ratio <= 0:
                    raise ExpressionError("an aspect is above 0")
                return area.fitted(ratio, across(frame), down(frame))
            wide = width.px(frame, area.width) if width is not None else area.width
            high = area.height
            if aspect is not None:
                wide, high = _proportioned(area, aspect.run(frame), width, height, frame)
            elif height is not None:
                high = height.px(frame, area.height)
            elif text is not None:
                high = _height_of(text, frame, wide)
            x = area.x + (area.width - wide) * across(frame)
            y = area.y + (area.height - high) * down(frame)
            return Area(x, y, wide, high)

        return self.structure.expressions.placed(Compiled(AREA, run, slots), node.place)

    def _typed(self, node: Mapping, name: str, scope: Scope, wanted: Type) -> Compiled | None:
        item = node.items.get(name)
        return None if item is None else self.structure.expression(item, scope, wanted, f"`{name}`")

    def _area(self, node: Mapping, name: str, scope: Scope) -> Compiled | None:
        return self._typed(node, name, scope, AREA)

    def _px(self, node: Mapping, name: str, scope: Scope) -> Compiled | None:
        return self._typed(node, name, scope, PX)

    def _size(self, node: Node | None, scope: Scope) -> _Size | None:
        if node is None:
            return None
        compiled = self.structure.expression(node, scope, None, "a length")
        if compiled.type is not WRONG and compiled.type not in (PX, NUMBER):
            self.structure.fail(
                node.place, f"a length is px or a share of the room (50%), not {a(compiled.type)}"
            )
        return _Size(compiled.run, share=compiled.type == NUMBER)

    def _text(self, node: Mapping, scope: Scope) -> tuple[Compiled] | None:
        item = node.items.get("text")
        if item is None:
            return None
        compiled = self.structure.expression(item, scope, None, "`text`")
        if compiled.type is not WRONG and not isinstance(compiled.type, Many):
            return (self.structure.expression(item, scope, SETTING, "`text`"),)
        self.structure.fail(
            item.place, "`text` is one setting; for several lines write `let: placed: = stack([…], box)`"
        )
        return None

    def _share(
        self, node: Mapping, name: str, scope: Scope, words: dict[str, float], otherwise: float
    ) -> Callable[[Frame], float]:
        item = node.items.get(name)
        if item is None:
            return lambda _: otherwise
        compiled = self.structure.value(item, scope).compiled
        run = compiled.run
        if isinstance(compiled.type, Number) and compiled.type == NUMBER:
            return lambda frame: float(run(frame))
        if (
            isinstance(compiled.type, Text)
            and compiled.type.values is not None
            and compiled.type.values <= words.keys()
        ):
            return lambda frame: words[run(frame)]
        if compiled.type is not WRONG:
            self.structure.fail(item.place, f"`{name}` is {', '.join(words)} or a share of the spare room")
        return lambda _: otherwise


def _height_of(text: tuple[Compiled], frame: Frame, width: float) -> float:
    line: dict[str, Any] = text[0].run(frame)
    frame.run.step(20 + len(line["text"]))
    return measured(line, width).height_px + 2


def _proportioned(
    area: Area, ratio: float, width: _Size | None, height: _Size | None, frame: Frame
) -> tuple[float, float]:
    if ratio <= 0:
        raise ExpressionError("an aspect is above 0")
    if width is not None:
        wide = width.px(frame, area.width)
        return wide, wide / ratio
    assert height is not None
    high = height.px(frame, area.height)
    return high * ratio, high


def _beside(area: Area, neighbours: dict[str, Area], gap: float) -> Area:
    left, top, right, bottom = area.x, area.y, area.right, area.bottom
    for side, other in neighbours.items():
        if side == "below":
            top = other.bottom + gap
        elif side == "above":
            bottom = other.y - gap
        elif side == "right_of":
            left = other.right + gap
        else:
            right = other.x - gap
    return Area(left, top, right - left, bottom - top)


def _edged(area: Area, edges: dict[str, float]) -> Area:
    left, top = edges.get("left", area.x), edges.get("top", area.y)
    right, bottom = edges.get("right", area.right), edges.get("bottom", area.bottom)
    return Area(left, top, right - left, bottom - top)
