"""The hooks of a farm plugin. Each returns what the plugin offers; farm calls each once per registry."""

from __future__ import annotations

import pluggy

from farm.plugins.analyser import Analyser
from farm.plugins.template import Template
from farm.plugins.writer import Writer
from farm.render.animator import Animator
from farm.render.element import Effect, Sticker, TextStyle, Transition

hookspec = pluggy.HookspecMarker("farm")
hookimpl = pluggy.HookimplMarker("farm")
"""Marks a plugin's functions: ``@hookimpl def farm_effects(): ...``."""


@hookspec
def farm_templates() -> list[Template]:  # type: ignore[empty-body]
    """Return the plugin's templates, ready to use: ``[Spotlight(), Sale()]``."""


@hookspec
def farm_effects() -> list[type[Effect]]:  # type: ignore[empty-body]
    """Return the plugin's effect classes; their fields are the parameters: ``[Vignette]``."""


@hookspec
def farm_transitions() -> list[type[Transition]]:  # type: ignore[empty-body]
    """Return the plugin's transition classes: ``[Fade, Slide]``."""


@hookspec
def farm_text_styles() -> dict[str, TextStyle]:  # type: ignore[empty-body]
    """Return the plugin's text styles by name: ``{"basics.title": TextStyle(size="9%")}``."""


@hookspec
def farm_stickers() -> list[type[Sticker]]:  # type: ignore[empty-body]
    """Return the plugin's sticker classes: ``[Burst]``."""


@hookspec
def farm_animators() -> list[type[Animator]]:  # type: ignore[empty-body]
    """Return the plugin's animators of text, subclasses of TextMotion, TextLoop or TextHighlight: ``[Rise]``."""


@hookspec
def farm_writers() -> list[Writer]:  # type: ignore[empty-body]
    """Return the plugin's text generators, ready to use: ``[RuleWriter()]``."""


@hookspec
def farm_analysers() -> list[Analyser]:  # type: ignore[empty-body]
    """Return the plugin's analysers, ready to use; each looks at every asset of its kinds: ``[Sharpness()]``."""
