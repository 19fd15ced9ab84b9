"""The registry: everything that plugins offer, by name. Made by a factory; there is no global one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Generic, TypeVar

import pluggy
from pydantic import ValidationError

from farm import __version__
from farm.errors import PluginError, Problem, did_you_mean
from farm.model.problems import problems_of
from farm.model.timeline import ElementRef
from farm.plugins import specs
from farm.plugins.analyser import Analyser
from farm.plugins.template import Template
from farm.plugins.writer import Writer
from farm.render.element import Effect, Element, Sticker, TextStyle, Transition

T = TypeVar("T")
E = TypeVar("E", bound=Element)


@dataclass(frozen=True, slots=True)
class Offered(Generic[T]):
    """Something that a plugin offers."""

    name: str
    """As documents write it."""
    value: T
    """The class or instance."""
    plugin: str
    """The plugin's entry-point name."""
    version: str
    """Version of the distribution that the plugin came in."""


@dataclass(frozen=True, slots=True)
class Registry:
    """What the loaded plugins offer."""

    templates: Mapping[str, Offered[Template]]
    """Templates by name."""
    effects: Mapping[str, Offered[type[Effect]]]
    """Effect classes by name."""
    transitions: Mapping[str, Offered[type[Transition]]]
    """Transition classes by name."""
    text_styles: Mapping[str, Offered[TextStyle]]
    """Text styles by name."""
    stickers: Mapping[str, Offered[type[Sticker]]]
    """Sticker classes by name."""
    writers: Mapping[str, Offered[Writer]]
    """Text generators by name."""
    analysers: Mapping[str, Offered[Analyser]]
    """Analysers by name."""
    plugins: Mapping[str, str]
    """Plugin name to version."""

    def effect(self, ref: ElementRef) -> Effect:
        """Return the effect that ``ref`` means."""
        return _make(self.effects[ref.name].value, ref)

    def transition(self, ref: ElementRef) -> Transition:
        """Return the transition that ``ref`` means."""
        return _make(self.transitions[ref.name].value, ref)

    def sticker(self, ref: ElementRef) -> Sticker:
        """Return the sticker that ``ref`` means."""
        return _make(self.stickers[ref.name].value, ref)


def _make(kind: type[E], ref: ElementRef) -> E:
    return kind.model_validate(dict(ref.params))


def resolve(
    offered: Mapping[str, Offered[type[E]]], name: str, params: Mapping[str, Any], path: str, what: str
) -> tuple[ElementRef | None, list[Problem]]:
    """Return the reference for an element that a document names, its parameters checked and filled in.

    Returns:
        The reference, or None with the problems found (unknown name, wrong parameters).
    """
    entry = offered.get(name)
    if entry is None:
        return None, [Problem(path, f"no {what} is called `{name}`{did_you_mean(name, offered)}")]
    try:
        element = entry.value.model_validate(dict(params))
    except ValidationError as error:
        return None, problems_of(error, entry.value, at=path)
    values = element.model_dump(mode="json")
    return ElementRef(name, tuple(sorted(values.items())), f"{entry.plugin} {entry.version}"), []


class _Late(Mapping[str, Offered[T]]):
    """Offers that are asked for when somebody looks: most commands need no writer, and one imports an HTTP client.

    A third of `farm validate` went by with it.
    """

    def __init__(self, collect: Callable[[], dict[str, Offered[T]]]) -> None:
        self._collect = collect

    @cached_property
    def _found(self) -> dict[str, Offered[T]]:
        return self._collect()

    def __getitem__(self, name: str) -> Offered[T]:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def load_registry(extra: Iterable[tuple[str, ModuleType | object, str]] = ()) -> Registry:
    """Return the registry of all installed plugins (entry-point group ``farm``) and of ``extra`` ones.

    Args:
        extra: (name, plugin module or object, version), for tests and embedding programs.

    Raises:
        PluginError: a plugin cannot be imported, breaks a hook's contract, or claims a taken name.
    """
    manager = pluggy.PluginManager("farm")
    manager.add_hookspecs(specs)
    versions: dict[str, str] = {}
    for point in sorted(entry_points(group="farm"), key=lambda p: p.name):
        try:
            manager.register(point.load(), name=point.name)
        except Exception as error:
            raise PluginError(f"plugin `{point.name}` ({point.value}) cannot be loaded: {error}") from error
        versions[point.name] = point.dist.version if point.dist else __version__
    for name, plugin, version in extra:
        manager.register(plugin, name=name)
        versions[name] = version
    return registry_from(manager, versions)


def load_kernels() -> None:
    """Import the ``kernels`` module of every plugin that is a package and has one: its first frame need not wait."""
    for point in entry_points(group="farm"):
        package = find_spec(point.module)
        name = f"{point.module}.kernels"
        if package is not None and package.submodule_search_locations and find_spec(name):
            import_module(name)


def registry_from(manager: pluggy.PluginManager, versions: Mapping[str, str]) -> Registry:
    """Return the registry of the plugins in ``manager``."""

    def collect(hook: str) -> dict[str, Offered[Any]]:
        found: dict[str, Offered[Any]] = {}
        for impl in sorted(getattr(manager.hook, hook).get_hookimpls(), key=lambda i: str(i.plugin_name)):
            plugin_name, version = impl.plugin_name, versions[impl.plugin_name]
            values = impl.function()
            pairs = values.items() if isinstance(values, dict) else ((value.name, value) for value in values)
            for name, value in pairs:
                if name in found:
                    taken = found[name].plugin
                    raise PluginError(f"`{name}` is offered by two plugins, `{taken}` and `{plugin_name}`")
                found[name] = Offered(name, value, plugin_name, version)
        return dict(sorted(found.items()))

    return Registry(
        templates=collect("farm_templates"),
        effects=collect("farm_effects"),
        transitions=collect("farm_transitions"),
        text_styles=collect("farm_text_styles"),
        stickers=collect("farm_stickers"),
        writers=_Late(lambda: collect("farm_writers")),
        analysers=_Late(lambda: collect("farm_analysers")),
        plugins=dict(sorted(versions.items())),
    )
