"""What learning is worth: simulated shops, whose true click-through rates nobody knows, and how much each policy loses.

python -m tests.benchmarks.regret [--rounds 4000] [--categories 12] [--templates 8] [--shops 5] [--csv FILE]

A round is a video: a category comes up, a policy chooses a template, the video is played and clicked by chance. Clicks
are known a batch later. Regret is what was not clicked because the best template of the category was not chosen.
"""

from __future__ import annotations

import argparse
import random
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farm.cut.policy import Trial, choose

PLAYS: Final = 200
"""Plays of a video."""
BATCH: Final = 25
"""Videos that are chosen before anything is known of them."""
POLICIES: Final = ("uniform", "rules", "learned")


@dataclass(frozen=True, slots=True)
class Shop:
    """A market: how often each template is clicked in each category, in truth."""

    rates: dict[tuple[str, str], float]
    """True click-through rates by (template, category)."""
    suits: dict[str, str]
    """The template that the rules take for each category: one of the better half, mostly."""
    templates: tuple[str, ...]
    """All templates."""
    categories: tuple[str, ...]
    """All categories."""

    @staticmethod
    def drawn(seed: int, categories: int, templates: int) -> Shop:
        """Return a shop by a seed: rates differ by category, by template, and most by both together."""
        dice = random.Random(seed)
        kinds = tuple(f"category {number}" for number in range(categories))
        names = tuple(f"template {number}" for number in range(templates))
        of_kind = {kind: dice.betavariate(4, 80) for kind in kinds}
        of_name = {name: dice.lognormvariate(0, 0.2) for name in names}
        rates = {
            (name, kind): min(0.5, of_kind[kind] * of_name[name] * dice.lognormvariate(0, 0.35))
            for name in names
            for kind in kinds
        }
        suits = {}
        for kind in kinds:
            ranked = sorted(names, key=lambda name, kind=kind: -rates[name, kind])  # type: ignore[misc]
            suits[kind] = dice.choice(ranked[: max(1, templates // 2)] if dice.random() < 0.8 else ranked)
        return Shop(rates, suits, names, kinds)

    def best(self, category: str) -> float:
        """Return the rate of a category's best template."""
        return max(self.rates[name, category] for name in self.templates)


def regrets(shop: Shop, policy: str, rounds: int, seed: int) -> list[float]:
    """Return the regret, in clicks, summed up to each round."""
    dice = random.Random(f"{seed} {policy}")
    known: dict[tuple[str, str], list[int]] = {}
    waiting: list[tuple[str, str, int]] = []
    total = 0.0
    curve = []
    for number in range(rounds):
        category = shop.categories[random.Random(f"{seed} {number}").randrange(len(shop.categories))]
        name = _chosen(shop, policy, category, known, dice, seed * 1_000_003 + number)
        rate = shop.rates[name, category]
        waiting.append((name, category, sum(dice.random() < rate for _ in range(PLAYS))))
        total += PLAYS * (shop.best(category) - rate)
        curve.append(total)
        if len(waiting) == BATCH:
            for one, kind, clicks in waiting:
                counts = known.setdefault((one, kind), [0, 0])
                counts[0] += PLAYS
                counts[1] += clicks
            waiting.clear()
    return curve


def _chosen(
    shop: Shop,
    policy: str,
    category: str,
    known: dict[tuple[str, str], list[int]],
    dice: random.Random,
    seed: int,
) -> str:
    if policy == "uniform":
        return dice.choice(shop.templates)
    if policy == "rules":
        return shop.suits[category]
    trials = [Trial(name, kind, tries, hits) for (name, kind), (tries, hits) in known.items()]
    return choose(trials, category, shop.templates, seed).order[0].arm


def table(curves: dict[str, list[list[float]]], rounds: int) -> list[str]:
    """Return the mean regret of each policy at some rounds, and what it still loses at the end, as a Markdown table."""
    points = [round(rounds * part) - 1 for part in (0.05, 0.1, 0.25, 0.5, 0.75, 1.0)]
    lines = [
        "| policy | "
        + " | ".join(f"after {point + 1:,}" for point in points)
        + " | lost in the last tenth, a video |",
        "| --- |" + " --- |" * (len(points) + 1),
    ]
    for policy, found in curves.items():
        means = [statistics.fmean(curve[point] for curve in found) for point in points]
        late = statistics.fmean((curve[-1] - curve[-1 - rounds // 10]) / (rounds // 10) for curve in found)
        lines.append(f"| {policy} | " + " | ".join(f"{mean:,.0f}" for mean in means) + f" | {late:.2f} |")
    return lines


def drawing(
    curves: dict[str, list[list[float]]], rounds: int, width: int = 72, height: int = 16
) -> list[str]:
    """Return the mean curves as text: each policy by its first letter."""
    most = max(statistics.fmean(curve[-1] for curve in found) for found in curves.values())
    cells = [[" "] * width for _ in range(height)]
    for policy, found in curves.items():
        for column in range(width):
            point = min(rounds - 1, round((column + 1) * rounds / width) - 1)
            value = statistics.fmean(curve[point] for curve in found)
            cells[height - 1 - min(height - 1, int(value / most * height))][column] = policy[0]
    named = ", ".join(f"{policy[0]} {policy}" for policy in curves)
    edge = [f"{most:>9,.0f} ", *[" " * 10] * (height - 2), f"{0:>9} "]
    rows = [f"{left}|{''.join(row)}" for left, row in zip(edge, cells, strict=True)]
    return [*rows, " " * 10 + "+" + "-" * width, f"{'':10} 1{rounds:>{width - 1},} videos   ({named})"]


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=4_000)
    parser.add_argument("--categories", type=int, default=12)
    parser.add_argument("--templates", type=int, default=8)
    parser.add_argument("--shops", type=int, default=5)
    parser.add_argument("--csv", type=Path, help="Write the mean curves there.")
    given = parser.parse_args()
    shops = [Shop.drawn(seed, given.categories, given.templates) for seed in range(given.shops)]
    curves = {
        policy: [regrets(shop, policy, given.rounds, seed) for seed, shop in enumerate(shops)]
        for policy in POLICIES
    }
    print("\n".join(table(curves, given.rounds)))
    print("\n" + "\n".join(drawing(curves, given.rounds)))
    if given.csv:
        given.csv.write_text(csv_of(curves, given.rounds), encoding="utf-8")


def csv_of(curves: dict[str, list[list[float]]], rounds: int) -> str:
    """Return the mean curves as CSV, a line in every hundredth of the rounds."""
    lines = [",".join(["videos", *curves])]
    for at in range(max(rounds // 100, 1) - 1, rounds, max(rounds // 100, 1)):
        means = [statistics.fmean(curve[at] for curve in found) for found in curves.values()]
        lines.append(",".join([str(at + 1), *(f"{mean:.1f}" for mean in means)]))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
