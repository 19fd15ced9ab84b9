"""Retention: a year of 60,000 videos a day in numbers, and 5,000 tiny jobs on a farm whose collector is killed.

    python -m tests.benchmarks.retention year [--months 12] [--videos 60000]
    python -m tests.benchmarks.retention kill [--jobs 5000] [--kills 12] [--seed 1]

`year` counts things by the hour and puts them through the planner of the garbage collector with its default rules.
`kill` runs a farm with real files, uploads and submits over HTTP, and sends SIGKILL to the farm while it collects. The
rules' days are seconds there. Each exits with 1 where bytes are not bounded or something needed was lost.
"""

from __future__ import annotations

import argparse
import sys

from tests.benchmarks.retention_kill import kill, serve_farm
from tests.benchmarks.retention_year import year


def main() -> int:
    """Run what was asked for; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parts = parser.add_subparsers(dest="part", required=True)
    numbers = parts.add_parser("year")
    numbers.add_argument("--months", type=int, default=12)
    numbers.add_argument("--videos", type=int, default=60_000, help="a day")
    real = parts.add_parser("kill")
    real.add_argument("--jobs", type=int, default=5_000)
    real.add_argument("--kills", type=int, default=12)
    real.add_argument("--seed", type=int, default=1)
    farm = parts.add_parser("farm", help="the farm of `kill`; started by it")
    farm.add_argument("home")
    farm.add_argument("port", type=int)
    given = parser.parse_args()
    if given.part == "year":
        return year(given.months, given.videos)
    if given.part == "farm":
        return serve_farm(given.home, given.port)
    return kill(given.jobs, given.kills, given.seed)


if __name__ == "__main__":
    sys.exit(main())
