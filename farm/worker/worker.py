"""The worker: a plain class that plans, renders segments and assembles files. Independent of Ray.

Modules that draw and encode are imported on first use, so that documents are checked in a third of the time.
"""

from __future__ import annotations

import gc
import os
import platform
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.draft.bind import Binder
from farm.draft.draft import Draft, draft
from farm.draft.starter_library import starter_library
from farm.errors import DocumentError, MediaError, PluginsLackedError, StoreError
from farm.media.encode import encoder_works
from farm.media.probe import FileHashes, Prober, hash_file
from farm.media.still import Stills
from farm.model.parse import document_data
from farm.plan.cut import plan_timeline
from farm.plan.key import digest
from farm.plan.quality import quality_of
from farm.plan.segment import Plan
from farm.plugins.lacking import lacking
from farm.plugins.registry import Registry, load_kernels, load_registry
from farm.settings import Settings
from farm.store.fetch import fetch
from farm.store.fonts import FontShelf
from farm.store.guard import parse_guard
from farm.store.open import blob_store, font_shelf, library_store, production_store
from farm.store.productions import ProductionStore
from farm.store.store import Store
from farm.store.upkeep import Upkeep
from farm.worker.conditions import Conditions
from farm.worker.devices import Devices
from farm.worker.element_paces import ElementPaces
from farm.worker.halt import HaltSignal
from farm.worker.localise import Localiser
from farm.worker.sound_track import sound_track
from farm.worker.task import (
    AnalysisResult,
    AnalysisTask,
    AssembleTask,
    AssemblyResult,
    PlanTask,
    SegmentResult,
    SegmentTask,
    Spent,
)

if TYPE_CHECKING:
    from farm.render.drawn import Drawings

SEGMENT_SUFFIX = ".mp4"
COVER_SUFFIX = ".jpg"


