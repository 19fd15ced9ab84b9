"""Variants: which outputs of a job are drafted together, because they show the same frames."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from farm.model.output_document import DEFAULT_OUTPUT, NamedOutput, OutputDocument

STRETCH: Final = Fraction(1, 100)
"""Aspect ratios count as equal if a picture is stretched by less than this and by less than a pixel, as 480x854."""


@dataclass(slots=True)
class Variant:
    """Outputs of the same content, aspect ratio and frame rate, which are composed once."""

    path: str
    """The document path of the first of them."""
    slots: dict[str, Any] | None
    """The slots in which they differ from the job's."""
    rate: Fraction
    """Frames per second."""
    size_px: tuple[int, int]
    """(width, height) of the canvas."""
    outputs: list[tuple[int, str, OutputDocument]] = field(default_factory=list)
    """(place, name, document) of each output."""


def variants_of(outputs: Sequence[OutputDocument]) -> list[Variant]:
    """Return a job's outputs grouped into variants.

    Outputs of the same slots and aspect ratio (within :data:`STRETCH`) look alike: all are composed on the canvas of
    the largest and scaled down, so that measures in pixels mean the same in each. Those of the same frame rate share a
    variant. Sound alone joins the first variant of its slots, unless it says its own size or rate.
    """
    variants: list[Variant] = []
    pictures_first = sorted(enumerate(outputs), key=lambda item: not item[1].facts.picture)
    for index, output in pictures_first:
        alike = [one for one in variants if _alike(output, one)]
        variant = next((one for one in alike if one.rate == output.rate or _follows(output)), None)
        if variant is None:
            variant = Variant(output_path(outputs, index), _slots(output), output.rate, output.pixels())
            variants.append(variant)
            alike.append(variant)
        if output.facts.picture:
            largest = max((one.size_px for one in alike), key=_area)
            largest = max(largest, output.pixels(), key=_area)
            for one in alike:
                one.size_px = largest
        name = output.name if isinstance(output, NamedOutput) else DEFAULT_OUTPUT
        variant.outputs.append((index, name, output))
    return variants


def _area(size_px: tuple[int, int]) -> int:
    return size_px[0] * size_px[1]


def output_path(outputs: Sequence[OutputDocument], index: int) -> str:
    """Return the document path of an output."""
    return f"outputs[{index}]" if isinstance(outputs[index], NamedOutput) else "output"


def merged_slots(slots: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return slots with changes: mappings are merged, everything else is replaced."""
    merged = dict(slots)
    for name, value in changes.items():
        before = merged.get(name)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            value = merged_slots(before, value)
        merged[name] = value
    return merged


def _slots(output: OutputDocument) -> dict[str, Any] | None:
    return output.slots if isinstance(output, NamedOutput) and output.slots else None


def _follows(output: OutputDocument) -> bool:
    """Whether an output is sound alone, without a size or rate of its own."""
    return not output.facts.picture and not output.model_fields_set & {"fps", "size", "aspect", "short_side"}


def _alike(output: OutputDocument, variant: Variant) -> bool:
    if json.dumps(_slots(output), sort_keys=True) != json.dumps(variant.slots, sort_keys=True):
        return False
    if _follows(output):
        return True
    (width, height), (full_width, full_height) = sorted((output.pixels(), variant.size_px))
    scaled = Fraction(full_height * width, full_width)
    off = abs(scaled - height)
    return off < 1 and off < STRETCH * height
