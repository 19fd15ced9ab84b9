"""Journal, works, blobs and the collector in any order, killed at any step: nothing needed is lost, the rest goes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from farm.errors import ConflictError, MediaCondemnedError
from farm.journal.batch import NewBatch, NewRow
from farm.journal.job_filter import Filter
from farm.journal.retention import RetentionKind, RetentionRule
from farm.retention.marks import Running
from tests.contract.conftest import BUCKET
from tests.contract.retained_farm import RetainedFarm, named
from tests.contract.test_retention import Killed

TENANTS = st.sampled_from(["shop", "mall"])
CONTENTS = st.integers(0, 5).map(lambda number: b"content %d" % number)
STEPS = st.tuples(
    st.sampled_from(["remove media", "remove media", "acquit", "condemn", "note", "remove", "release", ""]),
    st.sampled_from([1, 1, 2, 5]),
)
"""The step that is meant: which of those whose name begins so."""
UPLOAD_BYTES = 40
"""A tenant's uploads are bounded to so many bytes: about four contents."""


class RetentionMachine(RuleBasedStateMachine):
    """Needs are read from journal and catalog and compared with what lies in the stores, after each step."""

    where: tuple[str, str] = "", ""
    """URL and options of the shared place."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="farm-retention-"))
        url, options = self.where
        if url.startswith("s3"):
            url = f"{url}/{self.folder.name}"
        elif url:
            url = str(self.folder / "mount")
        self.farm = RetainedFarm(self.folder / "home", url, options)
        self.number = 0
        self.last_use_s: dict[tuple[str, str], float] = {}
        self.planned: dict[str, set[str]] = {}
        self.farm.running = lambda: Running(frozenset().union(*self.planned.values()))

    @initialize(bounded=st.booleans())
    def begin(self, bounded: bool) -> None:
        self.bounded = bounded
        if bounded:
            for kind in (RetentionKind.UPLOADS, RetentionKind.PRODUCTIONS):
                keep_used = kind is RetentionKind.PRODUCTIONS
                self.farm.journal.retention.keep(kind, "", RetentionRule(30, UPLOAD_BYTES, keep_used))

    def fresh(self, what: str) -> str:
        self.number += 1
        return f"{what}{self.number}"

    @rule(tenant=TENANTS, data=CONTENTS)
    def upload(self, tenant: str, data: bytes) -> None:
        self.sent(lambda: self.farm.upload(tenant, data))
        self.last_use_s[tenant, named(data)] = self.farm.now_s()

    def sent(self, send: Callable[[], object]) -> None:
        """Send something; what a killed collector had condemned is refused until it is finished, as a farm starts."""
        try:
            send()
        except MediaCondemnedError:
            assert self.farm.journal.owners.condemned(1)
            self.farm.collector().finish()
            send()

    def be_quiet(self, data: bytes) -> None:
        """Let what nobody uses come to the verge of being condemned; there is something that nobody does."""
        self.farm.collector().finish()
        self.farm.fetched(data)
        self.farm.wait(31)
        self.farm.collect()
        self.farm.wait(9)

    @rule(data=CONTENTS)
    def fetch(self, data: bytes) -> None:
        """A plan needs what a URL led to, which no journal knows."""
        job = self.fresh("job")
        self.farm.accept(job, "shop")
        # What is fetched is put anew, which object stores and disks tell the time of; this farm's clock is its own.
        self.farm.journal.owners.mark_needed([named(data)])
        if named(data) not in self.farm.journal.owners.condemned(9):
            self.planned[job] = {self.farm.fetched(data)}

    @rule(data=CONTENTS)
    def render(self, data: bytes) -> None:
        self.farm.segment(data)

    @rule(tenant=TENANTS, media=st.sets(CONTENTS, max_size=3))
    def accept(self, tenant: str, media: set[bytes]) -> None:
        """As the API does: only what the tenant owns."""
        owned = self.farm.journal.owners.use(tenant, [named(one) for one in media], self.farm.now_s())
        self.farm.accept(self.fresh("job"), tenant, *owned)
        for one in owned:
            self.last_use_s[tenant, one] = self.farm.now_s()

    @rule(tenant=TENANTS, media=st.sets(CONTENTS, min_size=1, max_size=2))
    def batch(self, tenant: str, media: set[bytes]) -> None:
        owned = self.farm.journal.owners.use(tenant, [named(one) for one in media], self.farm.now_s())
        rows = [NewRow(f"row {one}", f'{{"photo": "sha256:{one}"}}') for one in sorted(owned)]
        batch = NewBatch(self.fresh("batch"), "digest", "rows", "t", tenant)
        self.farm.journal.batches.accept(batch, rows, self.farm.now_s())

    @rule(cancel=st.booleans())
    def feed(self, cancel: bool) -> None:
        batches = self.farm.journal.batches
        if cancel:
            for one in batches.newest(1):
                batches.cancel(one.batch_id)
        else:
            for job in batches.feed(2, self.farm.now_s()):
                for one in job.document.split("sha256:")[1:]:
                    self.last_use_s[job.tenant, one[:64]] = self.farm.now_s()

    @rule(state=st.sampled_from(["done", "done", "failed", "cancelled"]))
    def end(self, state: str) -> None:
        for job in self.farm.journal.jobs.newest(3, Filter(state="unfinished")):
            self.farm.end(job.job_id, b"video of " + job.job_id.encode(), state)
            self.farm.journal.jobs.mark_recorded([job.job_id])
            self.planned.pop(job.job_id, None)

    @rule(tenant=TENANTS, data=CONTENTS)
    def add_asset(self, tenant: str, data: bytes) -> None:
        self.sent(lambda: self.farm.asset(tenant, data))
        self.last_use_s[tenant, named(data)] = self.farm.now_s()

    @rule(tenant=TENANTS, data=CONTENTS)
    def drop_asset(self, tenant: str, data: bytes) -> None:
        try:
            self.farm.catalog.assets.drop(named(data), tenant)
        except ConflictError:
            return

    @rule(tenant=TENANTS, data=CONTENTS)
    def make_work(self, tenant: str, data: bytes) -> None:
        if self.farm.catalog.assets.get(named(data), tenant) is None:
            self.add_asset(tenant, data)
        self.farm.work(self.fresh("work"), tenant, named(data))
        self.order(tenant)

    @rule(tenant=TENANTS)
    def order(self, tenant: str) -> None:
        for work in self.farm.catalog.works.page(tenant, 1):
            production = self.fresh("job")
            self.farm.order(production, tenant, work.work_id)
            self.farm.accept(production, tenant)

    @rule(tenant=TENANTS)
    def remove_work(self, tenant: str) -> None:
        for work in self.farm.catalog.works.page(tenant, 1):
            self.farm.catalog.works.remove(work.work_id)

    @rule(days=st.sampled_from([0.1, 2, 9, 16, 31]))
    def wait(self, days: float) -> None:
        self.farm.wait(days)

    @rule()
    def collect(self) -> None:
        self.farm.collect()

    @rule(stop=STEPS, restart=st.booleans(), quiet=st.sampled_from([True, True, False]))
    def collect_killed(self, stop: tuple[str, int], restart: bool, quiet: bool) -> None:
        name, left = stop
        if quiet:
            self.be_quiet(b"content 0")

        def die(what: str) -> None:
            nonlocal left
            left -= what.startswith(name)
            if left == 0:
                raise Killed

        try:
            self.farm.collect(on_step=die)
        except Killed:
            if restart:
                self.farm.reopen()

    @rule(
        stop=STEPS,
        tenant=TENANTS,
        data=CONTENTS,
        as_asset=st.booleans(),
        quiet=st.sampled_from([True, True, False]),
    )
    def collect_met(
        self, stop: tuple[str, int], tenant: str, data: bytes, as_asset: bool, quiet: bool
    ) -> None:
        """Something comes to be needed while the collector is at any of its steps: what it removes, where it does."""
        name, left = stop
        if quiet:
            self.be_quiet(data)

        def meet(what: str) -> None:
            nonlocal left, data
            left -= what.startswith(name)
            if left == 0:
                left -= 1
                every = {named(b"content %d" % number): b"content %d" % number for number in range(6)}
                data = next((one for sha256, one in every.items() if sha256 in what), data)
                try:
                    sha256 = self.farm.asset(tenant, data) if as_asset else self.farm.upload(tenant, data)
                    self.farm.accept(self.fresh("job"), tenant, sha256)
                except MediaCondemnedError:
                    return
                self.last_use_s[tenant, sha256] = self.farm.now_s()

        self.farm.collect(on_step=meet)

    def needed(self) -> set[str]:
        """Return key and suffix of all that something needs; condemned media are nobody's."""
        farm = self.farm
        return (
            farm.journal.owners.needed_under("")
            | farm.catalog.needs.media("")
            | farm.catalog.needs.files("")
            | set().union(*self.planned.values())
        )

    @invariant()
    def nothing_needed_is_lost(self) -> None:
        lost = self.needed() - self.farm.blobs()
        assert not lost, lost

    @invariant()
    def jobs_stay_as_long_as_their_files(self) -> None:
        jobs = {one.job_id for one in self.farm.journal.jobs.newest(1000)}
        files = self.farm.files()
        made = self.farm.journal.productions.known(files)
        assert made <= files
        assert made <= jobs

    @invariant()
    def what_was_used_lately_is_still_owned(self) -> None:
        if self.bounded:
            return
        for (tenant, sha256), used_s in self.last_use_s.items():
            if self.farm.now_s() - used_s < 29.9 * 86_400:
                assert self.farm.journal.owners.owns(tenant, sha256), (tenant, sha256)

    @precondition(lambda self: self.bounded)
    @rule()
    def bytes_are_bounded(self) -> None:
        self.farm.wait(days=1)
        self.farm.collect()
        for tenant in self.farm.journal.owners.tenants():
            owned = self.farm.journal.quotas.stored(tenant, "uploads").size_bytes
            in_work = self.farm.journal.owners.needed_under("")
            # What unfinished jobs name stays beyond the bytes.
            free = owned - sum(9 for one in in_work if self.in_work(one))
            assert free <= UPLOAD_BYTES, (tenant, owned)

    def in_work(self, sha256: str) -> bool:
        return any(not one.startswith("tenant") for one in self.farm.journal.owners.users_of(sha256)) or any(
            True for _ in self.waiting_rows(sha256)
        )

    def waiting_rows(self, sha256: str) -> list[Any]:
        return self.farm.journal.database.rows("SELECT 1 FROM batch_media WHERE sha256 = ?", (sha256,))

    def teardown(self) -> None:
        try:
            self.all_goes_in_the_end()
        finally:
            self.farm.close()
            shutil.rmtree(self.folder)

    def all_goes_in_the_end(self) -> None:
        farm = self.farm
        for one in farm.journal.batches.newest(1000):
            farm.journal.batches.cancel(one.batch_id)
        for job in farm.journal.jobs.unfinished():
            farm.end(job.job_id, b"video")
        self.planned.clear()
        farm.journal.jobs.mark_recorded([one.job_id for one in farm.journal.jobs.newest(1000)])
        for work in farm.catalog.works.page(None, 1000):
            farm.catalog.works.remove(work.work_id)
        for tenant in ("shop", "mall"):
            for number in range(6):
                farm.catalog.assets.drop(named(b"content %d" % number), tenant)
        for _ in range(3):
            farm.wait(31)
            farm.collect()
        assert farm.blobs() == set()
        assert farm.files() == set()
        assert farm.journal.jobs.newest(1) == []
        assert farm.journal.owners.unneeded_under("") == {}
        assert (
            farm.journal.quotas.all_stored("uploads") == farm.journal.quotas.all_stored("productions") == {}
        )


def run(where: tuple[str, str], examples: int, steps: int) -> None:
    machine = type("Machine", (RetentionMachine,), {"where": where})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_on_one_machine() -> None:
    run(("", ""), 10, 30)


def test_over_a_shared_folder() -> None:
    run(("folder", ""), 4, 30)


@pytest.mark.slow
def test_over_s3(s3_options: str) -> None:
    run((f"s3://{BUCKET}", s3_options), 1, 15)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["local", "folder", "s3"])
def test_for_long(kind: str, s3_options: str) -> None:
    where = {"local": ("", ""), "folder": ("folder", ""), "s3": (f"s3://{BUCKET}", s3_options)}[kind]
    run(where, 20 if kind == "s3" else 150, 60)
