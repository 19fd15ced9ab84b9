"""Renders videos with known transitions and distractors, for the benchmark of shot detection.

    python -m tests.benchmarks.reels --media folder --out reels --seeds 1 2 3

``folder`` holds ``products/*/*.jpg`` and ``clips/*`` of one shot each. Writes ``gSEED.mp4`` and the truth,
``gSEED.json``.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from farm.media.probe import probe
from farm.plugins.registry import load_registry
from farm.settings import Settings
from tests.golden.jobs import planned, unsegmented, worker

SIZES = [(360, 640), (640, 360), (480, 480), (540, 960)]
LENGTHS_S = (0.25, 0.4, 0.5, 0.8)


@dataclass
class Reel:
    """A timeline in the making, and its truth."""

    seed: int
    media: Path
    clips: list[dict[str, Any]] = field(default_factory=list)
    overlay: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    transitions: list[dict[str, Any]] = field(default_factory=list)
    distractors: list[list[Any]] = field(default_factory=list)
    frames: int = 0
    last: Path | None = None

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.fps = self.random.choice([24, 25, 30, 30, 60])
        folders = sorted((self.media / "products").iterdir())
        self.photos = [found for folder in folders if (found := sorted(folder.glob("*.jpg")))]
        self.footage = sorted(path for path in (self.media / "clips").iterdir() if path.is_file())
        self.product = self.photos[0]

    def shot(self) -> None:
        length = round(self.random.choice([0.7, 1.0, 1.4, 1.8, 2.5, 3.0]) * self.fps)
        clip = self._clip(length) if self.random.random() < 0.45 else self._photo(length)
        if length >= 1.8 * self.fps:
            self._distract(clip, length)
        self.clips.append(clip)
        self.frames += length

    def _clip(self, length: int) -> dict[str, Any]:
        path = self.random.choice([one for one in self.footage if one != self.last])
        self.last = path
        spare_s = float(probe(path).duration_s) - length / self.fps - 1.8
        begin_s = round(self.random.uniform(0.6, max(0.7, spare_s)), 2)
        return {"kind": "video", "src": str(path), "in": begin_s, "duration": f"{length}f"}

    def _photo(self, length: int) -> dict[str, Any]:
        if self.random.random() > 0.45:  # otherwise neighbours show one product
            self.product = self.random.choice(self.photos)
        while not (others := [one for one in self.product if one != self.last]):
            self.product = self.random.choice(self.photos)
        self.last = self.random.choice(others)
        shot = {"kind": "image", "src": str(self.last), "duration": f"{length}f"}
        camera = self.random.choice(["still", "zoom", "zoom", "pan"])
        if camera == "still":
            return shot | {"fit": self.random.choice(["cover", "blur", "contain"])}
        if camera == "zoom":
            begin, end = self.random.choice([(1, 1.15), (1.2, 1), (1.0, 1.3)])
            return shot | {
                "fit": self.random.choice(["cover", "blur"]),
                "zoom": self._line(begin, end, length),
            }
        return shot | {"fit": "cover", "zoom": 1.6, "focus_x": self._line(0.1, 0.9, length)}

    def _line(self, begin: float, end: float, length: int) -> list[dict[str, Any]]:
        return [{"at": 0, "value": begin, "ease": "linear"}, {"at": f"{length}f", "value": end}]

    def _distract(self, clip: dict[str, Any], length: int) -> None:
        middle, share, third = self.frames + length // 2, self.random.random(), length // 3
        if share < 0.15:
            flash = {
                "kind": "color",
                "color": "#ffffff",
                "duration": "2f",
                "opacity": self.random.choice([0.6, 1.0]),
            }
            self._over("flash", middle, 2, flash)
        elif share < 0.35:
            sticker = self.random.choice(["basics.burst", "basics.heart", "basics.tag", "basics.sparkle"])
            box = ["30%", "30%", "40%", "40%"]
            self._over(
                "sticker", middle, third, {"kind": "sticker", "sticker": sticker, "box": box, "enter": "pop"}
            )
        elif share < 0.5 and clip["kind"] == "image":
            swift = self.random.choice([5, 8, 12])
            knots = [
                (0, 0.05, "hold"),
                (length // 2, 0.05, "in-out-sine"),
                (length // 2 + swift, 0.95, "hold"),
            ]
            keys = [{"at": f"{at}f", "value": value, "ease": ease} for at, value, ease in knots]
            clip |= {"fit": "cover", "zoom": 2.2, "focus_x": keys}
            self.distractors.append(["fast pan", middle, middle + swift])
        elif share < 0.65:
            enter = self.random.choice(["rise", "fade", "left"])
            box = ["5%", "60%", "90%", "30%"]
            text = {"kind": "text", "text": "新品上市 New arrival −30%", "box": box, "enter": enter}
            self._over("text", middle, third, text)

    def _over(self, name: str, at: int, length: int, clip: dict[str, Any]) -> None:
        self.overlay.append((at, {"duration": f"{length}f"} | clip))
        self.distractors.append([name, at, at + length])

    def go_on(self, transitions: list[str]) -> None:
        if self.random.random() < 0.42:
            self.transitions.append({"type": "cut", "frame": self.frames})
            return
        name = self.random.choice(transitions)
        length = min(max(4, round(self.random.choice(LENGTHS_S) * self.fps)), 2 * int(0.3 * self.fps))
        before = length // 2
        self.clips.append(
            {"kind": "transition", "use": name, "duration": f"{length}f", "before": f"{before}f"}
        )
        first = self.frames - before
        self.transitions.append(
            {"type": name, "first": first, "last": first + length - 1, "frame": self.frames}
        )

    def document(self) -> str:
        tracks = [{"clips": self.clips}]
        if self.overlay:
            ordered = sorted(self.overlay, key=lambda one: one[0])
            tracks.append({"clips": [clip | {"at": f"{at}f"} for at, clip in ordered]})
        width, height = self.random.choice(SIZES)
        output = {"size": f"{width}x{height}", "fps": self.fps, "quality": "draft"}
        return yaml.safe_dump({"timeline": {"tracks": tracks}, "output": output}, allow_unicode=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--media", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", required=True)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    made, names = worker(Settings.from_environment().home), sorted(load_registry().transitions)
    for seed in asked.seeds:
        reel = Reel(seed, asked.media.resolve())
        count = reel.random.randint(8, 11)
        for number in range(count):
            reel.shot()
            if number < count - 1:
                reel.go_on(names)
        data = unsegmented(made, planned(made, reel.document(), asked.out))
        (asked.out / f"g{seed}.mp4").write_bytes(data)
        truth = {"fps": reel.fps, "transitions": reel.transitions, "distractors": reel.distractors}
        (asked.out / f"g{seed}.json").write_text(json.dumps(truth), encoding="utf-8")
        print(f"g{seed}: {reel.frames} frames, {len(reel.transitions)} transitions")


if __name__ == "__main__":
    main()
