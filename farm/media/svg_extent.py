"""How much an SVG draws, once what it uses again is counted each time: deep or endless drawings end the process."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from typing import Final

from farm.errors import MediaError

MAX_DEPTH: Final = 100
"""Nesting, references included, beyond which drawings are refused: from 200 to 300, resvg 0.5 overflows its stack."""
MAX_PARTS: Final = 50_000
"""Parts, each time they are used, beyond which drawings are refused: so many that fill it take 6 s to draw."""
_FILTERED: Final = 500
"""Parts that an element with a filter counts as."""
_OWN: Final = re.compile(r"url\(\s*(?:&quot;|[\"'])?#([^)\"'&]+)")
_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
_TOKEN: Final = re.compile(r"[#.]?[\w-]+")


def check_extent(name: str, root: ET.Element) -> None:
    """Check that a drawing is neither too deep nor too large.

    Raises:
        MediaError: it is, or a part of it uses itself.
    """
    _Extent(name, root).parts(root, 1)


class _Extent:
    """Counts the parts of a drawing."""

    def __init__(self, name: str, root: ET.Element) -> None:
        self._name = name
        self._by_id: dict[str, ET.Element] = {}
        self._known: dict[ET.Element, tuple[int, int]] = {}
        self._open: set[ET.Element] = set()
        self._rules: dict[str, list[str]] = {}
        for node in _nodes(name, root):
            if (own := node.get("id")) is not None:
                self._by_id.setdefault(own, node)
            if isinstance(node.tag, str) and node.tag.endswith("style"):
                self._add_rules("".join(node.itertext()))

    def _add_rules(self, sheet: str) -> None:
        for selector, body in _RULE.findall(sheet):
            used = _OWN.findall(body)
            for token in _TOKEN.findall(selector) if used else ():
                self._rules.setdefault(token, []).extend(used)

    def parts(self, node: ET.Element, depth: int) -> tuple[int, int]:
        """Return how many parts an element has, and how deep they are nested, with what it refers to."""
        known = self._known.get(node)
        if known is None:
            if node in self._open:
                raise MediaError(f"{self._name} has a part that uses itself; remove it from the drawing")
            if depth > MAX_DEPTH:
                raise self._too_deep()
            self._open.add(node)
            inner = [self.parts(one, depth + 1) for one in (*node, *self._used_by(node))]
            self._open.discard(node)
            weight = _FILTERED if "filter" in node.attrib or "filter:" in node.get("style", "") else 1
            count = weight + sum(parts for parts, _ in inner)
            known = self._known[node] = count, 1 + max((below for _, below in inner), default=0)
        if known[0] > MAX_PARTS:
            raise MediaError(
                f"{self._name} draws more than {MAX_PARTS:,} parts, counting those that it uses again; simplify it"
            )
        if depth + known[1] > MAX_DEPTH:
            raise self._too_deep()
        return known

    def _too_deep(self) -> MediaError:
        return MediaError(f"{self._name} is nested more than {MAX_DEPTH} deep; ungroup its parts")

    def _used_by(self, node: ET.Element) -> Iterator[ET.Element]:
        """Yield the elements that an element refers to."""
        names = [link.strip()[1:] for key, link in node.attrib.items() if key.rpartition("}")[2] == "href"]
        for value in node.attrib.values():
            if "url(" in value:
                names += _OWN.findall(value)
        if self._rules:
            names += [name for token in _tokens(node.attrib, node.tag) for name in self._rules.get(token, ())]
        for name in names:
            if (used := self._by_id.get(name.strip())) is not None:
                yield used


def _nodes(name: str, root: ET.Element) -> Iterator[ET.Element]:
    """Yield all elements; raise MediaError where they are nested too deep."""
    todo = [(root, 1)]
    while todo:
        node, depth = todo.pop()
        if depth > MAX_DEPTH:
            raise MediaError(f"{name} is nested more than {MAX_DEPTH} deep; ungroup its parts")
        yield node
        todo.extend((one, depth + 1) for one in node)


def _tokens(attributes: Mapping[str, str], tag: object) -> Iterator[str]:
    """Yield what selectors may call an element."""
    if isinstance(tag, str):
        yield tag.rpartition("}")[2]
    yield f"#{attributes.get('id', '')}"
    for name in attributes.get("class", "").split():
        yield f".{name}"
