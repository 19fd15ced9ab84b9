"""Sweeping finished files: by the rules of their tenants, and those that are unknown."""

from __future__ import annotations

from typing import Final

from farm.journal.retention import RetentionKind
from farm.retention.horizon import BUCKET_S, Ages, horizon
from farm.retention.marks import Marks
from farm.retention.sweep import BATCH, Sweep, overdue

_PRODUCTION: Final = "productions/"
"""Prefix of productions' names in the journal's notes of unknown files."""


def sweep_productions(sweep: Sweep, marks: Marks) -> None:
    """Remove productions beyond their tenant's rule, except those that works use where the rule keeps them."""
    made = sweep.journal.productions
    for tenant in made.tenants():
        rule = sweep.rule(RetentionKind.PRODUCTIONS, tenant)
        ages = Ages(made.ages(tenant, BUCKET_S))
        line = horizon(ages, rule, sweep.now_s, grace_s=sweep.graces.upload_s)
        bytes_before_s = float("-inf") if rule.bytes is None else ages.newest(rule.bytes)
        after = (float("-inf"), "")
        while due := made.made_before(tenant, line.before_s, after, BATCH):
            after = due[-1].made_s, due[-1].job_id
            used = marks.of_works([one.job_id for one in due]) if rule.keep_used else set()
            gone = [one for one in due if one.job_id not in used or one.made_s < bytes_before_s]
            for one in gone:
                size_bytes = one.size_bytes
                if not sweep.dry_run:
                    sweep.step(f"remove production {one.job_id}")
                    size_bytes = sweep.places.productions.remove(one.job_id)
                sweep.tally.add(RetentionKind.PRODUCTIONS, line.reason(one.made_s), 1, size_bytes)
            if gone and not sweep.dry_run:
                sweep.step("note removed productions")
                made.gone([one.job_id for one in gone])


def sweep_unknown_productions(sweep: Sweep, marks: Marks) -> None:
    """Remove files of productions unknown to both the journal and works, once the unowned rule's days are over."""
    owners = sweep.journal.owners
    rule = sweep.rule(RetentionKind.UNOWNED)
    noted = owners.unneeded_under(_PRODUCTION)
    pending: dict[str, int] = {}

    def judge() -> None:
        unknown = pending.keys() - marks.productions(pending)
        unknown -= marks.of_works(unknown)
        gone = [one for one in unknown if overdue(noted.get(_PRODUCTION + one), rule, sweep.now_s)]
        for one in gone:
            if not sweep.dry_run:
                sweep.step(f"remove unknown production {one}")
                sweep.places.productions.remove(one)
            sweep.tally.add(RetentionKind.PRODUCTIONS, "it belongs to no job or work", 1, pending[one])
        if not sweep.dry_run:
            owners.acquit([_PRODUCTION + one for one in gone])
            owners.mark_unneeded([_PRODUCTION + one for one in unknown.difference(gone)], sweep.now_s)
            owners.mark_needed([_PRODUCTION + one for one in pending.keys() - unknown])
        pending.clear()

    for job_id, stored in sweep.places.productions.walk():
        if sweep.now_s - stored.changed_s > sweep.graces.blob_s:
            pending[job_id] = pending.get(job_id, 0) + stored.size_bytes
        if len(pending) >= BATCH:
            judge()
    judge()
