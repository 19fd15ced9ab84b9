"""A template as a whole: its sections, read and checked, ready to draft."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from farm.errors import DocumentError, Problem, did_you_mean, shortened
from farm.language.anchors import Anchors
from farm.language.constructs import Constructs
from farm.language.expression import Expressions
from farm.language.fault import ExpressionError, Fault, Faults, Place
from farm.language.functions import FUNCTIONS, NAMED
from farm.language.parts import declare
from farm.language.records import CANVAS
from farm.language.scope import Compiled, Frame, Run, Scope
from farm.language.slot_checks import unbound, with_checks
from farm.language.slots import Fill, SlotReader
from farm.language.source import Mapping as MappingNode
from farm.language.source import Node, Scalar, Sequence, read_tree
from farm.language.structure import Structure
from farm.language.template_text import TemplateText, used_names
from farm.language.types import (
    CLIPS,
    COLOR,
    DOCUMENT,
    LARGEST_RECORD,
    UNITS,
    Number,
    Record,
    Text,
    Type,
    parse_type,
)
from farm.language.value import Value
from farm.model.color import BLACK, WHITE
from farm.model.parse import MAX_NODES
from farm.model.problems import problems_of
from farm.model.timeline_document import TimelineDocument
from farm.plugins.template import Brief

SECTIONS: Final = ("name", "summary", "use", "slots", "checks", "types", "let", "boxes", "parts", "timeline")
"""What a template consists of; files that it uses have all but `name`, `summary` and `timeline`."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*")
_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_FPS: Final = Number(UNITS["f"].over(UNITS["s"]))


@dataclass(slots=True)
class Program:
    """A compiled template."""

    name: str
    """Its name."""
    summary: str
    """One sentence."""
    slots: type[BaseModel]
    """The model of its slots."""
    timeline: Value
    """Makes the timeline."""
    scope: Scope
    """Its own names."""
    fill: Fill
    """Turns checked slots into values."""
    warnings: list[Fault]
    """What is of no use in it."""
    samples: dict[int, Any] = field(default_factory=dict)
    """Samples of named values, by the identity of their definitions."""

    def raw(self, brief: Brief, trace: dict[int, Any] | None = None) -> Any:
        """Return the timeline as plain data.

        Raises:
            Fault: a value cannot be computed from these slots.
        """
        run = Run(brief, trace)
        frame = run.globals = Frame(run, None, len(self.scope.names))
        frame.values[:4] = [self.fill(brief.slots, brief.media), run.canvas, run.fps, brief.language]
        frame.values[4:6] = [WHITE, BLACK]
        try:
            return self.timeline.run(frame)
        except ExpressionError as error:
            raise Fault(Place(self.name, 0), str(error)) from None
        except RecursionError:
            raise Fault(
                Place(self.name, 0), "its values depend on each other through too many steps"
            ) from None

    def draft(self, brief: Brief) -> TimelineDocument:
        """Return the timeline.

        Raises:
            DocumentError: these slots give no valid timeline; each problem is at a slot, and names the template's line.
        """
        try:
            raw = self.raw(brief)
            _check_size(raw, self.name)
            return TimelineDocument.model_validate(raw)
        except Fault as fault:
            raise DocumentError(_at_slots(fault.slots, f"{fault}"), source=self.name) from fault
        except ValidationError as error:
            raise DocumentError(self._refused(brief, error), source=self.name) from error

    def _refused(self, brief: Brief, error: ValidationError) -> list[Problem]:
        return [placed for one in problems_of(error, TimelineDocument) for placed in self.placed(brief, one)]

    def placed(self, brief: Brief, problem: Problem) -> list[Problem]:
        """Return a problem of the drafted timeline as one of the template's line, at the slots that it is from."""
        trace: dict[int, Any] = {}
        raw = self.raw(brief, trace)
        place, slots, word = _traced(raw, problem.path, trace)
        where = f"{place}: " if place is not None else ""
        return _at_slots(slots, f"{where}`{word}`: {problem.message}")


def _at_slots(slots: frozenset[str], message: str) -> list[Problem]:
    """Return a problem at the slots from which a value is computed, or at the template."""
    if not slots:
        return [Problem("template", message)]
    first, *others = sorted(slots)
    also = f" (computed from {', '.join([first, *others][:6])})" if others else ""
    return [Problem(first, f"{message}{also}")]


def _traced(raw: Any, path: str, trace: Mapping[int, Any]) -> tuple[Place | None, frozenset[str], str]:
    """Return where the template writes the value at a path of a draft, from which slots, and the field's name."""
    place: Place | None = None
    slots: frozenset[str] = frozenset()
    word = path
    for name, index in _STEP.findall(path):
        if isinstance(raw, dict) and id(raw) in trace:
            here, fields, _ = trace[id(raw)]
            place, slots = fields.get(name, (here, frozenset()))
        word = name or word
        try:
            raw = raw[int(index)] if index else raw[name]
        except (KeyError, IndexError, TypeError):
            break
    return place, slots, word


