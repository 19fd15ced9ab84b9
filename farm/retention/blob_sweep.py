"""Sweeping blobs: derived files by the rules, and media once they are unused."""

from __future__ import annotations

from farm.journal.retention import RetentionKind
from farm.retention.horizon import Ages, Horizon, horizon
from farm.retention.marks import Marks
from farm.retention.places import BlobFile, BlobPlace
from farm.retention.sweep import BATCH, Sweep, overdue
from farm.store.blobs import blob_name


def sweep_blobs(sweep: Sweep, marks: Marks, free_bytes: int = 0) -> None:
    """Remove derived files beyond their rules, and media that have been unused for long enough.

    Args:
        sweep: The run.
        marks: The needed files.
        free_bytes: Bytes of segments to remove beyond the rules.
    """
    lines = {one.label: _line(sweep, one, free_bytes) for one in sweep.places.blobs}
    for prefix in sorted({*sweep.places.prefixes(), *sweep.journal.owners.unneeded_prefixes()}):
        media: dict[str, int] = {}
        needed = marks.derived(prefix)
        for place in sweep.places.blobs:
            line = lines[place.label]
            for blob in place.blobs(prefix):
                if not blob.suffix:
                    media[blob.key] = media.get(blob.key, 0) + blob.size_bytes
                elif line.passed(blob.changed_s) and blob.key + blob.suffix not in needed:
                    _remove_derived(sweep, place, blob, line)
        _sweep_media(sweep, prefix, media, marks)


def _line(sweep: Sweep, place: BlobPlace, free_bytes: int) -> Horizon:
    rule = sweep.rule(place.derived)
    ages, wanted = Ages(), free_bytes if place.derived is RetentionKind.SEGMENTS else 0
    if wanted or rule.bytes is not None:
        # Only then must all blobs be listed twice.
        for prefix in place.prefixes():
            for blob in place.blobs(prefix):
                if blob.suffix:
                    ages.add(blob.changed_s, blob.size_bytes)
    return horizon(ages, rule, sweep.now_s, grace_s=sweep.graces.blob_s, free_bytes=wanted)


def _remove_derived(sweep: Sweep, place: BlobPlace, blob: BlobFile, line: Horizon) -> None:
    if not sweep.dry_run:
        sweep.step(f"remove {blob.name} from {place.label}")
        # Check again: it may have been used since it was listed.
        found = place.place.stat(blob.name)
        if found is None or not line.passed(found.changed_s):
            return
        place.place.remove(blob.name)
        _uncache(sweep, blob.name)
    sweep.tally.add(place.derived, line.reason(blob.changed_s), 1, blob.size_bytes)


def _sweep_media(sweep: Sweep, prefix: str, media: dict[str, int], marks: Marks) -> None:
    owners = sweep.journal.owners
    needed = marks.media(prefix)
    noted, rule = owners.unneeded_under(prefix), sweep.rule(RetentionKind.UNOWNED)
    unneeded = [one for one in media if one not in needed]
    due = sorted(one for one in unneeded if overdue(noted.get(one), rule, sweep.now_s))
    reason = f"unused for {rule.days:g} days" if rule.days is not None else ""
    if sweep.dry_run:
        for one in due:
            sweep.tally.add(RetentionKind.UNOWNED, reason, 1, media[one])
        return
    # If media are needed again, their time restarts once they no longer are; those that are gone are dropped.
    found_again = [one for one in noted if one not in media or one in needed]
    if found_again:
        owners.mark_needed(found_again)
    fresh = [one for one in unneeded if one not in noted]
    if fresh:
        sweep.step("note unneeded media")
        owners.mark_unneeded(fresh, sweep.now_s)
    for first in range(0, len(due), BATCH):
        sweep.step("condemn media")
        remove_media(sweep, owners.condemn(due[first : first + BATCH], sweep.now_s), reason)


def remove_media(sweep: Sweep, condemned: list[str], reason: str) -> None:
    """Remove condemned media everywhere, then allow them to be uploaded and used again."""
    young_s = sweep.clock() - sweep.graces.blob_s
    for sha256 in condemned:
        name = blob_name(sha256)
        found = [(one.place, one.place.stat(name)) for one in sweep.places.blobs]
        # Stored or used since it was listed, by a job that got it other than by an upload: keep it this time.
        if any(stored is not None and stored.changed_s > young_s for _, stored in found):
            continue
        for place, stored in found:
            if stored is not None:
                sweep.step(f"remove media {sha256}")
                place.remove(name)
        _uncache(sweep, name)
        size_bytes = sum(stored.size_bytes for _, stored in found if stored is not None)
        sweep.tally.add(RetentionKind.UNOWNED, reason, 1, size_bytes)
    sweep.step("acquit media")
    sweep.journal.owners.acquit(condemned)


def _uncache(sweep: Sweep, name: str) -> None:
    if sweep.places.cache is not None:
        (sweep.places.cache / name).unlink(missing_ok=True)
