"""Safe areas: what apps cover of a video with names, texts and buttons, and what players may cut off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

PlatformName: TypeAlias = Literal[
    "tiktok", "reels", "stories", "shorts", "youtube", "douyin", "kuaishou", "channels", "xiaohongshu"
]
SafeName: TypeAlias = Literal["auto", "all", "none"] | PlatformName
"""Whose safe area is respected: one platform's, all, none, or those that show videos of this shape."""


@dataclass(frozen=True, slots=True)
class Insets:
    """Shares of a canvas's width and height at its edges."""

    left: float = 0.0
    """Left edge, of the width."""
    top: float = 0.0
    """Top edge, of the height."""
    right: float = 0.0
    """Right edge, of the width."""
    bottom: float = 0.0
    """Bottom edge, of the height."""

    def joined(self, other: Insets) -> Insets:
        """Return the insets that respect both."""
        return Insets(
            max(self.left, other.left),
            max(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True)
class Platform:
    """An app or site that shows videos."""

    title: str
    """Its name for people."""
    insets: Insets
    """What it covers of its own screen."""
    aspect: float
    """Width over height of the screen that the insets refer to; a video of another shape is shown whole in it."""
    source: str
    """Where the figures are from."""


_TALL: Final = 9 / 16
_WIDE: Final = 16 / 9
_GUIDES: Final = "estimate after third-party guides (2026-11); differs by app version and kind of post"
_GUESSED: Final = "estimate (2026-11) after similar apps; neither published by the platform nor measured"

PLATFORMS: Final[dict[PlatformName, Platform]] = {
    "tiktok": Platform(
        "TikTok",
        Insets(60 / 1080, 130 / 1920, 140 / 1080, 480 / 1920),
        _TALL,
        _GUIDES,
    ),
    "reels": Platform(
        "Instagram and Facebook Reels",
        Insets(0.06, 0.14, 0.06, 0.35),
        _TALL,
        "Meta's recommendation for ads in Reels, as quoted by third parties (2026-03): 14 %, 35 %, 6 % at each side",
    ),
    "stories": Platform(
        "Instagram and Facebook Stories",
        Insets(0.06, 0.14, 0.06, 0.20),
        _TALL,
        "Meta's recommendation for ads in Stories, as quoted by third parties: 14 % and 20 %; sides as in Reels",
    ),
    "shorts": Platform(
        "YouTube Shorts",
        Insets(48 / 1080, 288 / 1920, 192 / 1080, 480 / 1920),
        _TALL,
        _GUIDES,
    ),
    "youtube": Platform(
        "YouTube, television",
        Insets(0.05, 0.05, 0.05, 0.05),
        _WIDE,
        "EBU R 95: graphics safe area, 5 % at each edge",
    ),
    "douyin": Platform("Douyin", Insets(60 / 1080, 160 / 1920, 150 / 1080, 440 / 1920), _TALL, _GUESSED),
    "kuaishou": Platform("Kuaishou", Insets(60 / 1080, 160 / 1920, 150 / 1080, 420 / 1920), _TALL, _GUESSED),
    "channels": Platform(
        "WeChat Channels", Insets(60 / 1080, 200 / 1920, 130 / 1080, 460 / 1920), _TALL, _GUESSED
    ),
    "xiaohongshu": Platform(
        "Xiaohongshu", Insets(60 / 1080, 180 / 1920, 60 / 1080, 420 / 1920), _TALL, _GUESSED
    ),
}
"""What each platform covers."""

_EDGE: Final = Insets(0.05, 0.05, 0.05, 0.05)
"""Least inset of every safe area: EBU R 95."""
_FULL_SCREEN: Final = 0.68
"""Videos narrower than this (9:16, 2:3) fill the screen of a phone, below what apps draw over it."""


def safe_insets(name: SafeName, width: int, height: int) -> Insets:
    """Return what must stay free at the edges of a canvas, as shares of it.

    ``auto`` respects all platforms that show a video of this shape over their whole screen: the vertical ones for 9:16,
    and the title-safe area for shapes that are shown in feeds (4:5, 1:1) or players (16:9). A platform that is named
    is respected in every shape: a video that does not fill its screen is taken as centred in it, as the apps show it.

    Args:
        name: Whose area.
        width: Canvas width in pixels.
        height: Canvas height in pixels.
    """
    aspect = width / height
    if name == "none":
        return Insets()
    if name == "auto":
        tall = aspect < _FULL_SCREEN
        chosen = [one for one in PLATFORMS.values() if (one.aspect < 1) == tall]
        if not tall:
            return _EDGE
    elif name == "all":
        chosen = list(PLATFORMS.values())
    else:
        chosen = [PLATFORMS[name]]
    found = _EDGE
    for platform in chosen:
        found = found.joined(_on_canvas(platform, aspect))
    return found


def _on_canvas(platform: Platform, aspect: float) -> Insets:
    """Return a platform's insets as shares of a canvas that is fitted whole into its screen."""
    insets = platform.insets
    if aspect >= platform.aspect:  # bars above and below
        height = platform.aspect / aspect
        bar = (1 - height) / 2
        return Insets(
            insets.left,
            max(0.0, insets.top - bar) / height,
            insets.right,
            max(0.0, insets.bottom - bar) / height,
        )
    width = aspect / platform.aspect
    bar = (1 - width) / 2
    return Insets(
        max(0.0, insets.left - bar) / width, insets.top, max(0.0, insets.right - bar) / width, insets.bottom
    )
