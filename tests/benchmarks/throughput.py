"""Two workers against one, and the way over an idle warm farm against one process.

    python -m tests.benchmarks.throughput [--jobs 24] [--runs 5] [--json FILE]

First the same jobs on a farm of one worker and then on one of two: videos a minute, and their ratio. Then
Product-15 from submission to the last byte known to be done, on the idle farm of two workers, against the same render
in one process: medians of so many runs, nothing cached, kernels and media warm on both sides.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from pathlib import Path

from farm.client.client import FarmClient
from farm.local import run as local_run
from farm.local.run import request_for, run
from farm.settings import Settings
from tests.benchmarks.live_farm import LiveFarm, media_folder, sale


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=24)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        one, two = Path(folder) / "one", Path(folder) / "two"
        with LiveFarm(one, 1) as farm:
            figures["one worker, videos a minute"] = rate(farm, given.jobs)
        with LiveFarm(two, 2) as farm:
            figures["two workers, videos a minute"] = rate(farm, given.jobs)
            figures["Product-15 over the farm, s"] = statistics.median(
                [over_farm(farm) for _ in range(given.runs + 1)][1:]
            )
        figures["Product-15 in one process, s"] = in_process(Path(folder) / "alone", given.runs)
    figures["two workers against one"] = (
        figures["two workers, videos a minute"] / figures["one worker, videos a minute"]
    )
    figures["farm against one process"] = (
        figures["Product-15 over the farm, s"] / figures["Product-15 in one process, s"]
    )
    for name, value in figures.items():
        print(f"{name:<32} {value:8.2f}")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2))


def rate(farm: LiveFarm, jobs: int) -> float:
    """Return videos a minute with a full queue, after each worker has done a job."""
    client = farm.client()
    chance = random.Random(1)
    _all_done(client, [_submit(client, chance, -number) for number in range(1, 2 * farm.workers + 1)])
    began_s = time.monotonic()
    _all_done(client, [_submit(client, chance, number) for number in range(jobs)])
    wall_s = time.monotonic() - began_s
    client.close()
    return 60.0 * jobs / wall_s


def over_farm(farm: LiveFarm) -> float:
    """Return the seconds from submitting Product-15 until it is done, nothing of it stored."""
    client = farm.client()
    document = (media_folder() / "product15.yaml").read_text()
    began_s = time.monotonic()
    job_id = client.submit(document, f"product15-{time.time_ns()}.yaml", media_folder(), use_cache=False)
    _all_done(client, [job_id])
    wall_s = time.monotonic() - began_s
    client.close()
    return wall_s


def in_process(home: Path, runs: int) -> float:
    """Return the median seconds of rendering Product-15 in this process, without the store."""
    executor = local_run.in_process(Settings(home))
    times = []
    for _ in range(runs + 1):
        request = request_for(media_folder() / "product15.yaml", home / "out", use_cache=False)
        began_s = time.monotonic()
        (view,) = run(executor, [request])
        times.append(time.monotonic() - began_s)
        assert view.production is not None, view.message
    return statistics.median(times[1:])


def _submit(client: FarmClient, chance: random.Random, number: int) -> str:
    document = json.dumps(sale(chance, number, seconds=15.0, side_px=720))
    return client.submit(document, f"{number}.json", media_folder())


def _all_done(client: FarmClient, ids: list[str]) -> None:
    for job_id in ids:
        job = client.wait(job_id)
        assert job.state == "done", job.message


if __name__ == "__main__":
    main()