def _check_size(raw: Any, name: str) -> None:
    """Check that a timeline is not too large: values may share parts, of which each use counts."""
    sizes: dict[int, int] = {}

    def size(node: Any) -> int:
        total = len(node)
        for item in node.values() if type(node) is dict else node:
            if type(item) is dict or type(item) is list:
                total += sizes.get(id(item)) or size(item)
        if total > MAX_NODES:
            raise Fault(Place(name, 0), f"its timeline has more than {MAX_NODES:,} values")
        sizes[id(node)] = total
        return total

    size(raw)


def compiled(text: TemplateText) -> Program:
    """Return the program of a template.

    Raises:
        DocumentError: with all its problems and their lines.
    """
    program, faults = compiled_with_faults(text)
    if faults.found:
        raise DocumentError(faults.problems(), source=text.source)
    return program


def compiled_with_faults(text: TemplateText) -> tuple[Program, Faults]:
    """Return the program of a template as far as it can be compiled, and what is wrong with it.

    Raises:
        DocumentError: it cannot be read as YAML, or its values depend on each other through too many steps.
    """
    faults = Faults()
    try:
        return _Reader(text, faults).program(), faults
    except RecursionError:
        message = "its values depend on each other through too many steps"
        raise DocumentError([Problem("", message)], source=text.source) from None


