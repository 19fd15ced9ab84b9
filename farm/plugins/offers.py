"""Offers: what plugins offer of one kind, by name, excluding disabled plugins."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Generic, TypeVar

from farm.errors import did_you_mean
from farm.guard.call import Callee
from farm.model.plugin import PluginIdentity

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Offered(Generic[T]):
    """Something that a plugin offers."""

    name: str
    """Its name as documents write it."""
    value: T
    """The class or instance."""
    plugin: PluginIdentity
    """The plugin that offers it."""

    def callee(self, what: str) -> Callee:
        """Return the description of calls into it; ``what`` is its kind, as ``effect``."""
        return Callee(what, self.name, self.plugin)


@dataclass(frozen=True, slots=True)
class Disabled:
    """A plugin that farm does not use."""

    plugin: PluginIdentity
    """Which plugin."""
    why: str
    """What is wrong with it, in one sentence without a full stop."""

    def __str__(self) -> str:
        return f"plugin {self.plugin.mark} is disabled: {self.why}"


class Offers(Mapping[str, Offered[T]]):
    """Offers of one kind; collected from the plugins on first access.

    Most commands need no writer, and one writer imports an HTTP client, which took a third of `farm validate`.
    """

    def __init__(
        self,
        collect: Callable[[], dict[str, Offered[T]]],
        disabled: Mapping[str, Disabled],
        plugins: Collection[str],
    ) -> None:
        self._collect = collect
        self._disabled = disabled
        self._plugins = plugins
        self._beside: Mapping[str, tuple[Mapping[str, Any], str]] = {}

    def stand_beside(self, kinds: Mapping[str, tuple[Mapping[str, Any], str]]) -> None:
        """Say what else plugins offer, so that a name of another kind can be told from one that does not exist.

        Args:
            kinds: For each kind, as ``an effect``, its offers and how a document uses one.
        """
        self._beside = kinds

    @cached_property
    def _found(self) -> dict[str, Offered[T]]:
        return self._collect()

    def __getitem__(self, name: str) -> Offered[T]:
        offered = self._found[name]
        if offered.plugin.name in self._disabled:
            raise KeyError(name)
        return offered

    def __iter__(self) -> Iterator[str]:
        return (name for name, one in self._found.items() if one.plugin.name not in self._disabled)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def lack(self, name: str, what: str) -> str:
        """Say why a name is not offered: it is misspelt, or its plugin is disabled or not installed.

        Args:
            name: The name as written in the document.
            what: The kind, as ``effect``.
        """
        plugin, dot, _ = name.partition(".")
        disabled = self._disabled.get(plugin)
        if disabled is not None:
            return f"{what} `{name}` cannot be used, {disabled}; repair or remove the plugin (`farm plugins`)"
        for kind, (others, use) in self._beside.items():
            if name in others and others is not self:
                return f"`{name}` is {kind}, and no {what}; {use.format(name)}"
        known = get_close_matches(plugin, self._plugins) and get_close_matches(name, self)
        if dot and plugin not in self._plugins and not known:
            return (
                f"no {what} is called `{name}`: no plugin `{plugin}` is installed (`farm plugins` lists them); "
                f"in Python, pass elements of your own to the call, as in farm.render(job, effects=[…])"
            )
        return f"no {what} is called `{name}`{did_you_mean(name, self)}"
