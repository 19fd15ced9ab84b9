"""The worker: a plain class that plans, renders segments and assembles files. Independent of Ray.

Modules that draw and encode are imported on first use, so that documents are checked in a third of the time.
"""

from __future__ import annotations

import gc
import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.draft.bind import Binder
from farm.draft.draft import Draft, draft
from farm.draft.starter_library import starter_library
from farm.errors import DocumentError, MediaError, PluginsLackedError, StoreError
from farm.media.codec import container_of
from farm.media.encode import encoder_works, has_encoder
from farm.media.probe import FileHashes, Prober, hash_file
from farm.media.still import Stills
from farm.model.parse import document_data
from farm.plan.cut import plan_pictures
from farm.plan.key import digest, engine
from farm.plan.outputs import outputs_of
from farm.plan.segment import Plan, Quality
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
    import numpy as np
    from numpy.typing import NDArray

    from farm.model.timeline import Timeline
    from farm.render.drawn import Drawings

COVER_SUFFIX = ".jpg"
OTHER_ENCODERS = ("libx265", "libsvtav1", "libvpx-vp9", "prores_ks", "png")
"""Encoders in software, which need no trial."""


def suffix_of(coding: Quality) -> str:
    """Return the suffix of segments in a coding."""
    return container_of(coding.encoder).suffix


