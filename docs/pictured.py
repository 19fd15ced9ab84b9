"""Parts of the reference pages about the picture: what the gallery shows, with its cost, and pictures of it.

The figures and pictures are written by ``python -m tests.benchmarks.picture --write docs/picture.json --sheets
docs/pictures``.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from farm.gallery.build import material_of
from farm.gallery.exhibit import Exhibit, Section
from farm.gallery.exhibits import all_exhibits
from farm.plugins.registry import Registry

FOLDER = Path(__file__).parent
FIGURES: dict[str, dict[str, Any]] = json.loads((FOLDER / "picture.json").read_text("utf-8"))
INTRODUCTIONS = {
    Section.CLIPS: (
        "Clips are pictures, videos (also with transparency: VP8, VP9, ProRes 4444), animated pictures (GIF, APNG, "
        "WebP, AVIF, in their own timing), SVG drawings, Lottie animations (`pip install 'farm-video[lottie]'`), text, "
        "counters, shapes, QR codes, stickers, groups of tracks, and adjustments. Numbers of shapes may change over "
        "time: a stroke whose `stop` rises from 0 to 1 draws itself."
    ),
    Section.ENTRANCES: "`enter` and `exit` take a name, or a mapping with `duration`, `delay`, `distance` and `ease`.",
    Section.LOOPS: "`loops` takes a name, a mapping with `period`, `amount` and `seed`, or a list of them.",
    Section.CAMERA: (
        "`ken_burns` moves a camera over a still picture or a clip. In a group with a `camera`, clips move by their "
        "`depth`: the parallax of layers."
    ),
    Section.EASINGS: (
        "`ease` of a keyframe says how the value gets to the next one. Besides the names, "
        "`cubic-bezier(x1, y1, x2, y2)` and `steps(n)` are CSS's, and `spring(damping)` swings (0.05) or does not (1)."
    ),
    Section.TEXTS: (
        "`text` is a text or a list of runs, each with a look of its own. `look` stretches letters, bends lines and "
        "sets columns. `animate` moves characters, words or lines: `{use: basics.unveil, by: line, when: exit}`; the "
        "animators, and the highlights for `highlight` with `words`, are in [elements.md](elements.md)."
    ),
    Section.BLENDS: (
        "`blend` of a clip: the W3C's modes, in sRGB. Within a group, clips blend with what is below them in the group."
    ),
    Section.MASKS: (
        "`mask` of a clip is any other clip: its opacity (`use: alpha`) or its brightness (`use: luma`) decides where "
        "the clip is visible. It may be inverted, feathered and animated, and stays in place or follows the clip."
    ),
}
"""What is said before the table of a section of the page of timelines."""


def cost_of(section: Section, name: str) -> str:
    """Return what something costs, in words; empty if that was not measured."""
    figures = FIGURES.get(f"{section.value}/{name}")
    if figures is None:
        return ""
    where = "CPU and GPU" if figures["gpu"] else "CPU only"
    return f"{figures['ms']:.2f} ms a frame; {where}"


def picture_of(section: Section) -> str:
    """Return the picture of a section."""
    return f"![{section.value}](pictures/{section.slug}.jpg)\n"


def overview(registry: Registry) -> Iterator[str]:
    """Yield the part of the page of timelines that shows what pictures can do."""
    exhibits = list(all_exhibits(registry, material_of(None)))
    yield "## What the picture can do\n"
    yield _paragraph(
        "`farm gallery -o DIR` shows all of it moving. Figures are the CPU milliseconds that something adds to a frame "
        "of 720x1280 on one core while it is in use; 0.00 where it adds nothing, or nothing after its first frame "
        "because it stands still. What has no CUDA form runs on the CPU, with the same pixels, and the report names "
        "it. The third column has a clip, or fields of one."
    )
    for section, words in INTRODUCTIONS.items():
        yield f"### {section.value.capitalize()}\n"
        yield _paragraph(words)
        yield picture_of(section)
        if section is Section.EASINGS:
            names = [f"`{one.name}`" for one in exhibits if one.section is section]
            yield _paragraph(", ".join(names) + ".")
            continue
        yield "| name | what it is | in a document | ms a frame | runs on |\n| --- | --- | --- | --- | --- |"
        for one in exhibits:
            if one.section is section:
                yield _row(one)
        yield ""


def _row(one: Exhibit) -> str:
    figures = FIGURES.get(f"{one.section.value}/{one.name}", {})
    cost = f"{figures['ms']:.2f}" if figures else ""
    where = ("CPU, GPU" if figures["gpu"] else "CPU") if figures else ""
    summary = one.summary.removesuffix(" An exit plays it backwards.")
    return f"| `{one.name}` | {summary} | `{one.snippet}` | {cost} | {where} |".replace("||", "| |")


def _paragraph(words: str) -> str:
    return textwrap.fill(words, 120, break_on_hyphens=False, break_long_words=False) + "\n"
