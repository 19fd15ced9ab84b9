"""Owners of media, media that the journal needs, and how media are condemned."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from farm.errors import DocumentError, MediaCondemnedError, QuotaError
from farm.journal.batch import NewBatch, NewRow
from farm.journal.ending import JobEnding
from farm.journal.entry import NewJob
from farm.journal.journal import Journal
from farm.journal.migrations import MIGRATIONS
from farm.journal.retention import RetentionKind, RetentionRule

A, B, C = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal.open(tmp_path / "journal.sqlite3")


def job(name: str, *media: str, tenant: str = "shop") -> NewJob:
    slots = {"photos": [f"sha256:{one}#photo.jpg" for one in media]}
    return NewJob(name, json.dumps({"template": "t", "slots": slots}), "job.json", tenant=tenant)


def end(journal: Journal, name: str, state: str = "done", size_bytes: int = 7) -> None:
    summary = {"production": {"size_bytes": size_bytes}} if state == "done" else {}
    video = f"/p/{name}.mp4" if state == "done" else ""
    journal.jobs.record([JobEnding(name, state, "", 50.0, summary, "", video=video)])


def test_an_upload_is_its_tenants_and_counted_once(journal: Journal) -> None:
    journal.owners.note("shop", A, 10, 1.0)
    journal.owners.note("shop", A, 10, 2.0)
    journal.owners.note("mall", A, 10, 2.0)
    assert journal.owners.owns("shop", A)
    assert journal.owners.owns("mall", A)
    assert not journal.owners.owns("other", A)
    assert journal.owners.owns(None, A)
    assert journal.quotas.stored("shop", "uploads").size_bytes == 10
    assert journal.owners.use("shop", [A, B], 9.0) == {A}
    assert journal.owners.ages("shop", 1.0) == [(9.0, 10)]


def test_a_job_needs_its_media_until_it_is_done(journal: Journal) -> None:
    journal.owners.note("shop", A, 10, 1.0)
    journal.jobs.accept(job("j", A, B), 5.0)
    assert journal.owners.release("shop", 100.0, 10) == []
    assert journal.owners.needed_under("a") == {A}
    assert journal.owners.needed_under("") == {A, B}
    end(journal, "j")
    assert journal.owners.needed_under("") == {A}
    assert [one.used_s for one in journal.owners.release("shop", 100.0, 10)] == [5.0]
    assert journal.owners.needed_under("") == set()
    assert journal.quotas.stored("shop", "uploads").items == 0


def test_a_failed_job_is_retried_with_the_media_it_named(journal: Journal) -> None:
    hidden = NewJob("j", 'template: t\nslots: {photo: "\\x73ha256:' + A + '"}', "job.yaml", media=(A,))
    journal.jobs.accept(hidden, 1.0)
    end(journal, "j", "failed")
    assert journal.jobs.media_of("j") == (A,)
    assert journal.owners.needed_under("") == set()


def test_waiting_rows_need_their_media(journal: Journal) -> None:
    rows = [NewRow("row 1", job("x", A).document), NewRow("row 2", job("x", B).document)]
    journal.batches.accept(NewBatch("batch", "d", "rows", "t", "shop"), rows, 1.0)
    assert journal.owners.needed_under("") == {A, B}
    journal.batches.cancel("batch")
    assert journal.owners.needed_under("") == set()
    journal.batches.resume("batch")
    assert journal.owners.needed_under("") == {A, B}
    for made in journal.batches.feed(10, 2.0):
        end(journal, made.job_id)
    assert journal.owners.needed_under("") == set()


def test_condemned_files_can_neither_be_owned_nor_used(journal: Journal) -> None:
    journal.owners.mark_unneeded([A, B], 1.0)
    journal.owners.mark_unneeded([A], 9.0)
    assert journal.owners.unneeded_under("") == {A: 1.0, B: 1.0}
    journal.owners.note("shop", B, 1, 2.0)
    assert journal.owners.unneeded_under("") == {A: 1.0}, "an owner makes it needed"
    assert journal.owners.condemn([A, B, C], 3.0) == [A], "neither what is needed nor what was never noted"
    with pytest.raises(MediaCondemnedError):
        journal.owners.note("shop", A, 1, 4.0)
    with pytest.raises(MediaCondemnedError):
        journal.jobs.accept(job("j", A), 4.0)
    rows = [NewRow("row 1", job("x", A).document)]
    with pytest.raises(MediaCondemnedError):
        journal.batches.accept(NewBatch("batch", "d", "rows", "t", "shop"), rows, 4.0)
    assert journal.jobs.get("j") is None
    assert journal.owners.condemned(10) == [A], "as a killed collector leaves it"
    journal.owners.mark_needed([A])
    assert journal.owners.condemned(10) == [A]
    journal.owners.acquit([A])
    journal.owners.note("shop", A, 1, 5.0)
    journal.jobs.accept(job("j", A), 5.0)


def test_a_job_protects_media_that_were_about_to_be_condemned(journal: Journal) -> None:
    journal.owners.mark_unneeded([A], 1.0)
    journal.jobs.accept(job("j", A), 2.0)
    journal.owners.mark_unneeded([A], 2.5)
    assert journal.owners.condemn([A], 3.0) == []


def test_uploads_beyond_the_quota_are_refused_with_a_remedy(journal: Journal) -> None:
    journal.quotas.set("shop", {"upload_bytes": 100})
    journal.owners.note("shop", A, 60, 1.0)
    with pytest.raises(QuotaError, match="farm tenants set shop --upload-bytes") as refused:
        journal.owners.note("shop", B, 41, 1.0)
    assert (refused.value.quota, refused.value.used, refused.value.limit) == ("upload_bytes", 60, 100)
    journal.owners.note("shop", A, 60, 2.0)
    journal.owners.note("shop", C, 40, 2.0)
    journal.owners.note("mall", B, 41, 2.0)
    journal.quotas.set("shop", {"upload_bytes": None})
    journal.owners.note("shop", B, 41, 3.0)


def test_finished_videos_count_until_their_files_are_gone(journal: Journal) -> None:
    journal.quotas.set("shop", {"production_bytes": 10})
    for name in ("one", "two"):
        journal.quotas.check_productions("shop")
        journal.jobs.accept(job(name), 1.0)
        end(journal, name)
    with pytest.raises(QuotaError, match="its quota is 10 B"):
        journal.quotas.check_productions("shop")
    assert journal.productions.known(["one", "two", "three"]) == {"one", "two"}
    journal.productions.gone(["one"])
    journal.quotas.check_productions("shop")
    with pytest.raises(QuotaError, match="adds 3"):
        journal.quotas.check_assets("shop", 999_999, 3)


def test_rules_hold_for_all_or_for_a_tenant(journal: Journal) -> None:
    rules = journal.retention
    assert rules.rule(RetentionKind.UPLOADS, "shop").days == 30
    rules.keep("uploads", "", RetentionRule(10, 5))
    rules.keep("uploads", "shop", RetentionRule(None))
    assert rules.rule(RetentionKind.UPLOADS, "mall") == RetentionRule(10, 5)
    assert rules.rule(RetentionKind.UPLOADS, "shop") == RetentionRule(None)
    assert rules.reset(RetentionKind.UPLOADS, "shop")
    assert rules.rule(RetentionKind.UPLOADS, "shop") == RetentionRule(10, 5)
    for kind, tenant, rule in (
        ("upload", "", RetentionRule(1)),
        ("segments", "shop", RetentionRule(1)),
        ("jobs", "", RetentionRule(1, 5)),
        ("uploads", "", RetentionRule(-1)),
        ("uploads", "", RetentionRule(1, keep_used=True)),
    ):
        with pytest.raises(DocumentError):
            rules.keep(kind, tenant, rule)


def test_a_journal_from_before_owners_finds_what_its_unfinished_jobs_need(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    old = sqlite3.connect(path)
    for script in MIGRATIONS[:3]:
        old.executescript(script)
    for name, state, media in (("waits", "queued", A), ("ended", "done", B)):
        old.execute(
            "INSERT INTO jobs (job_id, tenant, document, source, priority, options, state, cause, video, summary,"
            " accepted_s, changed_s) VALUES (?, 'shop', ?, 's', 0, '{}', ?, '', ?, ?, 1, 1)",
            (
                name,
                job(name, media).document,
                state,
                "v" * (state == "done"),
                '{"production": {"size_bytes": 5}}',
            ),
        )
    old.execute("PRAGMA user_version = 3")
    old.commit()
    old.close()
    journal = Journal.open(path)
    assert journal.owners.needed_under("") == {A}
    assert not journal.owners.owns(None, A), "uploads from before are nobody's"
    assert journal.quotas.stored("shop", "productions").size_bytes == 5
