"""The caller's own elements, as plugins of one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farm.plugins.inline import InlinePlugin
    from farm.render.element import Effect, Sticker, TextStyle, Transition


def own_plugins(
    effects: Sequence[type[Effect]],
    transitions: Sequence[type[Transition]],
    stickers: Sequence[type[Sticker]],
    text_styles: Mapping[str, TextStyle] | None,
) -> tuple[InlinePlugin, ...]:
    """Return plugins of these elements; the modules for that are imported only if there are any.

    Raises:
        PluginError: an element is not valid, an installed plugin has its name, or its source is not available.
    """
    if not (effects or transitions or stickers or text_styles):
        return ()
    from farm.plugins.inline import inline_plugins

    return inline_plugins(
        effects=effects, transitions=transitions, stickers=stickers, text_styles=text_styles
    )
