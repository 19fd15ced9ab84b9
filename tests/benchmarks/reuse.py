"""What comes again costs little: an edit, a campaign of variants, one job in several shapes and sizes.

    python -m tests.benchmarks.reuse [--runs 5] [--products 20] [--json FILE]

All figures are CPU seconds (user and system) of planning, rendering and assembling in one process, against one video of
the same kind made with nothing stored, in the same run.

- **edit**: Product-15 with ``variants: 6``; then each of its five captions in turn is changed.
- **campaign**: so many products with photos of their own, six variants each: the words of the opening, the price, the
  order of the three shots between, and the music differ.
- **shapes**: Product-15's shots as 9:16, 1:1 and 16:9, each with a short side of 720 and of 540 pixels.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from PIL import Image

from farm.draft.starter_library import starter_folder
from farm.local.documents import plan_task
from farm.plan.segment import Plan
from farm.settings import Settings
from farm.worker.halt import HaltSignal
from farm.worker.task import AssembleTask, PlanTask, SegmentTask
from farm.worker.worker import Worker

VARIANTS = 6
CAPTIONS = (
    "夏日新品 Sunglasses",
    "清凉背心 Tank Top",
    "实拍展示 In motion",
    "金色腕表 Watch",
    "限时 19.99 元",
)
"""Product-15's titles, one a shot."""
MUSIC = ("calm", "happy", "energetic", "media/music.mp3")
PASSAGES = (
    {"name": "basics.fade", "ease": "linear"},
    {"name": "basics.slide", "direction": "left", "ease": "linear"},
    {"name": "basics.fade", "ease": "linear"},
    {"name": "basics.wipe", "direction": "up", "ease": "linear"},
)
PHOTOS = ("sunglasses", "tank-top", "watch", "loafers", "mug")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--products", type=int, default=20)
    parser.add_argument("--json", type=Path, dest="out", help="write the figures there too")
    given = parser.parse_args()
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        figures |= edits(Path(folder) / "edit", given.runs)
        figures |= campaign(Path(folder) / "campaign", given.products)
        figures |= shapes(Path(folder) / "shapes", given.runs)
    if given.out:
        given.out.write_text(json.dumps(figures, indent=2))
    for what, value in figures.items():
        print(f"{what:<72} {value:8.3f}")


def made(worker: Worker, task: PlanTask, folder: Path, *, use_cache: bool = True) -> tuple[float, Plan]:
    """Make a video; return its CPU seconds and its plan."""
    started = time.process_time()
    plan = worker.plan(task)
    results = [
        worker.render(SegmentTask(task.job_id, plan, segment, use_cache), HaltSignal())
        for segment in plan.segments
    ]
    worker.assemble(AssembleTask(task.job_id, plan, tuple(results), str(folder), use_cache), HaltSignal())
    return time.process_time() - started, plan


def task_of(document: dict[str, Any], folder: Path, name: str = "bench") -> PlanTask:
    """Return the task of planning a document whose media lie in ``folder``."""
    return PlanTask(name, json.dumps(document, ensure_ascii=False), f"{name}.json", str(folder))


def product15(**output: Any) -> dict[str, Any]:
    """Return the reference job with another output."""
    document: dict[str, Any] = yaml.safe_load((starter_folder() / "product15.yaml").read_text())
    document["output"].update(output)
    return document


def edits(home: Path, runs: int) -> dict[str, float]:
    """Change one caption after another."""
    home.mkdir()
    worker = Worker(Settings(home))
    made(worker, plan_task(starter_folder() / "product15.yaml"), home)  # warm
    first, changed, again = [], [], []
    shares: dict[str, list[float]] = {caption: [] for caption in CAPTIONS}
    for run in range(runs):
        task = task_of(product15(variants=VARIANTS), starter_folder())
        first.append(made(worker, task, home, use_cache=False)[0])
        made(worker, task, home)
        again.append(made(worker, task, home)[0])
        for caption in CAPTIONS:
            text = json.dumps(product15(variants=VARIANTS), ensure_ascii=False)
            edited = json.loads(text.replace(caption, f"{caption} {run + 2}"))
            cost = made(worker, task_of(edited, starter_folder()), home)[0]
            changed.append(cost)
            shares[caption].append(cost / first[-1])
    whole = statistics.median(first)
    return {
        "edit: first render, CPU s": whole,
        "edit: the same job again, against the first": statistics.median(again) / whole,
        "edit: one caption changed, median of all": statistics.median(changed) / whole,
        "edit: one caption changed, the dearest of the five": max(map(statistics.median, shares.values())),
    }


