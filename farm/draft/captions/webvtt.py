"""WebVTT (W3C): cues with settings, regions, a style sheet, comments."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from farm.draft.captions.build import CaptionBuilder
from farm.draft.captions.caption import PLAIN, Caption, Down, Place
from farm.draft.captions.markup import Markup, laid_over
from farm.draft.captions.subrip import time_lines, times_of
from farm.draft.captions.told import Told
from farm.draft.captions.webvtt_sheet import Region, Sheet, read_region, read_sheet
from farm.model.look import Align

_BLOCK: Final = re.compile(r"^(NOTE|STYLE|REGION|WEBVTT)(?:\s|$)")
_PERCENT: Final = re.compile(r"(\d{1,3}(?:\.\d{1,9})?)%", re.ASCII)
_LINE: Final = re.compile(r"-?\d{1,3}\Z", re.ASCII)
LINE_SHARE: Final = 0.06
"""Height of a line by which ``line:3`` counts, as a share of the picture: 5 % letters at their usual pitch."""
_ALIGNS: Final[Mapping[str, Align]] = {
    "start": "left", "left": "left", "center": "center", "middle": "center", "end": "right", "right": "right",
}  # fmt: skip
_ANCHORS: Final[Mapping[str, Align]] = {
    "line-left": "left", "center": "center", "middle": "center", "line-right": "right",
}  # fmt: skip
_DOWNS: Final[Mapping[str, Down]] = {"start": "top", "center": "middle", "end": "bottom"}


def is_webvtt(lines: Sequence[str]) -> bool:
    """Whether a file says that it is WebVTT; files of it are often renamed to .srt."""
    return bool(lines) and lines[0].startswith("WEBVTT")


def read_webvtt(lines: Sequence[str], name: str, told: Told) -> list[Caption]:
    """Return the cues of a WebVTT file in file order.

    Args:
        lines: Its lines.
        name: Its name in messages.
        told: Collects what is not shown.

    Raises:
        MediaError: a line of times is not readable, or there is none; the message names the line.
    """
    starts = time_lines(lines, name)
    sheet, regions = Sheet(), {}
    for line in lines[: starts[0]]:
        if line.startswith("X-TIMESTAMP-MAP"):
            told.add("X-TIMESTAMP-MAP is ignored; times count from the video's start", name, line)
    for kind, first, block in _blocks(lines):
        source = f"{name} line {first + 1}"
        if kind == "STYLE":
            read_sheet("\n".join(block), sheet, told, source)
        elif kind == "REGION":
            region = read_region(" ".join(block), told, source)
            regions[region.id] = region
    captions = []
    for first, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        body = list(lines[first + 1 : stop])
        if stop < len(lines):
            body = _without_name(body)
        source = f"{name} line {first + 1}"
        captions.append(_cue(lines[first], body, source, sheet, regions, told))
    return captions


def _blocks(lines: Sequence[str]) -> list[tuple[str, int, list[str]]]:
    """Return (kind, index of its first line, lines) of the blocks that are not cues; they end at blank lines.

    Where files were joined, the head of the second one is such a block too.
    """
    blocks: list[tuple[str, int, list[str]]] = []
    opened = False
    for index, line in enumerate(lines):
        if not line.strip():
            opened = False
        elif opened:
            blocks[-1][2].append(line)
        elif match := _BLOCK.match(line):
            opened = True
            # A region's settings may stand on its first line.
            blocks.append((match.group(1), index, [line[match.end() :]]))
    return blocks


def _cue(
    times: str,
    body: Sequence[str],
    source: str,
    sheet: Sheet,
    regions: Mapping[str, Region],
    told: Told,
) -> Caption:
    start_s, end_s, rest = times_of(times)
    builder = CaptionBuilder()
    builder.style = laid_over(PLAIN, sheet.classes.get(""))
    markup = Markup(builder, told, source, sheet.classes)
    skips = False
    for line in body:
        # A comment or style block extends to the next blank line, as a cue does; no cue text follows it.
        skips = bool(line.strip()) and (skips or bool(_BLOCK.match(line)))
        if not skips:
            markup.line(line, all_voices=True)
    timed = builder.timed(start_s, end_s)
    place = _place(rest, regions, told, source) if rest else None
    return Caption(start_s, end_s, builder.runs(), source, timed, place, sheet.look)


def _without_name(body: list[str]) -> list[str]:
    """Return a cue's lines without the last one if that is the name of the next cue."""
    if not body or not body[-1].strip():
        return body
    return body[:-1] if len(body) == 1 or not body[-2].strip() else body


def _place(rest: str, regions: Mapping[str, Region], told: Told, source: str) -> Place | None:
    """Return where the settings of a cue put it; None for the usual place."""
    settings = dict(one.split(":", 1) for one in rest.split() if ":" in one)
    strange = [one for one in rest.split() if one.partition(":")[0] not in _SETTINGS]
    if strange:
        told.add("unknown settings of cues are ignored", source, " ".join(strange))
    if "vertical" in settings:
        told.add("vertical text is shown in horizontal lines", source, rest)
        settings = {key: value for key, value in settings.items() if key == "region"}
    align: Align = _ALIGNS.get(settings.get("align", "center"), "center")
    if region := regions.get(settings.get("region", "")):
        return Place("left", "bottom", region.left, region.bottom, align=align, width=region.width)
    if "region" in settings:
        told.add("unknown regions are ignored", source, settings["region"])
    down, y = _height(settings.get("line", "auto"), told, source)
    value, _, anchor = settings.get("position", "auto").partition(",")
    x, across = None, _ANCHORS.get(anchor, align)
    if match := _PERCENT.match(value):
        x = min(1.0, float(match.group(1)) / 100)
    width = None
    if match := _PERCENT.match(settings.get("size", "")):
        width = max(0.05, min(1.0, float(match.group(1)) / 100))
    if x == 0.5 and across == "center":
        x = None  # where it would be anyway, and then beside what platforms cover
    if x is None and y is None and width is None and align == "center" and down == "bottom":
        return None
    return Place(across, down, x, y, align, width)


_SETTINGS: Final = ("line", "position", "size", "align", "vertical", "region")


def _height(setting: str, told: Told, source: str) -> tuple[Down, float | None]:
    """Return (what of the cue it refers to, share of the height) of a ``line`` setting."""
    value, _, anchor = setting.partition(",")
    if match := _PERCENT.match(value):
        share = min(1.0, float(match.group(1)) / 100)
        if anchor:
            return _DOWNS.get(anchor, "top"), share
        # Without an anchor the top of the cue is meant, which at the bottom would leave no room for it.
        return ("bottom", None) if share >= 0.8 else ("top", None if share <= 0.05 else share)
    if _LINE.match(value):
        count = int(value)
        if count >= 0:
            return "top", min(0.9, count * LINE_SHARE) if count else None
        return "bottom", max(0.1, 1 + (count + 1) * LINE_SHARE) if count < -1 else None
    if value != "auto":
        told.add("settings of cues that are none are ignored", source, f"line:{setting}")
    return "bottom", None
