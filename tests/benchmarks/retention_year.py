"""A year of a farm in numbers: what it would keep, by month, under the default rules."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from farm.journal.retention import DEFAULTS, RetentionKind, RetentionRule
from farm.retention.horizon import BUCKET_S, DAY_S, Ages, horizon
from farm.retention.sweep import Graces

MONTH_DAYS: Final = 30
MEDIA: Final = 3, 400_000
"""Media uploaded for a video, and the bytes of each; half of the videos use what was uploaded lately."""
SEGMENTS: Final = 6, 350_000
"""Segments rendered for a video beside its sound, and the bytes of each."""
VIDEO_BYTES: Final = 2_500_000
ROWS: Final = {"jobs, events, media": 14, "runs": 1, "segments of runs": 6, "events of videos": 20}
"""Rows that a video leaves behind: in the journal, and in the catalog."""
OF_WORKS: Final = 0.05
WORK_DAYS: Final = 90
"""Which part of the videos are of works, and how long a work exists."""


@dataclass(slots=True)
class ActiveLease:
    """Things of one kind: (last use, number, bytes), the oldest first."""

    rule: RetentionRule
    grace_s: float
    cohorts: deque[tuple[float, int, int]] = field(default_factory=deque)
    all_bytes: int = 0
    """What there would be if nothing ever went."""

    def add(self, at_s: float, number: int, size_bytes: int) -> None:
        self.cohorts.append((at_s, number, size_bytes))
        self.all_bytes += size_bytes

    def sweep(self, now_s: float) -> list[tuple[int, int]]:
        """Let go of what the planner says; return (number, bytes) of it."""
        ages = Ages((used_s, size_bytes) for used_s, _, size_bytes in self.cohorts)
        line = horizon(ages, self.rule, now_s, grace_s=self.grace_s)
        gone = []
        while self.cohorts and line.passed(self.cohorts[0][0]):
            _, number, size_bytes = self.cohorts.popleft()
            gone.append((number, size_bytes))
        return gone

    @property
    def number(self) -> int:
        return sum(one for _, one, _ in self.cohorts)

    @property
    def size_bytes(self) -> int:
        return sum(one for _, _, one in self.cohorts)


def year(months: int, videos: int) -> int:
    """Simulate and print; return the exit code."""
    graces = Graces()
    uploads = ActiveLease(DEFAULTS[RetentionKind.UPLOADS], graces.upload_s)
    unowned = ActiveLease(DEFAULTS[RetentionKind.UNOWNED], graces.blob_s)
    segments = ActiveLease(DEFAULTS[RetentionKind.SEGMENTS], graces.blob_s)
    productions = ActiveLease(DEFAULTS[RetentionKind.PRODUCTIONS], graces.upload_s)
    of_works = ActiveLease(RetentionRule(DEFAULTS[RetentionKind.PRODUCTIONS].days or 0), graces.upload_s)
    rows = {
        "jobs, events, media": ActiveLease(DEFAULTS[RetentionKind.JOBS], 0),
        "runs": ActiveLease(DEFAULTS[RetentionKind.RUNS], 0),
        "segments of runs": ActiveLease(DEFAULTS[RetentionKind.RUN_DETAILS], 0),
        "events of videos": ActiveLease(DEFAULTS[RetentionKind.EVENTS], 0),
    }
    works: deque[tuple[float, int, int]] = deque()
    hourly = videos // 24
    print(
        f"{videos:,} videos a day; TB and millions of rows at the end of each month; in brackets: if nothing went"
    )
    print(f"{'month':>5} {'uploads':>9} {'unowned':>9} {'segments':>9} {'videos':>9} {'of works':>9} {'all':>9}"
          f" {'(kept all)':>11} | " + " ".join(f"{name:>19}" for name in rows))  # fmt: skip
    totals: list[int] = []
    row_totals: list[int] = []
    for day in range(months * MONTH_DAYS):
        for hour in range(24):
            at_s = day * DAY_S + hour * BUCKET_S
            fresh = hourly // 2
            uploads.add(at_s, fresh * MEDIA[0], fresh * MEDIA[0] * MEDIA[1])
            segments.add(at_s, hourly * SEGMENTS[0], hourly * SEGMENTS[0] * SEGMENTS[1])
            of_work = int(hourly * OF_WORKS)
            productions.add(at_s, hourly - of_work, (hourly - of_work) * VIDEO_BYTES)
            works.append((at_s, of_work, of_work * VIDEO_BYTES))
            for name, each in ROWS.items():
                rows[name].add(at_s, hourly * each, 0)
        now_s = (day + 1) * DAY_S
        for number, size_bytes in uploads.sweep(now_s):
            # Let go of, and needed by nobody from now on.
            unowned.add(now_s, number, size_bytes)
            unowned.all_bytes -= size_bytes
        # A work's videos are kept while it exists; then their age counts.
        while works and works[0][0] < now_s - WORK_DAYS * DAY_S:
            of_works.add(*works.popleft())
        for held in (unowned, segments, productions, of_works, *rows.values()):
            held.sweep(now_s)
        if (day + 1) % MONTH_DAYS == 0:
            kept_works = of_works.size_bytes + sum(one for _, _, one in works)
            sizes = [
                uploads.size_bytes,
                unowned.size_bytes,
                segments.size_bytes,
                productions.size_bytes,
                kept_works,
            ]
            totals.append(sum(sizes))
            row_totals.append(sum(held.number for held in rows.values()))
            all_bytes = sum(one.all_bytes for one in (uploads, segments, productions, of_works)) + sum(
                one for _, _, one in works
            )
            columns = " ".join(f"{size / 1e12:9.2f}" for size in (*sizes, totals[-1]))
            print(f"{(day + 1) // MONTH_DAYS:>5} {columns} {f'({all_bytes / 1e12:.1f})':>11} | "
                  + " ".join(f"{held.number / 1e6:19.1f}" for held in rows.values()))  # fmt: skip
    settled = totals[4:] or totals
    bounded = max(settled) <= min(settled) * 1.01
    print(f"from month 5 on between {min(settled) / 1e12:.2f} and {max(settled) / 1e12:.2f} TB: "
          + ("bounded" if bounded else "NOT BOUNDED"))  # fmt: skip
    if months > 15:
        late = row_totals[14:]
        bounded &= max(late) <= min(late) * 1.02
        print(f"rows from month 15 on between {min(late) / 1e6:.0f} and {max(late) / 1e6:.0f} million")
    return 0 if bounded else 1
