"""Outputs: which pictures a job's files share, and how each file is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from farm.model.format import Format
from farm.model.output_document import OutputDocument
from farm.model.timebase import parse_seconds, to_frame
from farm.model.timeline import Timeline
from farm.plan.key import sound_key
from farm.plan.quality import LOSSLESS, WHOLE_NS_A_PIXEL, quality_of, shaped
from farm.plan.segment import Output, Picture, Poster, Quality, Sprites


@dataclass(slots=True)
class _Canvas:
    """A picture while its codings are collected."""

    timeline: Timeline
    codings: list[Quality] = field(default_factory=list)
    variants: int = 1

    @property
    def size_px(self) -> tuple[int, int]:
        return self.timeline.width_px, self.timeline.height_px

    def coding(self, quality: Quality) -> int:
        """Return the place of a coding among those of the picture; outputs with equal settings share one."""
        if quality not in self.codings:
            self.codings.append(quality)
        return self.codings.index(quality)


def outputs_of(
    wanted: Sequence[tuple[str, OutputDocument, Timeline]],
) -> tuple[list[Picture], list[Output], list[int]]:
    """Return the pictures to compose, the outputs to make of them, and each picture's ``variants``.

    Outputs of one timeline (the same object) share its picture: its frames are composed once, and encoded once per
    coding.

    Args:
        wanted: (name, document, timeline) of each output; the timeline's canvas may be larger than the output, which
            is then scaled down.
    """
    canvases: dict[int, _Canvas] = {}
    made = []
    for name, document, timeline in wanted:
        canvas = canvases.setdefault(id(timeline), _Canvas(timeline))
        canvas.variants = max(canvas.variants, document.variants)
        made.append(_output(name, document, canvas, list(canvases).index(id(timeline))))
    pictures = [
        Picture(one.timeline, tuple(one.codings), sound_key(one.timeline)) for one in canvases.values()
    ]
    return pictures, made, [one.variants for one in canvases.values()]


def _output(name: str, document: OutputDocument, canvas: _Canvas, picture: int) -> Output:
    timeline, format_ = canvas.timeline, document.format
    output = Output(
        name,
        format_,
        picture,
        document.quality,
        limit_bytes=document.limit_bytes,
        bits_a_s=document.bits_a_s,
        sprites=_sprites(document),
        poster=_poster(document, timeline),
    )
    if not document.facts.picture:
        return output
    alpha = timeline.background.a < 255
    quality = quality_of(document, alpha=alpha, canvas_px=canvas.size_px)
    lossless = shaped(LOSSLESS, document.pixels(), alpha=alpha, canvas_px=canvas.size_px)
    if format_ is Format.HLS:
        sizes = _rendition_sizes(document)
        codings = tuple(
            canvas.coding(shaped(quality, size, alpha=False, canvas_px=canvas.size_px)) for size in sizes
        )
        return replace(output, codings=codings)
    animated = format_ in (Format.GIF, Format.WEBP)
    if not animated and document.bits_a_s is None:
        output = replace(output, codings=(canvas.coding(quality),))
        if document.limit_bytes is None:
            return output
    width, height = document.pixels()
    ns_a_pixel = WHOLE_NS_A_PIXEL[format_.value if animated else quality.encoder]
    return replace(
        output,
        whole=None if animated else quality,
        lossless=canvas.coding(lossless),
        cost_s=width * height * timeline.duration * ns_a_pixel / 1e9,
    )


def _rendition_sizes(document: OutputDocument) -> list[tuple[int, int]]:
    """Return (width, height) of each rendition of an HLS output, largest first."""
    width, height = document.pixels()
    short = min(width, height)
    sizes = []
    for side in sorted(set(document.renditions or [short]), reverse=True):
        sizes.append((2 * round(width * side / short / 2), 2 * round(height * side / short / 2)))
    return sizes


def _sprites(document: OutputDocument) -> Sprites | None:
    given = document.sprites
    if given is None:
        return None
    return Sprites(Fraction(str(given.every)), given.width, given.columns)


def _poster(document: OutputDocument, timeline: Timeline) -> Poster | None:
    given = document.poster
    if given is None:
        return None
    return Poster(to_frame(parse_seconds(given.at, timeline.rate), timeline.rate), given.format)
