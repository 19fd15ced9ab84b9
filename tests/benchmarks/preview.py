"""Previews: one frame of a document, in a worker that is warm and over HTTP.

    python -m tests.benchmarks.preview [--runs 9] [--json FILE]

Wall milliseconds, medians. *First* is a document that this worker never saw: nothing of it probed, decoded or drawn.
*Again* is the same frame once more, as after an edit that leaves the pictures alone. *HTTP* is `POST /v1/stills` of
the API in this process, its media uploaded as blobs, JPEG; its first answer of each document is not counted.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import yaml

from farm.draft.draft import media_parts
from farm.draft.media_references import mapped
from farm.draft.starter_library import starter_folder, starter_library
from farm.local.documents import plan_task
from farm.media.probe import hash_file
from farm.plugins.registry import load_registry
from farm.settings import Settings
from farm.worker.stills import still_of
from farm.worker.worker import Worker
from tests.contract.small_farm import SmallFarm

FRAMES: Final = (
    ("product15", 1.5, "photo in motion, title, sticker"),
    ("product15", 7.4, "clip of 1280x720"),
    ("sunglasses", 2.0, "template, one photo"),
    ("watch-sale", 5.1, "template, square"),
    ("home-lookbook", 5.1, "template, 16:9, several photos"),
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", type=Path, dest="out", help="write the figures there too")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder, SmallFarm(Path(folder) / "home") as farm:
        farm.previews.load()
        client = farm.client()
        for name, at_s, what in FRAMES:
            path = starter_folder() / f"{name}.yaml"
            body = uploaded(path, lambda digest, data: client.put(f"/v1/blobs/{digest}", content=data))

            def ask(body: str = body, at_s: float = at_s) -> None:
                client.post("/v1/stills", params={"at_s": at_s}, content=body).raise_for_status()

            first, again = in_process(path, at_s, Path(folder), options.runs)
            ask()
            over_http = statistics.median(timed(ask) for _ in range(options.runs))
            rows.append(
                {
                    "job": name,
                    "at_s": at_s,
                    "what": what,
                    "first_ms": first,
                    "again_ms": again,
                    "http_ms": over_http,
                }
            )
    if options.out:
        options.out.write_text(json.dumps(rows, indent=2))
    print(f"One frame, wall ms, median of {options.runs}")
    print(f"  {'':<52}{'first':>7}{'again':>7}{'HTTP':>7}")
    for row in rows:
        label = f"{row['job']} at {row['at_s']} s: {row['what']}"
        print(f"  {label:<52}{row['first_ms']:>7.0f}{row['again_ms']:>7.0f}{row['http_ms']:>7.0f}")


def in_process(path: Path, at_s: float, folder: Path, runs: int) -> tuple[float, float]:
    """Return the medians of the first frame of a document in warm workers, and of the same frame again."""
    first, again = [], []
    for _ in range(runs):
        worker = Worker(Settings(folder / "worker"))
        worker.load()

        def draw(worker: Worker = worker) -> None:
            still_of(worker, plan_task(path), at_s, option="at")

        first.append(timed(draw))
        again.append(timed(draw))
    return statistics.median(first), statistics.median(again)


def timed(call: Callable[[], None]) -> float:
    """Return the wall milliseconds of a call."""
    started = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - started)


def uploaded(path: Path, put: Callable[[str, bytes], object]) -> str:
    """Return a job document whose media are blobs, each given to ``put``."""
    data = yaml.safe_load(path.read_text())
    (part,) = media_parts(data, load_registry())

    def stored(reference: str) -> str:
        if reference in starter_library():
            return reference
        file = path.parent / reference
        put(hash_file(file), file.read_bytes())
        return f"sha256:{hash_file(file)}"

    name, value, schema = part.path, part.value, part.schema
    return json.dumps(data | {name: mapped(value, schema, stored)})


if __name__ == "__main__":
    main()
