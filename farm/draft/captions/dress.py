"""How a caption is drawn: its file's styles as overrides of the text style, with the fonts that there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from farm.draft.captions.caption import PLAIN, Caption, CaptionLook, Run, RunStyle
from farm.draft.captions.told import Told
from farm.model.text_document import SpanDocument


@dataclass(slots=True)
class Wardrobe:
    """Finds what a caption asks for."""

    families: Collection[str]
    """The font families that there are."""
    told: Told
    """Collects fonts that there are not."""
    styles: bool = True
    """Whether colours, fonts, sizes and outlines of the file are kept; emphasis always is."""
    _known: dict[str, str | None] = field(default_factory=dict)

    def dressed(self, caption: Caption) -> Caption:
        """Return a caption with only what is kept of its styles, and with names of families that there are."""
        if not self.styles and not any(run.style.span for run in caption.runs):
            usual = _common(caption).weight
            runs = tuple(
                Run(
                    run.text,
                    RunStyle(
                        weight=run.style.weight if run.style.weight != usual else None,
                        italic=run.style.italic,
                        underline=run.style.underline,
                        strike=run.style.strike,
                    ),
                )
                for run in caption.runs
            )
            return replace(caption, runs=runs, look=None, karaoke=None)
        runs = tuple(
            Run(run.text, replace(run.style, family=self._family(run.style.family, caption.source)))
            for run in caption.runs
        )
        return replace(caption, runs=runs)

    def _family(self, name: str | None, source: str) -> str | None:
        if not name:
            return None
        if name not in self._known:
            folded = name.strip().casefold()
            self._known[name] = next((one for one in self.families if one.casefold() == folded), None)
        known = self._known[name]
        if known is None:
            self.told.add(
                f"the font `{name[:60]}` is not among those of farm, and that of the text style is used; it can be "
                "listed in `timeline.fonts`, or added: farm fonts add FILE",
                source,
            )
        return known


def _common(caption: Caption) -> RunStyle:
    """Return what all runs that are not blank agree on; plain for the rest."""
    styles = [run.style for run in caption.runs if run.text.strip()]
    if not styles:
        return PLAIN
    first, rest = styles[0], styles[1:]

    def agreed(value: object, read: Any) -> bool:
        return all(read(one) == value for one in rest)

    return RunStyle(
        weight=first.weight if agreed(first.weight, lambda one: one.weight) else None,
        color=first.color if agreed(first.color, lambda one: one.color) else None,
        family=first.family if agreed(first.family, lambda one: one.family) else None,
        size=first.size if agreed(first.size, lambda one: one.size) else 1.0,
        letter_spacing_em=(
            first.letter_spacing_em
            if agreed(first.letter_spacing_em, lambda one: one.letter_spacing_em)
            else None
        ),
    )


@dataclass(frozen=True, slots=True)
class Dress:
    """A caption's own overrides of the text style, and what its runs still differ in."""

    look: dict[str, Any]
    """Fields of the text style, as a document overrides them."""
    runs: tuple[Run, ...]
    """Its text; what all runs share is part of ``look``."""


def dress_of(caption: Caption) -> Dress:
    """Return how a caption is drawn."""
    common = _common(caption)
    look = _look(caption.look, common)
    runs = []
    for run in caption.runs:
        style = replace(
            run.style,
            weight=run.style.weight if run.style.weight != common.weight else None,
            color=run.style.color if run.style.color != common.color else None,
            family=run.style.family if run.style.family != common.family else None,
            size=run.style.size / common.size,
            letter_spacing_em=(
                run.style.letter_spacing_em
                if run.style.letter_spacing_em != common.letter_spacing_em
                else None
            ),
        )
        runs.append(Run(run.text, style))
    return Dress(look, tuple(runs))


def text_of(runs: Sequence[Run]) -> str | list[SpanDocument]:
    """Return runs as the text of a clip: a string if none has a style of its own."""
    if all(run.style == PLAIN for run in runs):
        return "".join(run.text for run in runs)
    return [_span(run) for run in runs]


def _span(run: Run) -> SpanDocument:
    style = run.style
    if style.span is not None:
        return style.span.model_copy(update={"text": run.text})
    spacing = style.letter_spacing_em
    return SpanDocument(
        text=run.text,
        families=[style.family] if style.family else None,
        weight=style.weight,
        italic=style.italic or None,
        color=style.color,
        size=max(0.1, min(10.0, style.size)),
        underline=style.underline or None,
        strike=style.strike or None,
        letter_spacing_em=None if spacing is None else max(-0.2, min(2.0, spacing)),
    )


def _look(whole: CaptionLook | None, common: RunStyle) -> dict[str, Any]:
    look: dict[str, Any] = {}
    if common.weight is not None:
        look["weight"] = common.weight
    if common.color is not None:
        look["color"] = common.color
    if common.family is not None:
        look["families"] = [common.family]
    if common.letter_spacing_em is not None:
        look["letter_spacing_em"] = max(-0.2, min(2.0, common.letter_spacing_em))
    if whole is None:
        return look
    if whole.size is not None:
        size = max(1.0, min(40.0, 100 * whole.size * common.size))
        look |= {"size": f"{size:.4f}%", "min_size": f"{max(1.0, size / 2):.4f}%"}
    if whole.outline is not None:
        # Half of a stroke is behind the glyphs.
        look["stroke"] = {
            "color": whole.outline.color,
            "width_em": round(min(1.0, 2 * whole.outline.width_em), 4),
        }
    elif whole.bare:
        look["stroke"] = None
    if whole.shadow is not None:
        offset = round(min(2.0, whole.shadow.width_em), 4)
        look["shadow"] = {"color": whole.shadow.color, "dx_em": offset, "dy_em": offset, "blur_em": 0.0}
    elif whole.bare:
        look["shadow"] = None
    if whole.plate is not None:
        pad = round(min(2.0, whole.plate.width_em), 4)
        look["plate"] = {"fill": whole.plate.color, "pad_x_em": pad, "pad_y_em": pad, "radius_em": 0.0}
    elif whole.bare:
        look["plate"] = None
    return look
