"""Sheets of type, to be looked at: every text style on light, dark and busy photos, animators, scripts of the world.

python -m tests.benchmarks.type_sheets OUT
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from farm.draft.starter_library import starter_folder
from farm.plugins.registry import Registry
from farm.settings import Settings
from farm.worker.render import render_stills
from farm.worker.task import PlanTask
from farm.worker.worker import Worker

TILE = 360
SCRIPTS = {
    "Arabic": "مرحبا بالعالم، خصم ٥٠٪", "Hebrew": "שלום עולם, מבצע 50%", "Hindi": "नमस्ते दुनिया, बड़ी छूट",
    "Thai": "สวัสดีชาวโลก ลดราคา", "Korean": "안녕하세요 세계, 할인", "Japanese": "こんにちは世界、セール！",
    "Vietnamese": "Xin chào thế giới, giảm giá", "Emoji": "Family 👩‍👩‍👧 🇫🇷 👍🏽 1️⃣ ❤️‍🔥", "German": "Größe, Übermaß, ẞ",
    "Chinese": "限时特惠，全场五折起",
}  # fmt: skip
WORDS = {
    "short": "New", "长": "新品上市", "long": "A kettle that whistles only when the water is ready",
    "长句": "一壶好水，从听见第一声汽笛开始，慢慢等待",
}  # fmt: skip


def ground(kind: str) -> dict[str, Any]:
    """Return a clip that is light, dark or busy."""
    clip: dict[str, Any] = {"kind": "image", "duration": 3}
    if kind == "light":
        return {**clip, "src": "media/mug.jpg", "zoom": 2.5, "focus_x": 1, "focus_y": 0}
    if kind == "dark":
        return {**clip, "src": "media/watch.jpg", "effects": [{"name": "basics.grade", "brightness": -0.4}]}
    return {**clip, "src": "media/tank-top.jpg", "effects": [{"name": "basics.grade", "contrast": 1.3}]}


def text(words: Any, style: str, **fields: Any) -> dict[str, Any]:
    """Return a text that fills a tile."""
    return {"kind": "text", "text": words, "style": style, "box": ["6%", "14%", "88%", "72%"], "duration": 3,
            "enter": "none", "exit": "none", **fields}  # fmt: skip


def tiles(registry: Registry) -> Iterator[tuple[str, list[list[dict[str, Any]]]]]:
    """Yield (name of a sheet, rows of (tile, ...)); a tile is its tracks and moment."""
    for name in registry.text_styles:
        row = []
        for photo in ("light", "dark", "busy"):
            for words in WORDS.values():
                row.append({"tracks": [ground(photo), text(words, name)], "at": 1.5})
        yield f"style {name}", [row[:6], row[6:]]
    rows = []
    for words in SCRIPTS.values():
        looks: list[dict[str, Any]] = [
            {},
            {"arc": 100},
            {"vertical": True},
            {"italic": True, "underline": True},
        ]
        row = []
        for look in looks:
            clip = text(words, "basics.outline", look={"size": "11%", "min_size": "2%", **look})
            row.append({"tracks": [ground("busy"), clip], "at": 1.5})
        moving = text(
            words, "basics.outline", animate=[{"use": "basics.unveil", "by": "char", "stagger": 0.1}]
        )
        runs = [
            words[: len(words) // 2],
            {"text": words[len(words) // 2 :], "color": "#ffd84d", "weight": 900},
        ]
        row += [{"tracks": [ground("dark"), moving], "at": 0.6},
                {"tracks": [ground("light"), text(runs, "basics.outline")], "at": 1.5}]  # fmt: skip
        rows.append(row)
    yield "scripts", rows


def shot(worker: Worker, tile: dict[str, Any]) -> NDArray[np.uint8]:
    """Return a tile's frame as sRGB."""
    job = {
        "timeline": {"tracks": [{"clips": [clip]} for clip in tile["tracks"]]},
        "output": {"size": [TILE, TILE]},
    }
    drafted = worker.draft(PlanTask("sheet", json.dumps(job), "sheet", str(starter_folder())))
    frame = round(30 * tile["at"])
    return render_stills(drafted.timeline, [frame], worker.registry, worker.stills, worker.drawings)[0]


def main() -> None:
    """Write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    worker = Worker(Settings.from_environment())
    for name, rows in tiles(worker.registry):
        sheet = np.concatenate([np.concatenate([shot(worker, tile) for tile in row], axis=1) for row in rows])
        path = out / f"{name.replace(' ', '-')}.png"
        Image.fromarray(sheet).save(path)
        print(path)


if __name__ == "__main__":
    main()
