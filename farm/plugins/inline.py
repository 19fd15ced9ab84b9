"""Inline plugins: elements that a program defines itself and hands over with a call, without installing anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any

from farm.errors import PluginError
from farm.model.plugin import INLINE, PluginIdentity
from farm.plugins.admission import PLUGIN_NAME, NotAdmitted, admit
from farm.plugins.registry import Registry, load_registry
from farm.plugins.source import SourceLackedError, code_of
from farm.plugins.specs import hookimpl
from farm.render.animator import Animator
from farm.render.element import Effect, Sticker, TextStyle, Transition


@dataclass(frozen=True, eq=False)
class InlinePlugin:
    """Elements whose names have the same part before the dot, which is the plugin's name."""

    identity: PluginIdentity
    """Its name, and the hash of the code behind its elements."""
    effects: tuple[type[Effect], ...] = ()
    """Effect classes."""
    transitions: tuple[type[Transition], ...] = ()
    """Transition classes."""
    stickers: tuple[type[Sticker], ...] = ()
    """Sticker classes."""
    animators: tuple[type[Animator], ...] = ()
    """Animator classes."""
    text_styles: Mapping[str, TextStyle] = field(default_factory=dict)
    """Text styles by name."""
    modules: tuple[ModuleType, ...] = ()
    """The program's modules that hold the code; empty once it was sent to another process."""

    @hookimpl
    def farm_effects(self) -> list[type[Effect]]:
        """Return the effects."""
        return list(self.effects)

    @hookimpl
    def farm_transitions(self) -> list[type[Transition]]:
        """Return the transitions."""
        return list(self.transitions)

    @hookimpl
    def farm_stickers(self) -> list[type[Sticker]]:
        """Return the stickers."""
        return list(self.stickers)

    @hookimpl
    def farm_animators(self) -> list[type[Animator]]:
        """Return the animators."""
        return list(self.animators)

    @hookimpl
    def farm_text_styles(self) -> dict[str, TextStyle]:
        """Return the text styles."""
        return dict(self.text_styles)


def inline_plugins(
    *,
    effects: Sequence[type[Effect]] = (),
    transitions: Sequence[type[Transition]] = (),
    stickers: Sequence[type[Sticker]] = (),
    animators: Sequence[type[Animator]] = (),
    text_styles: Mapping[str, TextStyle] | None = None,
) -> tuple[InlinePlugin, ...]:
    """Return plugins of a program's own elements, one for each part before the dot in their names.

    Args:
        effects: Classes, each with a ``name`` such as ``mine.pulse``.
        transitions: Classes likewise.
        stickers: Classes likewise.
        animators: Classes likewise.
        text_styles: Instances by name.

    Raises:
        PluginError: an element is not valid, an installed plugin has its name, or its source is not available.
    """
    given: dict[str, Any] = {
        "farm_effects": list(effects),
        "farm_transitions": list(transitions),
        "farm_stickers": list(stickers),
        "farm_animators": list(animators),
        "farm_text_styles": dict(text_styles or {}),
    }
    plugins = {
        _plugin_of(getattr(one, "name", None), one)
        for hook in ("farm_effects", "farm_transitions", "farm_stickers", "farm_animators")
        for one in given[hook]
    } | {_plugin_of(name, style) for name, style in given["farm_text_styles"].items()}
    installed = {point.name for point in entry_points(group="farm")}
    return tuple(_inline(plugin, given, installed) for plugin in sorted(plugins))


def registry_with(plugins: Sequence[InlinePlugin]) -> Registry:
    """Return a registry of all installed plugins and these; a new one each time, so that none is seen by later calls.

    Raises:
        PluginError: one of them is disabled.
    """
    registry = load_registry(inline=[(plugin.identity, plugin) for plugin in plugins])
    for plugin in plugins:
        disabled = registry.disabled.get(plugin.identity.name)
        if disabled is not None:
            raise PluginError(f"{disabled}", plugin=plugin.identity.mark)
    return registry


def _plugin_of(name: object, element: object) -> str:
    prefix, dot, word = name.partition(".") if isinstance(name, str) else ("", "", "")
    if not dot or not word or not PLUGIN_NAME.fullmatch(prefix):
        called = getattr(element, "__name__", type(element).__name__)
        raise PluginError(
            f"the name of `{called}` is {name!r}; write a word of your own, a dot and a word, both in small letters: "
            '`name: ClassVar[str] = "mine.pulse"`'
        )
    return prefix


def _inline(plugin: str, given: Mapping[str, Any], installed: Iterable[str]) -> InlinePlugin:
    if plugin in installed:
        raise PluginError(
            f"a plugin called `{plugin}` is installed; write another word before the dot in the names of your elements",
            plugin=plugin,
        )
    offered: dict[str, Any] = {}
    try:
        for hook, values in given.items():
            if isinstance(values, dict):
                mine: Any = {name: one for name, one in values.items() if name.partition(".")[0] == plugin}
            else:
                mine = [one for one in values if str(getattr(one, "name", "")).partition(".")[0] == plugin]
            offered[hook] = admit(hook, plugin, mine)
    except NotAdmitted as error:
        # The hook is how an installed plugin would offer it; here it is the argument of the same name.
        message = str(error).replace("`farm_", "`")
        raise PluginError(f"{message}; fix it where it is defined", plugin=plugin) from None
    try:
        code = code_of(pair for pairs in offered.values() for pair in pairs)
    except SourceLackedError as error:
        raise PluginError(str(error), plugin=plugin) from error
    identity = PluginIdentity(plugin, INLINE, code.digest)
    return InlinePlugin(
        identity,
        tuple(value for _, value in offered["farm_effects"]),
        tuple(value for _, value in offered["farm_transitions"]),
        tuple(value for _, value in offered["farm_stickers"]),
        tuple(value for _, value in offered["farm_animators"]),
        dict(offered["farm_text_styles"]),
        code.modules,
    )
