"""The state of a farm without the farm: journal, catalog and stores, filled by the tests, on any kind of store."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from farm.journal.ending import JobEnding
from farm.journal.entry import NewJob
from farm.journal.journal import Journal
from farm.retention.collector import Collector, no_step
from farm.retention.marks import Running, nothing_runs
from farm.retention.outcome import Outcome
from farm.retention.places import Places
from farm.services.library_media import Media
from farm.settings import Settings
from farm.store.open import blob_store, library_store, production_store
from farm.store.productions import SUFFIXES
from farm.store.uploads import Uploads
from farm_catalog.analysis_record import AnalysisRecord
from farm_catalog.asset_entry import Arrival, Finding
from farm_catalog.catalog import Catalog
from farm_catalog.productions import OrderedProduction

DAY_S = 86_400.0


def named(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class RetainedFarm:
    """Times go by in its own clock: files of object stores cannot be made older."""

    def __init__(self, home: Path, url: str = "", options: str = "") -> None:
        self.settings = Settings(home, store_url=url, store_options=options)
        self.journal = Journal.open(self.settings.journal)
        self.catalog = Catalog.start(self.settings.catalog)
        self.store = blob_store(self.settings)
        self.library = library_store(self.settings)
        self.media = Media(self.library, self.store)
        self.productions = production_store(self.settings)
        self.uploads = Uploads(self.settings.home / "uploads", 10**9)
        self.places = Places.of(self.settings)
        self.running: Callable[[], Running] = nothing_runs
        self.later_s = 0.0

    def close(self) -> None:
        self.catalog.close()
        self.journal.close()

    def reopen(self) -> None:
        """Do what a process does that was killed and is started anew."""
        self.close()
        self.journal = Journal.open(self.settings.journal)
        self.catalog = Catalog.start(self.settings.catalog)

    def now_s(self) -> float:
        return time.time() + self.later_s

    def wait(self, days: float) -> None:
        self.later_s += days * DAY_S

    def collect(
        self, *, dry_run: bool = False, free_bytes: int = 0, on_step: Callable[[str], None] = no_step
    ) -> Outcome:
        return self.collector(on_step).collect(dry_run=dry_run, free_bytes=free_bytes)

    def collector(self, on_step: Callable[[str], None] = no_step) -> Collector:
        return Collector(
            self.settings,
            self.journal,
            lambda: self.catalog,
            lambda: self.running(),
            clock=self.now_s,
            on_step=on_step,
        )

    def upload(self, tenant: str, data: bytes) -> str:
        """Do what the API does when a file has arrived."""
        sha256 = named(data)
        self.journal.owners.note(tenant, sha256, len(data), self.now_s())
        self.store.put_bytes(sha256, "", data)
        return sha256

    def fetched(self, data: bytes) -> str:
        """Have media that no tenant owns, as what a job's URL led to."""
        sha256 = named(data)
        self.store.put_bytes(sha256, "", data)
        return sha256

    def segment(self, data: bytes) -> str:
        key = named(b"segment" + data)
        self.store.put_bytes(key, ".mp4", data)
        return key

    def accept(self, job_id: str, tenant: str, *media: str) -> None:
        document = json.dumps({"template": "t", "slots": {"photos": [f"sha256:{one}" for one in media]}})
        self.journal.jobs.accept(NewJob(job_id, document, "job", tenant=tenant), self.now_s())

    def end(self, job_id: str, data: bytes = b"", state: str = "done") -> None:
        """End a job; a done one leaves its three files."""
        summary: dict[str, Any] = {}
        video = ""
        if state == "done":
            folder = self.settings.productions
            folder.mkdir(parents=True, exist_ok=True)
            whole = {".mp4": data, ".jpg": b"\xff\xd8" + data + b"\xff\xd9", ".json": b"{}"}
            for suffix in SUFFIXES:
                (folder / f"{job_id}{suffix}").write_bytes(whole[suffix])
            self.productions.publish(job_id, folder)
            summary = {"production": {"size_bytes": len(data), "sha256": named(data)}}
            video = str(folder / f"{job_id}.mp4")
        self.journal.jobs.record([JobEnding(job_id, state, "", self.now_s(), summary, "", video=video)])

    def asset(self, owner: str, data: bytes) -> str:
        """Put content into the library and look at it, which makes a thumbnail."""
        sha256 = self.upload(owner, data)
        size_bytes = self.media.keep_blob(sha256)
        self.catalog.assets.add([Arrival(sha256, size_bytes, owner, sha256[:8])], self.now_s())
        thumbnail = named(b"thumbnail" + data)
        self.library.put_bytes(thumbnail, ".jpg", b"thumbnail" + data)
        finding = Finding("look", 1, files={"thumbnail.jpg": (thumbnail, ".jpg")})
        self.catalog.assets.learn(AnalysisRecord(sha256, None, (finding,)))
        return sha256

    def work(self, work_id: str, owner: str, *assets: str) -> None:
        self.catalog.works.make(work_id, owner, {"name": work_id}, assets, "rough cut")

    def order(self, production: str, owner: str, work_id: str) -> None:
        """Note in the catalog that a job makes a work's video."""
        words = dict.fromkeys(("template", "script", "category", "product", "platform", "farm"), "")
        document = json.dumps({"template": "t"})
        self.catalog.productions.order(
            [
                OrderedProduction(
                    production, owner, work_id, 1, name=work_id, document=document, parts=(), **words
                )
            ]
        )

    def has_media(self, sha256: str) -> bool:
        return all(
            one.place.stat(f"{sha256[:2]}/{sha256[2:]}") is not None for one in self.places.blobs[:1]
        ) or self.media.has(sha256)

    def blobs(self) -> set[str]:
        """Return key and suffix of all blobs, wherever they lie."""
        return {
            blob.key + blob.suffix
            for one in self.places.blobs
            for prefix in one.prefixes()
            for blob in one.blobs(prefix)
        }

    def files(self) -> set[str]:
        """Return the jobs that have files."""
        return {job_id for job_id, _ in self.productions.walk()}

    def stored_bytes(self) -> int:
        """Return the bytes of all blobs and productions."""
        return sum(
            blob.size_bytes
            for one in self.places.blobs
            for prefix in one.prefixes()
            for blob in one.blobs(prefix)
        ) + sum(stored.size_bytes for _, stored in self.productions.walk())
