"""What thirty questions find: ``python -m tests.benchmarks.search --products shop/products.json [FOLDER…]``.

Prints a table with the first three hits, their reasons, and the time of each question. With ``--home`` a library that
exists is asked; else one is made in a temporary folder, whose assets are looked at first.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from click.testing import CliRunner

from farm.cli.assets import assets
from farm.contract.assets import AssetService
from farm.contract.scope import local
from farm.local.libraries import open_library
from farm.settings import Settings

QUESTIONS = (
    *(
        "watch",
        "手表",
        "red dress",
        "红色 连衣裙",
        "sunglasses",
        "墨镜",
        "backpack",
        "双肩包",
        "black jacket",
    ),
    *(
        "单肩包",
        "running shoes",
        "鞋",
        "laptop",
        "笔记本电脑",
        "camera",
        "phone case",
        "手机",
        "yoga",
        "T恤",
        "chair",
    ),
    *(
        "plants",
        "绿植",
        "mug",
        "hair dryer",
        "white background",
        "calm music",
        "欢快 音乐",
        "dog",
        "coffee",
        "basketball",
    ),
)


def main() -> None:
    """Ask and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folders", nargs="*", type=Path)
    options.add_argument("--products", type=Path)
    options.add_argument("--home", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as temp:
        home = given.home or Path(temp)
        if given.home is None:
            call = [
                "add",
                *map(str, given.folders),
                *(["--products", str(given.products)] if given.products else []),
            ]
            result = CliRunner(env={"FARM_HOME": str(home)}).invoke(assets, call, catch_exceptions=False)
            print(result.output.splitlines()[-1] if result.output else "")
        ask(Settings(home))


def ask(settings: Settings) -> None:
    """Print what each question finds."""
    print("| question | ms | first hits | reasons of the first |\n| --- | ---: | --- | --- |")
    with open_library(settings, local()) as library:
        # The first question loads jieba's dictionary and makes the index.
        library.ask(AssetService.page, q="手表 watch", limit=1)
        for question in QUESTIONS:
            began = time.perf_counter()
            found = library.ask(AssetService.page, q=question, limit=3).assets
            took_ms = 1000 * (time.perf_counter() - began)
            hits = "; ".join(f"{one.name[:34]} ({one.score:.1f})" for one in found) or "nothing"
            reasons = "; ".join(found[0].reasons or ()) if found else ""
            print(f"| {question} | {took_ms:.0f} | {hits} | {reasons} |")


if __name__ == "__main__":
    main()
