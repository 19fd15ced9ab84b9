"""The basic elements of farm: text styles, effects, transitions, stickers and animators of text.

Each hook imports its elements when it is called, so that skia (drawing) and numba (pixel loops) are loaded only where
they are needed.
"""

from __future__ import annotations

from farm.plugin import Animator, Effect, Sticker, TextStyle, Transition, hookimpl


@hookimpl
def farm_text_styles() -> dict[str, TextStyle]:
    """Return the basic text styles."""
    from farm_basics.display_styles import DISPLAY_STYLES
    from farm_basics.text_styles import TEXT_STYLES

    return {**TEXT_STYLES, **DISPLAY_STYLES}


@hookimpl
def farm_effects() -> list[type[Effect]]:
    """Return the basic effects."""
    from farm_basics.effects import EFFECTS

    return list(EFFECTS)


@hookimpl
def farm_transitions() -> list[type[Transition]]:
    """Return the basic transitions."""
    from farm_basics.transitions import TRANSITIONS

    return list(TRANSITIONS)


@hookimpl
def farm_stickers() -> list[type[Sticker]]:
    """Return the basic stickers."""
    from farm_basics.marks import Arrow, Check, Confetti, Heart, Loop, Sparkle, Stars, Underline
    from farm_basics.particles import Particles
    from farm_basics.stickers import Burst, Ribbon, Tag

    return [Arrow, Burst, Check, Confetti, Heart, Loop, Particles, Ribbon, Sparkle, Stars, Tag, Underline]


@hookimpl
def farm_animators() -> list[type[Animator]]:
    """Return the basic animators of text."""
    from farm_basics.highlights import HIGHLIGHTS
    from farm_basics.text_loops import LOOPS
    from farm_basics.text_motions import MOTIONS

    return [*MOTIONS, *LOOPS, *HIGHLIGHTS]