def segment_files(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield the (key, suffix) in the store of every segment of a plan in every coding."""
    for segment in plan.segments:
        for key, coding in zip(segment.keys, plan.pictures[segment.picture].codings, strict=True):
            yield key, suffix_of(coding)


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
        encoders += [name for name in OTHER_ENCODERS if has_encoder(name)]
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
        conditions = self.conditions
        known = conditions.examined if task.examine else conditions.known
        damage = tuple(dict.fromkeys(one for timeline in drafted.timelines for one in known(timeline)))
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
        for timeline in drafted.timelines:
            self.media.share(timeline)
        pictures, outputs, variants = outputs_of(
            [(one.name, one.output, one.timeline) for one in drafted.outputs]
        )
        devices = {one.output.device for one in drafted.outputs}
        return plan_pictures(
            pictures,
            outputs,
            variants=variants,
            warnings=drafted.warnings,
            name=drafted.name or Path(task.source).stem,
            template=drafted.template,
            plugins=(drafted.plugin,) if drafted.plugin else (),
            device="gpu" if "gpu" in devices else "cpu",
        )

    def render(self, task: SegmentTask, halt: HaltSignal) -> SegmentResult:
        """Render a segment into the store, unless it is already there."""
        from farm.worker.render import render_segment

        segment, picture = task.segment, task.plan.pictures[task.segment.picture]
        frames, encoder = segment.stop - segment.start, picture.codings[0].encoder
        wanted = list(zip(segment.keys, picture.codings, strict=True))
        stored = (
            {}
            if not task.use_cache
            else {key: path for key, coding in wanted if (path := self.blobs.find(key, suffix_of(coding)))}
        )
        missing = [(key, coding) for key, coding in wanted if key not in stored]
        if not missing:
            size_bytes = sum(path.stat().st_size for path in stored.values())
            return SegmentResult(segment.key, frames, size_bytes, True, encoder, Spent(), self._node)
        self.registry.check_files(task.plan.drawn_by)
        timeline = self.media.pictures(picture.timeline, segment.start, segment.stop)
        device, decoder, warnings = self._devices.of(task.plan)
        codings = [coding for _, coding in missing]
        rendered = render_segment(
            timeline, segment, codings, self.registry, self.stills, halt, device, decoder, self.drawings
        )
        self.registry.check_files(task.plan.drawn_by)
        for (key, coding), data in zip(missing, rendered.data, strict=True):
            self.blobs.put_bytes(key, suffix_of(coding), data)
        size_bytes = sum(self.blobs.path_of(key, suffix_of(one)).stat().st_size for key, one in wanted)
        if rendered.elements:
            ElementPaces(self._settings.element_paces).learn(timeline, rendered.elements)
        return SegmentResult(
            segment.key,
            frames,
            size_bytes,
            False,
            encoder,
            rendered.spent,
            self._node,
            device=f"{device.name} ({device.model})" if device.model else device.name,
            decoders=rendered.decoders,
            warnings=(
                *rendered.warnings,
                *(warnings if rendered.decoders else ()),
                *self.conditions.met(rendered.damaged, picture.timeline),
            ),
            elements=rendered.elements,
        )

    def assemble(self, task: AssembleTask, halt: HaltSignal) -> AssemblyResult:
        """Mix the sounds, make and check the files of all outputs, and write cover and report."""
        from farm.worker.assemble import assemble
        from farm.worker.assembly import produced_in
        from farm.worker.material import Material, targets_of

        started = time.process_time()
        sounds = [
            sound_track(
                picture,
                targets_of(task.plan, number),
                self.blobs,
                self.media,
                self.conditions,
                use_cache=task.use_cache,
            )
            for number, picture in enumerate(task.plan.pictures)
        ]
        cover, drawn = self._cover(task)
        task, segments = self._segments(task, halt)
        halt.check()
        folder = Path(task.folder) if task.folder else self._settings.productions
        material = Material(task.plan, segments, sounds)
        with produced_in(folder, material, self._stills_of, halt) as produced:
            production = assemble(task, folder, produced, sounds, cover, self._node)
        self.productions.publish(task.job_id, folder, [made.name for made in production.files])
        self.upkeep.do(self.blobs.trim, self.productions.trim)
        sound_s = sum(sound.cpu_s for sound in sounds)
        spent = replace(drawn, encode_s=sound_s + drawn.encode_s, total_s=time.process_time() - started)
        return replace(production, spent=spent)

    def _stills_of(self, timeline: Timeline, numbers: Sequence[int]) -> Iterator[NDArray[np.uint8]]:
        """Yield frames of a timeline as sRGB (height, width, 3)."""
        from farm.worker.render import still_frames

        local = self.media.pictures(timeline, min(numbers), max(numbers) + 1)
        return still_frames(local, numbers, self.registry, self.stills, self.drawings)

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

    def _segments(
        self, task: AssembleTask, halt: HaltSignal
    ) -> tuple[AssembleTask, dict[tuple[int, int], list[Path]]]:
        """Return the task updated with the results of segments rendered again, and the files by picture and coding.

        A segment that the store has dropped meanwhile is rendered here, on the CPU if this worker has no GPU.
        """
        plan = task.plan if self._devices.has_gpu else replace(task.plan, device="cpu")
        results = list(task.segments)
        found: dict[tuple[int, int], list[Path]] = {}
        for index, segment in enumerate(plan.segments):
            codings = plan.pictures[segment.picture].codings
            named = [(key, suffix_of(coding)) for key, coding in zip(segment.keys, codings, strict=True)]
            paths = [self.blobs.find(*name) for name in named]
            if None in paths:
                again = self.render(SegmentTask(task.job_id, plan, segment, task.use_cache), halt)
                results[index] = replace(again, spent=results[index].spent + again.spent)
            for number, (path, name) in enumerate(zip(paths, named, strict=True)):
                found.setdefault((segment.picture, number), []).append(path or self.blobs.path_of(*name))
        return replace(task, segments=tuple(results)), found

    def _cover(self, task: AssembleTask) -> tuple[bytes, Spent]:
        """Return the cover, and the CPU seconds of composing and encoding it."""
        from farm.worker.render import cover_frame, jpeg

        plan = task.plan
        number = cover_frame(plan.timeline)
        segments = plan.segments_of(0)
        shown = next((one for one in segments if one.start <= number < one.stop), None)
        # Without segments, only sound is wanted: the frame is then known by all of the timeline.
        named = [shown.key, number - shown.start] if shown is not None else [engine(), plan.timeline, number]
        key = digest(["cover", *named])
        if task.use_cache and (path := self.blobs.find(key, COVER_SUFFIX)):
            return path.read_bytes(), Spent()
        began_s = time.process_time()
        (frame,) = self._stills_of(plan.timeline, [number])
        composed_s = time.process_time()
        data = jpeg(frame)
        spent = Spent(composite_s=composed_s - began_s, encode_s=time.process_time() - composed_s)
        self.registry.check_files(plan.drawn_by)
        self.blobs.put_bytes(key, COVER_SUFFIX, data)
        return data, spent
