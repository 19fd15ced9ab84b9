"""The options of `farm works edit` that change shots, converted to edits."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import click

_OPTIONS: Final = (
    click.option("--say", multiple=True, type=(str, str), metavar="SHOT WORDS", help="Set a shot's text."),
    click.option("--label", multiple=True, type=(str, str), metavar="SHOT WORDS", help="Set the label above its text."),
    click.option("--show", multiple=True, type=(str, str), metavar="SHOT ASSET[:START-STOP]",
                 help="Set the asset that a shot shows; for a clip, a range in seconds."),
    click.option("--near", multiple=True, type=(str, float), metavar="SHOT TIMES",
                 help="With --show: magnification."),
    click.option("--card", multiple=True, metavar="SHOT", help="Make a shot text only."),
    click.option("--free", multiple=True, metavar="SHOT", help="Let the cut choose the content of a shot again."),
    click.option("--trim", multiple=True, type=(str, str), metavar="SHOT SECONDS",
                 help="A shot's duration; `auto` for the time its text needs."),
    click.option("--layout", multiple=True, type=(str, str), metavar="SHOT LAYOUT",
                 help="A shot's layout; `auto` for the template's choice."),
    click.option("--move", multiple=True, type=(str, int), metavar="SHOT PLACE", help="A shot's new position, from 1."),
    click.option("--remove", multiple=True, metavar="SHOT", help="Remove a shot."),
    click.option("--add", multiple=True, type=(str, str), metavar="ROLE WORDS", help="Add a shot at the end."),
    click.option("--replace", multiple=True, type=(str, str), metavar="ASSET ASSET",
                 help="Replace the first asset by the second in all shots."),
    click.option("--name", help="The work's name."),
    click.option("--cta", help="Call to action of the last shot."),
    click.option("--length", type=click.FloatRange(3, 300), help="Preferred duration, for the next --recut."),
    click.option("--music", help="A starter track, or sha256:… of an asset."),
    click.option("--platform", help="The platform for which it is made."),
    click.option("--aspect", type=click.Choice(["9:16", "1:1", "16:9", "4:5"]), help="Aspect of the video."),
)  # fmt: skip

_RANGE: Final = re.compile(r"^(?P<asset>.+?):(?P<start>\d+(?:\.\d+)?)-(?P<stop>\d+(?:\.\d+)?)$")


def EDITS(command: Callable[..., Any]) -> Callable[..., Any]:  # noqa: N802 - a decorator, as click's are
    """Add the options that change shots to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def edits_of(options: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the edits requested by the options, in this order: words, pictures, times, order, the whole work."""
    made: list[dict[str, Any]] = []
    made += [{"op": "say", "shot": shot, "words": words} for shot, words in options["say"]]
    made += [{"op": "say", "shot": shot, "label": words} for shot, words in options["label"]]
    near = dict(options["near"])
    for shot, asset in options["show"]:
        made.append(
            {"op": "show", "shot": shot, **_asset(asset)} | ({"near": near[shot]} if shot in near else {})
        )
    made += [{"op": "card", "shot": shot} for shot in options["card"]]
    made += [{"op": "free", "shot": shot} for shot in options["free"]]
    made += [{"op": "trim", "shot": shot, "seconds": _seconds(text)} for shot, text in options["trim"]]
    made += [
        {"op": "arrange", "shot": shot, "layout": None if layout == "auto" else layout}
        for shot, layout in options["layout"]
    ]
    made += [{"op": "replace", "asset": one, "by": other} for one, other in options["replace"]]
    made += [{"op": "add", "role": role, "words": words} for role, words in options["add"]]
    made += [{"op": "move", "shot": shot, "to": to} for shot, to in options["move"]]
    made += [{"op": "remove", "shot": shot} for shot in options["remove"]]
    whole = {
        name: options[given]
        for name, given in (
            ("name", "name"), ("cta", "cta"), ("seconds", "length"), ("music", "music"), ("platform", "platform"),
        )
        if options[given] is not None
    }  # fmt: skip
    if options["aspect"] is not None:
        whole["output"] = {"variants": 4, "aspect": options["aspect"]}
    if whole:
        made.append({"op": "set"} | whole)
    return made


def _asset(text: str) -> dict[str, Any]:
    match = _RANGE.match(text)
    if match is None:
        return {"asset": text}
    return {"asset": match["asset"], "start_s": float(match["start"]), "stop_s": float(match["stop"])}


def _seconds(text: str) -> float | None:
    if text == "auto":
        return None
    try:
        return float(text)
    except ValueError:
        raise click.BadParameter(
            f"`{text}` is neither a number of seconds nor `auto`", param_hint="--trim"
        ) from None