class Worker:
    """Performs tasks one at a time; keeps scaled stills and the plugin registry between them."""

    def __init__(self, settings: Settings, registry: Registry | None = None) -> None:
        self._settings = settings
        self._given = registry
        self.stills = Stills()
        self._hashes = FileHashes()
        self._prober = Prober(hashes=self._hashes)
        self._devices = Devices()
        self._node = settings.node or platform.node()

    @cached_property
    def registry(self) -> Registry:
        """The plugins' elements and templates."""
        return self._given or load_registry()

    @cached_property
    def drawings(self) -> Drawings:
        """Rasterised texts, shapes and stickers, kept between segments."""
        from farm.render.drawn import Drawings

        return Drawings()

    @cached_property
    def blobs(self) -> Store:
        """The store that all workers of a farm share."""
        return blob_store(self._settings)

    @cached_property
    def library(self) -> Store:
        """The library's store."""
        return library_store(self._settings)

    def find_media(self, sha256: str) -> Path | None:
        """Return the path of a media file on this machine: uploaded, fetched, or from the library.

        Its content is verified against its hash each time, 1 ms per megabyte: segments rendered from wrong bytes would
        be stored under the keys of the right ones, and reused by every job.

        Raises:
            MediaError: the file is damaged.
        """
        path = self.blobs.find(sha256) or self.library.find(sha256)
        if path is not None and hash_file(path) != sha256:
            raise MediaError(
                f"the stored media sha256:{sha256} are damaged; ask the operator to run `farm store repair`, then "
                "upload the file again"
            )
        return path

    @cached_property
    def fonts(self) -> FontShelf:
        """The fonts that the farm's operator added."""
        return font_shelf(self._settings)

    @cached_property
    def productions(self) -> ProductionStore:
        """Where other machines find the files assembled here."""
        return production_store(self._settings)

    @cached_property
    def upkeep(self) -> Upkeep:
        """Schedules the trimming of this machine's stores to their limits."""
        return Upkeep(self._settings.home / "upkeep")

    @cached_property
    def media(self) -> Localiser:
        """Finds the media of plans made by other machines."""
        return Localiser(self.blobs, starter_library().values(), self._hashes)

    @cached_property
    def conditions(self) -> Conditions:
        """Known damage in media."""
        return Conditions(self.blobs, starter_library().values())

    def warm(self) -> dict[str, Any]:
        """Load what drawing needs; return this worker's node, working encoders and devices, and plugins."""
        self.load()
        encoders = [name for name in ("libx264", "h264_nvenc") if encoder_works(name)]
        self.registry.collect()
        disabled = self.registry.disabled
        plugins = [one.mark for name, one in self.registry.plugins.items() if name not in disabled]
        return {
            "node": self._node,
            "encoders": encoders,
            "devices": self._devices.working,
            "plugins": plugins,
        }

    def load(self) -> None:
        """Load plugins and compiled loops in advance, so that the first frame does not wait for them."""
        import farm.render.tone_kernels
        import farm.worker.render  # noqa: F401

        load_kernels()
        assert self.registry
        # Overrides whatever startup has set: objects from here on may be large and part of reference cycles.
        gc.set_threshold(700, 10, 10)

    def draft(self, task: PlanTask, fetched: Callable[[str], Path] | None = None) -> Draft:
        """Return the drafted job.

        Args:
            task: The document.
            fetched: Returns the file of a URL, or raises MediaError; by default it is downloaded here.

        Raises:
            DocumentError: with all its problems.
        """
        # A caller that names a folder works on this machine and can reach the same hosts anyway.
        guard = parse_guard(self._settings.fetch_allow) if task.folder is None else None
        binder = Binder(
            folder=Path(task.folder) if task.folder is not None else None,
            fetch=fetched or (lambda url: fetch(url, self.blobs, guard)),
            blob=self.find_media,
            library=starter_library(),
            probe=self._prober.probe,
        )
        drafted = draft(
            task.document,
            source=task.source,
            binder=binder,
            registry=self.registry,
            fonts=self.fonts.files(),
        )
        conditions, timeline = self.conditions, drafted.timeline
        damage = conditions.examined(timeline) if task.examine else conditions.known(timeline)
        return replace(drafted, warnings=(*drafted.warnings, *damage)) if damage else drafted

    def plan(self, task: PlanTask, fetched: Callable[[str], Path] | None = None) -> Plan:
        """Return the plan of a job document; ``fetched`` as in :meth:`draft`.

        Raises:
            DocumentError: with all its problems.
        """
        try:
            drafted = task.drafted or self.draft(task, fetched)
        except DocumentError as error:
            lacked = lacking(document_data(task.document, source=task.source), self.registry)
            if lacked:
                raise PluginsLackedError(
                    error.problems, source=error.source, plugins=lacked, more=error.more
                ) from error
            raise
        self.media.share(drafted.timeline)
        return plan_timeline(
            drafted.timeline,
            quality_of(drafted.output),
            variants=drafted.output.variants,
            warnings=drafted.warnings,
            name=drafted.name or Path(task.source).stem,
            template=drafted.template,
            plugins=(drafted.plugin,) if drafted.plugin else (),
            device=drafted.output.device,
        )

    def render(self, task: SegmentTask, halt: HaltSignal) -> SegmentResult:
        """Render a segment into the store, unless it is already there."""
        from farm.worker.render import render_segment

        segment, quality = task.segment, task.plan.quality
        frames = segment.stop - segment.start
        if task.use_cache and (path := self.blobs.find(segment.key, SEGMENT_SUFFIX)):
            return SegmentResult(
                segment.key, frames, path.stat().st_size, True, quality.encoder, Spent(), self._node
            )
        self.registry.check_files(task.plan.drawn_by)
        timeline = self.media.pictures(task.plan.timeline, segment.start, segment.stop)
        device, decoder, warnings = self._devices.of(task.plan)
        rendered = render_segment(
            timeline, segment, quality, self.registry, self.stills, halt, device, decoder, self.drawings
        )
        self.registry.check_files(task.plan.drawn_by)
        self.blobs.put_bytes(segment.key, SEGMENT_SUFFIX, rendered.data)
        if rendered.elements:
            ElementPaces(self._settings.element_paces).learn(timeline, rendered.elements)
        return SegmentResult(
            segment.key,
            frames,
            len(rendered.data),
            False,
            quality.encoder,
            rendered.spent,
            self._node,
            device=f"{device.name} ({device.model})" if device.model else device.name,
            decoders=rendered.decoders,
            warnings=(
                *rendered.warnings,
                *(warnings if rendered.decoders else ()),
                *self.conditions.met(rendered.damaged, task.plan.timeline),
            ),
            elements=rendered.elements,
        )

    def assemble(self, task: AssembleTask, halt: HaltSignal) -> AssemblyResult:
        """Mix the sound, join the segments, check the file, and write cover and report."""
        from farm.worker.assemble import assemble

        started = time.process_time()
        sound = sound_track(task, self.blobs, self.media, self.conditions)
        cover, drawn = self._cover(task)
        task, segments = self._segments(task, halt)
        halt.check()
        folder = Path(task.folder) if task.folder else self._settings.productions
        production = assemble(task, folder, segments, sound, cover, self._node)
        self.productions.publish(task.job_id, folder)
        self.upkeep.do(self.blobs.trim, self.productions.trim)
        spent = replace(drawn, encode_s=sound.cpu_s + drawn.encode_s, total_s=time.process_time() - started)
        return replace(production, spent=spent)

    def analyse(self, task: AnalysisTask, halt: HaltSignal) -> AnalysisResult:
        """Analyse an asset with all analysers that support it, and store the files they make from it.

        Raises:
            StoreError: the asset's content is missing.
        """
        from farm.worker.analyse import lane_for
        from farm.worker.analysis_job import analyse_assets, parse_analysis

        started = time.process_time()
        sha256 = parse_analysis(task.document)
        path = self.find_media(sha256)
        if path is None:
            raise StoreError(f"the content of asset {sha256} is not in the library; add it again")
        halt.check()
        limit_s, words = self._settings.element_limit_s, self._settings.last_words(os.getpid())
        record = analyse_assets(
            path,
            sha256,
            self.registry,
            self.library,
            lambda asset: lane_for(asset, limit_s, words),
        )
        spent = Spent(total_s=time.process_time() - started)
        return AnalysisResult(record.to_json(), spent, self._node)

    def _segments(self, task: AssembleTask, halt: HaltSignal) -> tuple[AssembleTask, list[Path]]:
        """Return the segments' files, and the task updated with the results of segments rendered again.

        A segment that the store has dropped meanwhile is rendered here, on the CPU if this worker has no GPU.
        """
        plan = task.plan if self._devices.has_gpu else replace(task.plan, device="cpu")
        results, paths = list(task.segments), []
        for index, segment in enumerate(plan.segments):
            path = self.blobs.find(segment.key, SEGMENT_SUFFIX)
            if path is None:
                again = self.render(SegmentTask(task.job_id, plan, segment, task.use_cache), halt)
                results[index] = replace(again, spent=results[index].spent + again.spent)
                path = self.blobs.path_of(segment.key, SEGMENT_SUFFIX)
            paths.append(path)
        return replace(task, segments=tuple(results)), paths

    def _cover(self, task: AssembleTask) -> tuple[bytes, Spent]:
        """Return the cover, and the CPU seconds of composing and encoding it."""
        from farm.worker.render import cover_frame, jpeg, render_stills

        plan = task.plan
        number = cover_frame(plan.timeline)
        segment = next(s for s in plan.segments if s.start <= number < s.stop)
        key = digest(["cover", segment.key, number - segment.start])
        if task.use_cache and (path := self.blobs.find(key, COVER_SUFFIX)):
            return path.read_bytes(), Spent()
        timeline = self.media.pictures(plan.timeline, number, number + 1)
        began_s = time.process_time()
        (frame,) = render_stills(timeline, [number], self.registry, self.stills, self.drawings)
        composed_s = time.process_time()
        data = jpeg(frame)
        spent = Spent(composite_s=composed_s - began_s, encode_s=time.process_time() - composed_s)
        self.registry.check_files(plan.drawn_by)
        self.blobs.put_bytes(key, COVER_SUFFIX, data)
        return data, spent
