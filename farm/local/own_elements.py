"""The caller's own elements, as plugins of one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from farm.errors import PluginError

if TYPE_CHECKING:
    from farm.plugins.inline import InlinePlugin
    from farm.render.animator import Animator
    from farm.render.element import Effect, Sticker, TextStyle, Transition


def own_plugins(
    effects: Sequence[type[Effect]],
    transitions: Sequence[type[Transition]],
    stickers: Sequence[type[Sticker]],
    animators: Sequence[type[Animator]],
    text_styles: Mapping[str, TextStyle] | None,
) -> tuple[InlinePlugin, ...]:
    """Return plugins of these elements; the modules for that are imported only if there are any.

    Raises:
        PluginError: an element is not valid, an installed plugin has its name, or its source is not available.
    """
    if not (effects or transitions or stickers or animators or text_styles):
        return ()
    from farm.plugins.inline import inline_plugins

    kinds = {"effects": effects, "transitions": transitions, "stickers": stickers, "animators": animators}
    for argument, given in kinds.items():
        if isinstance(given, type) or not all(isinstance(one, type) for one in given):
            raise PluginError(f"`{argument}` takes a list of classes, such as {argument}=[Pulse]")
    if text_styles is not None and not isinstance(text_styles, Mapping):
        raise PluginError(
            '`text_styles` takes styles by name, such as text_styles={"mine.bold": TextStyle(…)}'
        )

    return inline_plugins(
        effects=effects,
        transitions=transitions,
        stickers=stickers,
        animators=animators,
        text_styles=text_styles,
    )
