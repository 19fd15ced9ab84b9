"""Converts YAML text to plain values: scanned by libyaml, built here, to bound depth and size during parsing.

PyYAML's composer recurses once per level, and its constructor keeps a node, two marks and a generator for every
value. Building from libyaml's events takes a ninth of the time of PyYAML's Python loader and two thirds of that of
its C loader, and stops as soon as there are too many values. libyaml reads what PyYAML's scanner does, and also
accepts tabs between tokens and `?` inside words of a flow collection, as in YAML 1.2.
"""

from __future__ import annotations

import re
from typing import Any, Final, NoReturn

import yaml

from farm.errors import MachineError

NUMBERS: Final = ("int", "float", "timestamp")
_INT: Final = re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$")
_FLOAT: Final = re.compile(
    r"^(?:[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
)
_TAG: Final = "tag:yaml.org,2002:"
_ALLOWED: Final = {"str", "int", "float", "bool", "null"}
_ITEM: Final = object()
_NAME: Final = object()


class YamlSizeError(Exception):
    """The text nests too deeply, or contains too many values."""


class _Resolver(yaml.resolver.Resolver):
    """Resolves numbers as in YAML 1.2: ``9:16`` and ``0x0`` are text, not 556 and 0, and so are dates."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the base class has it so
        first: [(tag, pattern) for tag, pattern in resolvers if tag.rsplit(":", 1)[1] not in NUMBERS]
        for first, resolvers in yaml.resolver.Resolver.yaml_implicit_resolvers.items()
    }


_Resolver.add_implicit_resolver(f"{_TAG}int", _INT, list("-+0123456789"))
_Resolver.add_implicit_resolver(f"{_TAG}float", _FLOAT, list("-+0123456789."))


Marks = dict[tuple[int, Any], tuple[int, int, bool]]
"""For each value in a list or mapping, by the container's id and the index or name: line, column (both from 1), and
whether it is on a single line as written, without quotes."""


def load_yaml(text: str, *, max_depth: int, max_nodes: int, marks: Marks | None = None) -> Any:
    """Return the value of the single YAML document in ``text``; None if there is none.

    Only plain values are returned: text, numbers, booleans, None, lists and mappings. A duplicate name in a mapping is
    an error. An alias is the very value that it refers to, not a copy.

    Args:
        text: The document.
        max_depth: How many levels lists and mappings may nest below the outermost.
        max_nodes: How many values the text may contain, each alias counting as one.
        marks: Is filled with the place of every value, if given.

    Raises:
        yaml.YAMLError: the text is not YAML, or uses unsupported features.
        YamlSizeError: it nests too deeply or contains too many values.
        MachineError: PyYAML was built without libyaml.
    """
    wrong = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if wrong is not None:
        raise yaml.reader.ReaderError(
            "document", wrong.start(), ord(wrong.group()), "unicode", "special characters are not allowed"
        )
    events = _Events(text.removeprefix("\ufeff"))
    try:
        return _Builder(events, max_depth, max_nodes, marks).document()
    finally:
        events.close()


def _scanner() -> Any:
    if not yaml.__with_libyaml__:
        raise MachineError(
            "PyYAML was built without libyaml; install the wheel of PyPI: pip install -U pyyaml"
        )
    from yaml.cyaml import CParser  # type: ignore[attr-defined]  # its stub does not export it

    return CParser


class _Events:
    """The parser events of a text."""

    def __init__(self, text: str) -> None:
        self._parser = _scanner()(text)

    def next(self) -> Any:
        """Return the next event."""
        return self._parser.get_event()

    def close(self) -> None:
        """Free the parser's memory."""
        self._parser.dispose()