def photos_of(product: int, folder: Path) -> list[str]:
    """Write a product's own five photos, cut and tinted from the starter's; return their names."""
    chance = np.random.default_rng(product)
    names = []
    for index, name in enumerate(PHOTOS):
        picture = Image.open(starter_folder() / "media" / f"{name}.jpg").convert("RGB")
        left, top = (int(chance.integers(0, side // 10)) for side in picture.size)
        picture = picture.crop((left, top, picture.width - left // 2, picture.height - top // 2))
        tint = Image.new("RGB", picture.size, tuple(int(c) for c in chance.integers(0, 256, 3)))
        names.append(f"{product}-{index}.jpg")
        Image.blend(picture, tint, 0.12).save(folder / names[-1], quality=92)
    return names


def variant_of(product: int, variant: int, photos: list[str]) -> dict[str, Any]:
    """Return a variant of a product's video, as Product-15 is built."""
    document = product15(variants=VARIANTS)
    order = [0, *(1 + place for place in list(permutations(range(3)))[variant % 6]), 4]
    titles = [f"新品 No. {product}-{variant}", "Light", "Strong", "Handmade", f"¥ {19 + variant}.90"]
    clips: list[dict[str, Any]] = []
    groups = [clip for clip in document["timeline"]["tracks"][0]["clips"] if clip["kind"] == "group"]
    for place, shot in enumerate(order):
        group = json.loads(json.dumps(groups[0 if place == 0 else 1 if place < 4 else 4]))
        picture = {**groups[0]["tracks"][0]["clips"][0], "src": photos[shot]}
        group["tracks"][0]["clips"] = [picture]
        group["tracks"][1]["clips"][0]["text"] = titles[shot]
        clips.append(group)
        if place < 4:
            clips.append({"kind": "transition", "use": PASSAGES[0], "duration": 0.4, "before": 0})
    document["timeline"]["tracks"][0]["clips"] = clips
    sound = document["timeline"]["tracks"][2]["clips"][0]
    sound["src"] = MUSIC[variant % len(MUSIC)]
    sound["in"] = variant // len(MUSIC)
    return document


def campaign(home: Path, products: int) -> dict[str, float]:
    """Make all variants of all products."""
    home.mkdir()
    for name in ("media/sticker.png", "media/music.mp3"):
        (home / "media").mkdir(exist_ok=True)
        (home / name).write_bytes((starter_folder() / name).read_bytes())
    worker = Worker(Settings(home / "farm"))
    made(worker, plan_task(starter_folder() / "product15.yaml"), home)  # warm
    total, alone = 0.0, []
    for product in range(products):
        photos = photos_of(product, home)
        lone = variant_of(product, 0, photos)
        lone["output"]["variants"] = 1
        if product % 4 == 0:
            alone.append(made(worker, task_of(lone, home), home, use_cache=False)[0])
        for variant in range(VARIANTS):
            total += made(worker, task_of(variant_of(product, variant, photos), home), home)[0]
    one = statistics.median(alone)
    count = products * VARIANTS
    return {
        "campaign: one video alone, CPU s": one,
        f"campaign: {count} videos ({products} x {VARIANTS}), in videos": total / one,
        f"campaign: the same for 120 videos (goal {65})": total / one * 120 / count,
    }


def shapes(home: Path, runs: int) -> dict[str, float]:
    """Make the reference shots in three shapes and two sizes."""
    home.mkdir()

    def outputs() -> list[dict[str, Any]]:
        documents = []
        for aspect in ("9:16", "1:1", "16:9"):
            for side in (720, 540):
                document = product15()
                document["output"] = {"aspect": aspect, "short_side": side, "quality": "standard"}
                sticker = document["timeline"]["tracks"][1]["clips"][0]
                sticker["box"] = ["66%", "5%", "28%", "16%"]
                documents.append(document)
        return documents

    def cost(run: Callable[[], float]) -> float:
        return statistics.median(run() for _ in range(runs))

    worker = Worker(Settings(home))
    first = task_of(outputs()[0], starter_folder())
    made(worker, first, home)  # warm
    one = cost(lambda: made(worker, first, home, use_cache=False)[0])

    def six() -> float:
        fresh = Worker(Settings(home / f"farm-{time.monotonic_ns()}"), worker.registry)
        return sum(made(fresh, task_of(document, starter_folder()), home)[0] for document in outputs())

    return {"shapes: one alone, CPU s": one, "shapes: three shapes in two sizes, in videos": cost(six) / one}


if __name__ == "__main__":
    main()
