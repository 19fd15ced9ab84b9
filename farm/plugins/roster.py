"""The roster: which plugins exist, which of them are used, and why the others are not.

A plugin is used as a whole or not at all. Of two with the same name, farm's own wins, else the one whose distribution
name sorts first; of plugins passed as objects the first wins, unless an installed plugin has the name.
"""

from __future__ import annotations

import logging
from importlib.metadata import EntryPoint
from inspect import isroutine
from typing import Any, Final

import pluggy

from farm.errors import FarmError, did_you_mean
from farm.guard.call import NOWHERE, Callee, call, cause_of, last_lines, own_surroundings
from farm.guard.outlive import outliving
from farm.model.plugin import PluginIdentity
from farm.plugins import specs
from farm.plugins.admission import HOOKS, PLUGIN_NAME, NotAdmitted, admit
from farm.plugins.identity import OWN, hidden_by, identity_of, identity_of_object
from farm.plugins.offers import Disabled, Offered

_log: Final = logging.getLogger(__name__)
_logged: Final[set[str]] = set()
"""Messages about disabled plugins that this process has logged; each is logged once."""


class Roster:
    """Collects plugins, then calls their hooks one by one."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager("farm")
        self._manager.add_hookspecs(specs)
        self._points: list[EntryPoint] = []
        self._objects: list[tuple[str, object, str]] = []
        self._inline: list[tuple[PluginIdentity, object]] = []
        self.plugins: dict[str, PluginIdentity] = {}
        """All plugins that were found, by name."""
        self.disabled: dict[str, Disabled] = {}
        """The plugins that are not used."""

    def enlist_point(self, point: EntryPoint) -> None:
        """Add an installed plugin."""
        self._points.append(point)

    def enlist_object(self, name: str, plugin: object, version: str) -> None:
        """Add a plugin passed as an object."""
        self._objects.append((name, plugin, version))

    def enlist_inline(self, identity: PluginIdentity, plugin: object) -> None:
        """Add a plugin passed as an object whose identity is known."""
        self._inline.append((identity, plugin))

    def close(self) -> None:
        """Load the added plugins, in an order independent of where they were found."""
        for point in sorted(self._points, key=_rank):
            identity = identity_of(point)
            if self._is_taken(identity, point.dist.name if point.dist is not None else "no distribution"):
                continue
            try:
                with outliving(), own_surroundings():
                    plugin = point.load()
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                where = "; ".join(last_lines(error)[-1:])
                self._disable(
                    identity,
                    f"`{point.value}` cannot be loaded: {cause_of(error)}" + (f" ({where})" if where else ""),
                )
                continue
            hidden = hidden_by(point, self._points)
            if hidden:
                self._disable(identity, hidden)
                continue
            self._register(identity, plugin, point.value)
        objects = [(identity_of_object(name, one, version), one) for name, one, version in self._objects]
        for identity, plugin in (*objects, *self._inline):
            if not self._is_taken(identity, "an object"):
                self._register(identity, plugin)
        self.plugins = dict(sorted(self.plugins.items()))

    def ask(self, hook: str) -> dict[str, Offered[Any]]:
        """Return what all plugins offer through a hook, by name; plugins that fail are disabled."""
        found: dict[str, Offered[Any]] = {}
        for impl in sorted(
            getattr(self._manager.hook, hook).get_hookimpls(), key=lambda i: str(i.plugin_name)
        ):
            identity = self.plugins[str(impl.plugin_name)]
            if identity.name in self.disabled:
                continue
            try:
                values = call(Callee("hook", hook, identity), NOWHERE, impl.function, limited=False)
                pairs = admit(hook, identity.name, values)
            except NotAdmitted as error:
                self._disable(identity, str(error))
                continue
            except FarmError as error:
                self._disable(identity, f"`{hook}` failed: {_cause_with_line(error.__cause__ or error)}")
                continue
            except Exception as error:
                # Registered objects may have properties or metaclasses that raise when accessed.
                self._disable(
                    identity, f"what `{hook}` offers cannot be looked at: {_cause_with_line(error)}"
                )
                continue
            found |= {name: Offered(name, value, identity) for name, value in pairs}
        return dict(sorted(found.items()))

    def _is_taken(self, identity: PluginIdentity, source: str) -> bool:
        """Whether a plugin's name is already taken; if so, disable the plugin."""
        stays = self.plugins.get(identity.name)
        if stays is None:
            self.plugins[identity.name] = identity
            return False
        twin = PluginIdentity(
            f"{identity.name} of {source}", identity.version, identity.digest, identity.author
        )
        self.plugins[twin.name] = twin
        self._disable(
            twin,
            f"another plugin is called `{identity.name}` ({stays.mark}) and stays: farm's own before others, then the "
            f"distribution whose name comes first, then objects; rename the entry point",
        )
        return True

    def _register(self, identity: PluginIdentity, plugin: object, value: str = "") -> None:
        name = identity.name
        if not PLUGIN_NAME.fullmatch(name):
            self._disable(
                identity, f"`{name}` is no plugin's name; write small letters, digits and _, as `acme`"
            )
            return
        if isinstance(plugin, type) or isroutine(plugin):
            kind = "class" if isinstance(plugin, type) else "function"
            named = value or str(getattr(plugin, "__name__", name))
            self._disable(
                identity,
                f"`{named}` is a {kind}; name a module, or an instance with hooks",
            )
            return
        try:
            self._manager.register(plugin, name=name)
        except Exception as error:
            self._disable(identity, f"its hooks cannot be registered: {cause_of(error)}")
            return
        wrong = self._hook_fault(plugin)
        if wrong:
            self._disable(identity, wrong)

    def _hook_fault(self, plugin: object) -> str:
        callers = self._manager.get_hookcallers(plugin) or []
        for caller in callers:
            if not caller.has_spec():
                name = caller.name
                return f"`{name}` is marked as a hook, and no hook is called so{did_you_mean(name, HOOKS)}"
        if callers:
            return ""
        bare = [name for name in HOOKS if hasattr(plugin, name)]
        if bare:
            return f"`{bare[0]}` is not marked as a hook; write @hookimpl (from farm.plugin) above it"
        return f"it has no hook; mark functions with @hookimpl (from farm.plugin): {', '.join(HOOKS)}"

    def _disable(self, identity: PluginIdentity, why: str) -> None:
        one = self.disabled[identity.name] = Disabled(identity, why)
        if self._manager.has_plugin(identity.name):
            self._manager.unregister(name=identity.name)
        message = str(one)
        if message not in _logged:
            _logged.add(message)
            _log.warning("%s; `farm plugins` lists all", message)


def _cause_with_line(error: BaseException) -> str:
    """Return an exception and the line that raised it."""
    where = "; ".join(last_lines(error)[-1:])
    return cause_of(error) + (f" ({where})" if where else "")


def _rank(point: EntryPoint) -> tuple[str, bool, str, str]:
    dist = "" if point.dist is None else point.dist.name.lower()
    return point.name, dist != OWN, dist, point.value
