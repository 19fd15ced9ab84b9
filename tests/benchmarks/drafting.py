"""How long the retail templates take to draft, and a written template to be compiled and checked.

python -m tests.benchmarks.drafting                      the templates of this checkout
python -m tests.benchmarks.drafting --against FOLDER     also those of a `plugins` folder of another one, as a ratio

Times are medians of process time, so that other programs on the machine disturb them little. Photos are analysed
before. `first` measures all texts anew, `again` knows their sizes, as for a video that differs in its pictures only.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from importlib import import_module
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any, Final

from farm.language import typesetting
from farm.language.check import check_text
from farm.language.program import compiled
from farm.language.template_text import read_template
from farm.plugins.registry import load_registry
from farm.plugins.template import Brief
from tests.unit.farm_retail.test_templates import CASES, MEDIA

NAMES: Final = ("retail.lookbook", "retail.sale", "retail.spotlight")
SIZES: Final = ((720, 1280), (1080, 1080), (1920, 1080))
ROUNDS: Final = 5


def milliseconds(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """Return the median time of a call; ``before`` is called before each and not timed."""
    times = []
    for _ in range(ROUNDS):
        before()
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1000)
    return median(times)


def drafts() -> dict[str, dict[str, float]]:
    """Return the times of drafts, by template, case and size."""
    templates = {one.name: one for one in import_module("farm_retail").farm_templates()}
    found: dict[str, dict[str, float]] = {}
    for name, (case, slots), size in product(NAMES, CASES.items(), SIZES):
        template = templates[name]
        language = "zh" if case == "chinese" else "en"
        brief = Brief(template.slots.model_validate(slots), MEDIA, *size, Fraction(30), language)
        template.draft(brief)
        found[f"{name} {case} {size[0]}x{size[1]}"] = {
            "first": milliseconds(lambda t=template, b=brief: t.draft(b), typesetting.forget_extents),  # type: ignore[misc]
            "again": milliseconds(lambda t=template, b=brief: t.draft(b)),  # type: ignore[misc]
        }
    return found


def other(plugins: Path) -> dict[str, dict[str, float]]:
    """Return the times of the drafts of another checkout's plugins."""
    path = os.pathsep.join([str(plugins), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "tests.benchmarks.drafting", "--json"]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    answer: dict[str, dict[str, float]] = json.loads(done.stdout)
    return answer


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--against", type=Path)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    times = drafts()
    if args.json:
        print(json.dumps(times))
        return
    before: dict[str, Any] = other(args.against.resolve()) if args.against else {}
    print(f"{'draft, ms':44} {'first':>7} {'again':>7}" + ("   before  ratio (first)" if before else ""))
    for name, one in times.items():
        line = f"{name:44} {one['first']:7.1f} {one['again']:7.1f}"
        if before:
            line += f"  {before[name]['first']:7.1f}  {one['first'] / before[name]['first']:5.2f}"
        print(line)
    most = max(one["first"] for one in times.values())
    print(f"longest {most:.1f} ms, median {median(one['first'] for one in times.values()):.1f} ms")
    if before:
        ratios = [one["first"] / before[name]["first"] for name, one in times.items()]
        print(f"ratio to before: median {median(ratios):.2f}, highest {max(ratios):.2f}")
    folder = Path(str(import_module("farm_retail").__file__)).parent / "templates"
    registry = load_registry()
    for name in NAMES:
        text = read_template(folder / f"{name.partition('.')[2]}.yaml")
        spent = milliseconds(lambda t=text: compiled(t))  # type: ignore[misc]
        checked = milliseconds(lambda t=text: check_text(t, registry))  # type: ignore[misc]
        print(f"{name}: compiled in {spent:.0f} ms, compiled and checked in {checked:.0f} ms")


if __name__ == "__main__":
    main()
