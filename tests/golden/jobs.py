"""A small job with all that a join could spoil: shots, transitions, moving text, footage, sound."""

from __future__ import annotations

from pathlib import Path

from farm.media.encode import SegmentEncoder
from farm.media.source import MediaFiles
from farm.plan.segment import Plan
from farm.render.compositor import Compositor
from farm.settings import Settings
from farm.worker.task import PlanTask
from farm.worker.worker import Worker

LIVELY = """
output: {{size: 96x160, fps: {fps}, quality: {quality}, variants: 4}}
timeline:
  tracks:
    - clips:
        - {{kind: image, src: photo.jpg, duration: 1.4, zoom: [{{at: 0, value: 1}}, {{at: 2, value: 1.2}}]}}
        - {{kind: transition, use: basics.fade, duration: 0.4}}
        - {{kind: video, src: clip.mp4, duration: 1.3, in: 0.1}}
        - {{kind: transition, use: basics.slide, duration: 0.3}}
        - {{kind: image, src: side.png, duration: 1.5, fit: blur}}
    - clips:
        - {{kind: text, text: "Sale {word}", duration: 4.2, enter: rise,
           box: [0, 100, 96, 40], look: {{size: 20}}, x: [{{at: 0, value: -20}}, {{at: 4, value: 20}}]}}
    - clips:
        - {{kind: audio, src: tone.wav, loop: true}}
"""


def lively(fps: str = "30", word: str = "-30%", quality: str = "standard") -> str:
    """Return the job as a document; 4.2 s, three shots."""
    return LIVELY.format(fps=fps, word=word, quality=quality)


def worker(home: Path) -> Worker:
    """Return a fresh worker on a store of its own."""
    return Worker(Settings(home))


def planned(made: Worker, text: str, folder: Path) -> Plan:
    """Return the plan of a document whose media lie in ``folder``."""
    return made.plan(PlanTask("job", text, "job.yaml", str(folder)))


def unsegmented(made: Worker, plan: Plan) -> bytes:
    """Return all frames of a plan encoded in one run."""
    timeline, quality = plan.timeline, plan.quality
    files = MediaFiles(made.stills)
    try:
        compositor = Compositor(timeline, files, made.registry)
        encoder = SegmentEncoder(
            timeline.width_px,
            timeline.height_px,
            timeline.rate,
            encoder=quality.encoder,
            preset=quality.preset,
            crf=quality.crf,
            options=quality.options,
        )
        for number in range(timeline.duration):
            encoder.add(compositor.frame(number))
        return encoder.finish()
    finally:
        files.close()