class _Builder:
    """Builds one document from events, using an explicit stack instead of recursion."""

    def __init__(self, events: _Events, max_depth: int, max_nodes: int, marks: Marks | None) -> None:
        self._events = events
        self._marks = marks
        self._max_depth = max_depth
        self._left = max_nodes
        self._resolve: Any = _Resolver().resolve
        self._scalars = yaml.constructor.SafeConstructor()
        self._anchors: dict[str, Any] = {}
        self._open: list[Any] = []

    def document(self) -> Any:
        self._events.next()  # the start of the stream
        event = self._events.next()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        value = self._value()
        self._events.next()  # the end of the document
        event = self._events.next()
        if not isinstance(event, yaml.StreamEndEvent):
            _refuse("but found another document", event.start_mark)
        return value

    def _value(self) -> Any:
        """Return the next complete value."""
        root: list[Any] = []
        # A container and what comes next in it: an item, a name, or the value of the name given here.
        stack: list[tuple[Any, Any]] = [(root, _ITEM)]
        while True:
            container, awaited = stack[-1]
            event = self._events.next()
            if isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
                stack.pop()
                self._open.pop()
                if len(stack) == 1:
                    return root[0]
                continue
            if awaited is _NAME:
                stack[-1] = (container, self._name(container, event))
                continue
            value, opened = self._begun(event)
            if self._marks is not None:
                key = len(container) if awaited is _ITEM else awaited
                self._marks[id(container), key] = _mark(event)
            if awaited is _ITEM:
                container.append(value)
            else:
                container[awaited] = value
                stack[-1] = (container, _NAME)
            if opened:
                if len(self._open) > self._max_depth:
                    raise YamlSizeError(f"nested deeper than {self._max_depth} levels")
                self._open.append(value)
                stack.append((value, _NAME if isinstance(value, dict) else _ITEM))
            elif len(stack) == 1:
                return value

    def _begun(self, event: Any) -> tuple[Any, bool]:
        """Return the value that an event begins, and whether its content follows."""
        self._left -= 1
        if self._left < 0:
            raise YamlSizeError("the document has too many values")
        if isinstance(event, yaml.AliasEvent):
            return self._aliased(event), False
        if event.anchor is not None and event.anchor in self._anchors:
            _refuse("second occurrence", event.start_mark)
        value: Any
        if isinstance(event, yaml.ScalarEvent):
            value, opened = self._scalar(event), False
        else:
            value, opened = self._container(event), True
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value, opened

    def _aliased(self, event: Any) -> Any:
        if event.anchor not in self._anchors:
            _refuse(f"found undefined alias {event.anchor!r}", event.start_mark)
        value = self._anchors[event.anchor]
        if isinstance(value, list | dict) and any(value is one for one in self._open):
            raise YamlSizeError("an alias is inside the value that it refers to")
        return value

    def _name(self, mapping: dict[Any, Any], event: Any) -> Any:
        if isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            _refuse("names must be text", event.start_mark)
        name, _ = self._begun(event)
        if not isinstance(name, str | int | float | bool):
            _refuse("names must be text", event.start_mark)
        if name in mapping:
            _refuse(f"`{str(name)[:80]}` is given twice", event.start_mark)
        return name

    def _container(self, event: Any) -> Any:
        kind, empty = ("seq", list) if isinstance(event, yaml.SequenceStartEvent) else ("map", dict)
        if event.tag not in (None, "!", _TAG + kind):
            self._refuse_tag(event.tag, event)
        return empty()

    def _scalar(self, event: Any) -> Any:
        tag = event.tag
        if tag is None or tag == "!":
            tag = self._resolve(yaml.ScalarNode, event.value, event.implicit)
        kind = tag.removeprefix(_TAG)
        if kind == "str":
            return event.value
        if kind not in _ALLOWED or not tag.startswith(_TAG):
            self._refuse_tag(tag, event)
        node = yaml.ScalarNode(tag, event.value, event.start_mark, event.end_mark)
        try:
            return getattr(self._scalars, f"construct_yaml_{kind}")(node)
        except (ValueError, KeyError, IndexError, OverflowError):
            _refuse(f"`{event.value[:40]}` is not a valid {kind}", event.start_mark)

    def _refuse_tag(self, tag: str, event: Any) -> NoReturn:
        _refuse(f"the tag `{tag.removeprefix(_TAG)[:80]}` is not allowed; remove it", event.start_mark)


def _mark(event: Any) -> tuple[int, int, bool]:
    mark = event.start_mark
    plain = getattr(event, "style", None) in (None, "") and event.end_mark.line == mark.line
    return mark.line + 1, mark.column + 1, plain


def _refuse(message: str, mark: Any) -> NoReturn:
    raise yaml.constructor.ConstructorError(None, None, message, mark)
