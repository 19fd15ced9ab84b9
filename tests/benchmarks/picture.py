"""What each element, motion, mask, blend mode and clip kind costs: milliseconds a frame at 720x1280 on one core.

    python -m tests.benchmarks.picture [--only WORD] [--write docs/picture.json] [--sheets docs/pictures]

CPU milliseconds of composing a frame with what is shown, less those of composing the same without it, at default
parameters; of transitions, the frames in which they are in progress. Whether something runs on a GPU is found by
composing it on a stand-in for one (numba's types for the CPU): what has no CUDA form takes a detour over the CPU.
``--write`` updates the figures that the documentation shows, ``--sheets`` its pictures.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from farm.gallery.build import chosen, material_of
from farm.gallery.exhibit import Exhibit, Section
from farm.gallery.sheets import sheet
from farm.gallery.shoot import Shot, planned, shoot
from farm.media.source import MediaFiles
from farm.render.compositor import Compositor
from farm.settings import Settings
from farm.worker.worker import Worker
from tests.unit.render.cuda.typed import TypedGpu

FRAMES_A_ROW = {Section.EASINGS: (3, 6), Section.STYLES: (2, 6), Section.TEMPLATES: (4, 3)}
"""Frames of an exhibit and exhibits a row on a section's sheet, where they differ from 3 and 4."""


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", default=[], help="sections or names")
    parser.add_argument("--write", type=Path, help="the JSON file of figures to update")
    parser.add_argument("--sheets", type=Path, help="the folder of pictures to write")
    given = parser.parse_args()
    figures: dict[str, dict[str, float | bool]] = {}
    with tempfile.TemporaryDirectory() as home:
        worker = Worker(Settings(Path(home)))
        shots = []
        for exhibit in chosen(worker, material_of(None), given.only):
            shot = shoot(worker, exhibit, measured=exhibit.section is not Section.TEMPLATES)
            shots.append(shot)
            if shot.ms_a_frame is not None:
                gpu = on_a_gpu(worker, exhibit)
                figures[key_of(exhibit)] = {"ms": round(shot.ms_a_frame, 2), "gpu": gpu}
                print(
                    f"{key_of(exhibit):<48}{shot.ms_a_frame:8.2f} ms  {'' if gpu else 'CPU only'}", flush=True
                )
    for section in (Section.TRANSITIONS, Section.EFFECTS):
        members = {key: row for key, row in figures.items() if key.startswith(f"{section.value}/")}
        if members:
            dearest = max(members, key=lambda key: members[key]["ms"])
            print(
                f"dearest of {section.value}: {dearest.partition('/')[2]}, {members[dearest]['ms']} ms a frame"
            )
    if given.write:
        known = json.loads(given.write.read_text("utf-8")) if given.write.exists() and given.only else {}
        text = json.dumps({**known, **figures}, indent=1, ensure_ascii=False, sort_keys=True)
        given.write.write_text(text + "\n", "utf-8")
    if given.sheets:
        write_sheets(shots, given.sheets)


def key_of(exhibit: Exhibit) -> str:
    """Return an exhibit's name in the file of figures."""
    return f"{exhibit.section.value}/{exhibit.name}"


def on_a_gpu(worker: Worker, exhibit: Exhibit) -> bool:
    """Return whether a frame in the middle of an exhibit is composed on a GPU without a detour over the CPU."""
    timeline = planned(worker, exhibit.measured or exhibit.job, "144x256")
    bare = planned(worker, exhibit.bare, "144x256") if exhibit.bare is not None else None
    return not (detours(worker, timeline) - (detours(worker, bare) if bare is not None else set()))


def detours(worker: Worker, timeline: object) -> set[str]:
    """Return what takes a detour over the CPU in three frames of a timeline."""
    from farm.model.timeline import Timeline

    assert isinstance(timeline, Timeline)
    gpu, files = TypedGpu(), MediaFiles(worker.stills)
    try:
        compositor = Compositor(timeline, files, worker.registry, gpu)
        for share in (0.3, 0.5, 0.7):
            compositor.frame(int(share * timeline.duration))
    finally:
        files.close()
    return set(gpu.detours)


def write_sheets(shots: list[Shot], folder: Path) -> None:
    """Write a sheet of each section."""
    folder.mkdir(parents=True, exist_ok=True)
    for section in Section:
        members = [shot for shot in shots if shot.exhibit.section is section]
        if members:
            frames, columns = FRAMES_A_ROW.get(section, (3, 4))
            page = sheet(members, frames=frames, columns=columns)
            page.save(folder / f"{section.slug}.jpg", "JPEG", quality=74, optimize=True, progressive=True)


if __name__ == "__main__":
    main()
