"""Variants: which outputs of a job are drafted together, because they show the same frames."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from farm.model.output_document import DEFAULT_OUTPUT, NamedOutput, OutputDocument

STRETCH: Final = Fraction(1, 500)
"""Outputs whose aspect ratios differ by less share a picture: it is then stretched by up to this much, less than two
pixels of 480x854."""


@dataclass(slots=True)
class Variant:
    """Outputs of the same content, aspect ratio and frame rate: composed once, at the largest of their sizes."""

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

    Outputs share a variant if they have the same slots and rate, and the same aspect ratio within :data:`STRETCH`.
    Sound alone joins the first variant of its slots, unless it says its own size or rate.
    """
    variants: list[Variant] = []
    silent_last = sorted(enumerate(outputs), key=lambda item: not item[1].facts.picture)
    for index, output in silent_last:
        variant = next((one for one in variants if _joins(output, one)), None)
        size_px = output.pixels()
        if variant is None:
            variant = Variant(output_path(outputs, index), _slots(output), output.rate, size_px)
            variants.append(variant)
        elif output.facts.picture and size_px[0] * size_px[1] > variant.size_px[0] * variant.size_px[1]:
            variant.size_px = size_px
        name = output.name if isinstance(output, NamedOutput) else DEFAULT_OUTPUT
        variant.outputs.append((index, name, output))
    return variants


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


def _joins(output: OutputDocument, variant: Variant) -> bool:
    if json.dumps(_slots(output), sort_keys=True) != json.dumps(variant.slots, sort_keys=True):
        return False
    if not output.facts.picture and not output.model_fields_set & {"fps", "size", "aspect", "short_side"}:
        return True
    (width, height), (other_width, other_height) = output.pixels(), variant.size_px
    across, down = width * other_height, height * other_width
    return output.rate == variant.rate and abs(across - down) <= STRETCH * down
