"""The registry: everything that plugins offer, by name. Made by a factory; there is no global registry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from types import ModuleType
from typing import Any, TypeVar

from farm.errors import MachineError, PluginEditedError
from farm.guard.outlive import outliving
from farm.model.asset import Asset, MediaKind
from farm.model.element_ref import ElementRef
from farm.model.plugin import PluginIdentity
from farm.plugins.analyser import Analyser
from farm.plugins.identity import is_edited
from farm.plugins.offers import Disabled, Offered, Offers
from farm.plugins.roster import Roster
from farm.plugins.template import Template
from farm.plugins.writer import Writer
from farm.render.animator import Animator
from farm.render.element import Effect, Element, Sticker, TextStyle, Transition
from farm.render.media_parameter import MediaParameter
from farm.render.media_picture import MediaPicture
from farm.render.media_table import MediaTable

E = TypeVar("E", bound=Element)

Pictures = Callable[[Asset], MediaPicture]
"""Returns the picture for an element's media parameter."""


@dataclass(frozen=True, slots=True)
class Registry:
    """What the loaded plugins offer."""

    templates: Offers[Template]
    """Templates by name."""
    effects: Offers[type[Effect]]
    """Effect classes by name."""
    transitions: Offers[type[Transition]]
    """Transition classes by name."""
    text_styles: Offers[TextStyle]
    """Text styles by name."""
    stickers: Offers[type[Sticker]]
    """Sticker classes by name."""
    animators: Offers[type[Animator]]
    """Animator classes by name."""
    writers: Offers[Writer]
    """Text generators by name."""
    analysers: Offers[Analyser]
    """Analysers by name."""
    plugins: Mapping[str, PluginIdentity]
    """The plugins that were found, by name, including disabled ones."""
    disabled: Mapping[str, Disabled]
    """Those that are not used, and why; more may be added when writers or analysers are first accessed."""

    def effect(self, ref: ElementRef, pictures: Pictures) -> Effect:
        """Return the effect that ``ref`` names."""
        return _made(self.effects[ref.name], ref, pictures)

    def transition(self, ref: ElementRef, pictures: Pictures) -> Transition:
        """Return the transition that ``ref`` names."""
        return _made(self.transitions[ref.name], ref, pictures)

    def sticker(self, ref: ElementRef, pictures: Pictures) -> Sticker:
        """Return the sticker that ``ref`` names."""
        return _made(self.stickers[ref.name], ref, pictures)

    def animator(self, ref: ElementRef, pictures: Pictures) -> Animator:
        """Return the animator that ``ref`` names."""
        return _made(self.animators[ref.name], ref, pictures)

    def plugin_of(self, ref: ElementRef) -> PluginIdentity:
        """Return the plugin of an element, in the exact build that the timeline was made with.

        Raises:
            MachineError: this process has another version, other files, or not this plugin at all.
        """
        name = ref.name.partition(".")[0]
        here, disabled = self.plugins.get(name), self.disabled.get(name)
        if here is None:
            raise MachineError(
                f"`{ref.name}` was planned with plugin {ref.version}, which is not installed here"
            )
        if disabled is not None:
            raise MachineError(f"`{ref.name}` was planned with plugin {ref.version}; here {disabled}")
        if ref.version and ref.version != here.mark:
            raise MachineError(
                f"`{ref.name}` was planned with plugin {ref.version}, and this process has {here.mark}; "
                f"install the same on all machines of the farm and restart them"
            )
        return here

    def check_files(self, marks: Iterable[str]) -> None:
        """Check that plugins' files are still those that this process loaded and whose hash is part of its keys.

        Args:
            marks: Which plugins, by :attr:`PluginIdentity.mark`.

        Raises:
            PluginEditedError: some were edited, removed or replaced.
        """
        asked = set(marks)
        edited = [one.mark for one in self.plugins.values() if one.mark in asked and is_edited(one)]
        if edited:
            raise PluginEditedError(
                f"files of plugin {' and '.join(edited)} were edited while this process ran, which may have drawn with "
                f"old and new code at once; nothing was stored, do it again when the files are as they are to be"
            )

    def collect(self) -> None:
        """Collect the lazily collected offers, so that plugins that fail there are known."""
        len(self.writers)
        len(self.analysers)


def _made(offered: Offered[type[E]], ref: ElementRef, pictures: Pictures) -> E:
    def media(asset: Asset) -> MediaParameter:
        if asset.kind is MediaKind.TABLE:
            return MediaTable(f"sha256:{asset.sha256}", asset)
        return pictures(asset)

    params = {name: media(value) if isinstance(value, Asset) else value for name, value in ref.params}
    return offered.value.model_validate(params)


def load_registry(
    extra: Iterable[tuple[str, ModuleType | object, str]] = (),
    *,
    inline: Iterable[tuple[PluginIdentity, object]] = (),
) -> Registry:
    """Return the registry of all installed plugins (entry-point group ``farm``), of ``extra`` and of ``inline`` ones.

    A plugin that cannot be loaded, or registers something invalid, is disabled as a whole and logged once.

    Args:
        extra: (name, plugin module or object, version), for tests and embedding programs.
        inline: (identity, plugin object), whose code was hashed before (``farm.plugins.inline``).
    """
    roster = Roster()
    for point in entry_points(group="farm"):
        roster.enlist_point(point)
    for name, plugin, version in extra:
        roster.enlist_object(name, plugin, version)
    for identity, plugin in inline:
        roster.enlist_inline(identity, plugin)
    roster.close()

    def offers(hook: str, *, late: bool = False) -> Offers[Any]:
        if late:
            return Offers(lambda: roster.ask(hook), roster.disabled, roster.plugins)
        found = roster.ask(hook)
        return Offers(lambda: found, roster.disabled, roster.plugins)

    kinds = {
        "an effect": (offers("farm_effects"), "it belongs into `effects` of a clip or track"),
        "a transition": (
            offers("farm_transitions"),
            "it belongs between two clips of a track: {{kind: transition, use: {0}}}",
        ),
        "a text style": (offers("farm_text_styles"), "a text takes it as its `style`"),
        "a sticker": (offers("farm_stickers"), "it is a clip of its own: {{kind: sticker, sticker: {0}}}"),
        "an animator": (offers("farm_animators"), "a text takes it in `animate` or as its `highlight`"),
    }
    for one, _ in kinds.values():
        one.stand_beside(kinds)
    effects, transitions, text_styles, stickers, animators = (one for one, _ in kinds.values())
    return Registry(
        templates=offers("farm_templates"),
        effects=effects,
        transitions=transitions,
        text_styles=text_styles,
        stickers=stickers,
        animators=animators,
        writers=offers("farm_writers", late=True),
        analysers=offers("farm_analysers", late=True),
        plugins=roster.plugins,
        disabled=roster.disabled,
    )


def load_kernels() -> None:
    """Import the ``kernels`` module of every plugin package that has one, so that its first frame does not wait.

    If it cannot be imported, the first frame that needs it reports this as the plugin's fault.
    """
    for point in entry_points(group="farm"):
        try:
            package = find_spec(point.module)
            name = f"{point.module}.kernels"
            if package is not None and package.submodule_search_locations and find_spec(name):
                with outliving():
                    import_module(name)
        except (Exception, SystemExit):
            continue


__all__ = ["Disabled", "Offered", "Offers", "Registry", "load_kernels", "load_registry"]