class _Reader:
    """Reads the sections of a template and of the files that it uses."""

    def __init__(self, text: TemplateText, faults: Faults) -> None:
        self._text = text
        self._faults = faults
        self._scope = Scope()
        self._expressions = Expressions(faults, FUNCTIONS, lambda name: self._constructs.function(name))
        self._structure = Structure(self._expressions, dict(NAMED))
        self._structure.types |= {"document": DOCUMENT, "clips": CLIPS}
        self._constructs = Constructs(self._structure, self._scope)
        self._structure.constructs = self._constructs
        self._constructs.box = Anchors(self._structure).box
        self._slots: dict[str, Node] = {}
        self._own: set[str] = set()
        self._declared: frozenset[str] = frozenset()

    def program(self) -> Program:
        root = read_tree(self._text.text, self._text.source)
        name, summary = self._word(root, "name"), self._word(root, "summary")
        if name and not _NAME.fullmatch(name):
            self._fail(root.items["name"], f"`{shortened(name, 80)}` is no name; write it as shop.card")
        for section, item in root.without(*SECTIONS):
            self._fail(
                item,
                f"`{shortened(section, 60)}` is no section of a template{did_you_mean(section, SECTIONS)}",
            )
        files = [*self._used(root), root]
        for file in files:
            for word, item in self._section(file, "slots").items.items():
                self._slots[word] = _changed(self._slots.get(word), item)
        model, fill = self._read_slots(name, files)
        for file in files:
            self._read_types(self._section(file, "types"))
        for file in files:
            self._read_names(file, own=file is root)
        body = root.items.get("timeline")
        if body is None:
            self._fail(root, "`timeline` is missing: what the template draws")
            body = MappingNode({}, root.place)
        timeline = self._structure.value(body, self._scope, DOCUMENT)
        self._look_for_unused()
        return Program(
            name, summary, model, timeline, self._scope, fill, self._faults.warnings, self._constructs.samples
        )

    def _fail(self, node: Node, message: str) -> None:
        self._faults.add(node.place, message)

    def _word(self, root: MappingNode, name: str) -> str:
        item = root.items.get(name)
        if item is None:
            self._fail(root, f"`{name}` is missing")
            return ""
        if not isinstance(item, Scalar) or not isinstance(item.value, str):
            self._fail(item, f"`{name}` is text")
            return ""
        return item.value

    def _section(self, root: MappingNode, name: str) -> MappingNode:
        item = root.items.get(name)
        if item is None:
            return MappingNode({}, root.place)
        if not isinstance(item, MappingNode):
            self._fail(item, f"`{name}` is a mapping of names")
            return MappingNode({}, root.place)
        return item

    def _used(self, root: MappingNode) -> list[MappingNode]:
        found: list[MappingNode] = []
        texts = dict(self._text.used)
        for item in used_names(root):
            name = str(item.value)
            if name not in texts:
                self._fail(item, f"there is no file `{shortened(name, 80)}` beside the template")
                continue
            tree = read_tree(texts[name], name)
            allowed = [one for one in SECTIONS if one not in ("name", "summary", "use", "timeline")]
            for section, node in tree.without(*allowed):
                self._fail(
                    node,
                    f"a file that is used has no `{shortened(section, 60)}`{did_you_mean(section, allowed)}",
                )
            found.append(tree)
        return found

    def _read_slots(self, name: str, files: list[MappingNode]) -> tuple[type[BaseModel], Fill]:
        reader = SlotReader(self._faults)
        word = "".join(part.title() for part in re.split(r"\W+", name or "Template"))
        model, kind, fill = reader.model(f"{word}Slots", self._slots, f"Slots of {name}.")
        self._declared = frozenset(kind.fields)
        everywhere = Place(self._text.source, 1)
        for word_, type_ in (
            ("slots", kind), ("canvas", CANVAS), ("fps", _FPS), ("language", Text(frozenset({"en", "zh"}))),
            ("white", COLOR), ("black", COLOR),
        ):  # fmt: skip
            self._scope.define(word_, everywhere, known=Compiled(type_, _unread))
        checks = [check for file in files for check in self._checks(file, kind)]
        return (with_checks(model, checks, fill) if checks else model), fill

    def _checks(self, file: MappingNode, kind: Record) -> list[tuple[Compiled, str]]:
        section = file.items.get("checks")
        if section is None:
            return []
        scope = Scope()
        scope.define("slots", file.place, known=Compiled(unbound(kind), _unread))
        found = []
        for item in section.items if isinstance(section, Sequence) else ():
            said = item.items.get("message") if isinstance(item, MappingNode) else None
            if not isinstance(item, MappingNode) or "that" not in item.items or not isinstance(said, Scalar):
                self._fail(
                    item, "a check has `that`, a condition on slots, and `message`, for when it does not hold"
                )
                continue
            test, _ = self._structure.condition(item.items["that"], scope)
            found.append((test, str(said.value)))
        if not isinstance(section, Sequence):
            self._fail(section, "`checks` is a list")
        return found

    def _read_types(self, section: MappingNode) -> None:
        for name, item in section.items.items():
            if name in self._structure.types or not isinstance(item, MappingNode):
                what = (
                    "is a type already"
                    if name in self._structure.types
                    else "is a mapping of fields to types"
                )
                self._fail(item, f"`{shortened(name, 60)}` {what}")
                continue
            self._structure.types[name] = self._record(name, item)

    def _record(self, name: str, node: MappingNode) -> Record:
        kinds: dict[str, Type] = {}
        defaults: dict[str, Any] = {}
        for word, item in node.items.items():
            text = item.value if isinstance(item, Scalar) else None
            notation, has_default, value = str(text).partition(" = ")
            try:
                kinds[word] = parse_type(notation, self._structure.types)
            except ValueError as error:
                self._fail(item, f"{error}{did_you_mean(notation.strip('[]? '), self._structure.types)}")
                continue
            if has_default:
                default = self._structure.value(Scalar(f"={value}", item.place), Scope(), kinds[word])
                try:
                    defaults[word] = default.run(Frame(Run(None), None, 0))
                except Fault as fault:
                    self._faults.add(fault.place, fault.message)
        made = Record(kinds, name, defaults)
        if made.size() > LARGEST_RECORD:
            self._faults.add(node.place, f"a record holds at most {LARGEST_RECORD} values")
            return Record({}, name)
        return made

    def _read_names(self, file: MappingNode, *, own: bool) -> None:
        before = set(self._scope.names)
        self._constructs.define(self._section(file, "let"), self._scope)
        self._constructs.define(self._section(file, "boxes"), self._scope, boxes=True)
        if own:
            self._own = set(self._scope.names) - before
        for name, item in self._section(file, "parts").items.items():
            if name in self._constructs.parts or name in FUNCTIONS or name == "given":
                what = "a function's" if name not in self._constructs.parts else "another part's"
                self._fail(item, f"`{name}` is {what} name already")
                continue
            part = declare(name, item, self._scope, self._constructs, own=own)
            if part is not None:
                self._constructs.parts[name] = part

    def _look_for_unused(self) -> None:
        constructs, scope = self._constructs, self._scope
        for part in list(constructs.parts.values()):
            if part.own and not part.used:
                self._faults.warn(part.place, f"nothing uses the part `{part.name}`")
                constructs.body(part, part.place)
            if part.body is not None:
                for name in constructs.complete(part.scope):
                    self._faults.warn(part.scope.names[name].place, f"nothing uses `{name}`")
        for name in constructs.complete(scope) if self._own else ():
            if name in self._own:
                self._faults.warn(scope.names[name].place, f"nothing uses `{name}`")
        read = {name for _, name in self._expressions.fields_read}
        for name, node in self._slots.items():
            if name not in read and name in self._declared:
                self._fail(node, f"nothing reads the slot `{name}`; use it, or remove it")


def _changed(used: Node | None, own: Node) -> Node:
    """Return a slot of a used file with what the template itself says of it."""
    if isinstance(used, MappingNode) and isinstance(own, MappingNode) and "type" not in own.items:
        return MappingNode({**used.items, **own.items}, own.place)
    return own


def _unread(_: Frame) -> Any:
    raise AssertionError("is read from its frame")
