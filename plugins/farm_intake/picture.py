"""``intake.picture``: a summary of what a picture or clip shows, and thumbnails."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from farm.plugin import Analyser, Analysis, Fact, MediaKind, parse_color
from farm_intake.found import IntakeFinding, jpeg

if TYPE_CHECKING:
    from farm.plugin import Sight, Subject

THUMBNAIL_PX: Final = 320
STRIP_FRAMES: Final = 10
_STRIP_HEIGHT_PX: Final = 120
_WORTH_NAMING: Final = 0.12
"""A colour with a smaller share of the picture without its backdrop is not named."""
_VIVID_NAMING: Final = 0.05
"""The same for saturated colours, which stand out: users search for a small red product as red."""
_SQUARE: Final = 0.03
"""A picture whose sides differ by less counts as square."""


class NamedColour(IntakeFinding):
    """A named colour."""

    name: str = Field(description="English name.")
    chinese: str = Field(description="Chinese name.")
    share: float = Field(description="Share of the pixels without the backdrop, 0 to 1.")


class Picture(IntakeFinding):
    """A summary of a picture; templates can use it without decoding the photo again."""

    width_px: int = Field(description="Width, upright.")
    height_px: int = Field(description="Height, upright.")
    orientation: Literal["portrait", "landscape", "square"] = Field(
        description="Orientation of the picture after rotation."
    )
    aspect: float = Field(description="Width over height.")
    palette: tuple[str, ...] = Field(description="Main colours, most frequent first, near-greys last.")
    border: str = Field(description="Median colour along the edges, which is the backdrop of a packshot.")
    plain_border: bool = Field(description="Whether the edges have an almost uniform colour.")
    subject: tuple[float, float, float, float] = Field(
        description="Bounds of the subject (left, top, right, bottom), as shares of width and height."
    )
    details: tuple[tuple[float, float], ...] = Field(
        description="Points suited for close-ups, as shares of width and height, best first."
    )
    colours: tuple[NamedColour, ...] = Field(description="Names of colours, largest share first.")

    def sight(self) -> Sight:
        """Return it as the result of :func:`farm.plugins.sight.see`."""
        from farm.plugin import Sight

        palette = tuple(parse_color(code) for code in self.palette)
        return Sight(palette, parse_color(self.border), self.plain_border, self.subject, self.details)


class PictureAnalyser(Analyser):
    """Analyses a picture, or the frame at a third of a clip."""

    name: ClassVar[str] = "intake.picture"
    version: ClassVar[int] = 2
    summary: ClassVar[str] = (
        "Orientation, named colours, backdrop and subject of a picture or clip; thumbnail and filmstrip."
    )
    kinds: ClassVar[frozenset[MediaKind]] = frozenset({MediaKind.IMAGE, MediaKind.VIDEO})
    findings: ClassVar[type[BaseModel]] = Picture

    def analyse(self, subject: Subject) -> Analysis:
        from farm.plugin import POSTER_PX, backdrop_of, see
        from farm_intake.colour_names import VIVID, chinese, named_shares

        rgb = subject.picture(POSTER_PX)
        seen = see(rgb)
        width, height = subject.asset.width_px, subject.asset.height_px
        backdrop = backdrop_of(rgb, seen.border) if seen.plain_border else np.zeros(rgb.shape[:2], bool)
        shares = named_shares(rgb[~backdrop])
        colours = tuple(
            NamedColour(name=name, chinese=chinese(name), share=round(share, 3))
            for name, share in shares.items()
            if share >= (_VIVID_NAMING if name in VIVID else _WORTH_NAMING)
        )
        found = Picture(
            width_px=width,
            height_px=height,
            orientation=_orientation(width, height),
            aspect=round(width / height, 4),
            palette=tuple(color.hex() for color in seen.palette),
            border=seen.border.hex(),
            plain_border=seen.plain_border,
            subject=seen.subject,
            details=seen.details,
            colours=colours,
        )
        left, top, right, bottom = seen.subject
        facts: dict[str, Fact] = {
            "orientation": found.orientation,
            "aspect": found.aspect,
            "plain_background": seen.plain_border,
            "subject_share": round((right - left) * (bottom - top), 4),
        }
        ground = next(iter(named_shares(rgb[backdrop])), "") if seen.plain_border else ""
        tags = [word for colour in colours for word in (colour.name, colour.chinese)]
        if ground:
            facts["background"] = ground
            tags += [f"{ground} background", f"{chinese(ground).removesuffix('色')}底"]
        files = {"thumbnail.jpg": jpeg(subject.picture(THUMBNAIL_PX))}
        if subject.asset.kind is MediaKind.VIDEO:
            files["filmstrip.jpg"] = jpeg(_filmstrip(subject))
        return Analysis(found, facts, tuple(dict.fromkeys(tags)), files=files)


def _orientation(width: int, height: int) -> Literal["portrait", "landscape", "square"]:
    if abs(width - height) <= _SQUARE * max(width, height):
        return "square"
    return "landscape" if width > height else "portrait"


def _filmstrip(subject: Subject) -> NDArray[np.uint8]:
    """Return up to ten evenly spaced frames of a clip side by side."""
    from PIL import Image

    from farm.plugin import shrunk

    views = subject.clip.views
    count = min(STRIP_FRAMES, len(views))
    chosen = [views[(2 * index + 1) * len(views) // (2 * count)] for index in range(count)]
    width = max(1, round(_STRIP_HEIGHT_PX * subject.asset.width_px / subject.asset.height_px))
    frames = [
        np.asarray(
            Image.fromarray(shrunk(view.rgb, 2 * max(width, _STRIP_HEIGHT_PX))).resize(
                (width, _STRIP_HEIGHT_PX), Image.Resampling.BOX
            )
        )
        for view in chosen
    ]
    return np.concatenate(frames, axis=1)
