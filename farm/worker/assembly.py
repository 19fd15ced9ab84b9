"""The files of a job's outputs, made in a folder that is removed once they are where they belong."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from farm.model.timeline import Timeline
from farm.store.temp import temp_in, writing
from farm.worker.beside import make_beside
from farm.worker.halt import HaltSignal
from farm.worker.material import Material
from farm.worker.produce import Produced, produce

StillsOf = Callable[[Timeline, Sequence[int]], Iterator[NDArray[np.uint8]]]
"""Composes frames of a timeline as sRGB (height, width, 3)."""


@contextmanager
def produced_in(
    folder: Path, material: Material, stills_of: StillsOf, halt: HaltSignal
) -> Iterator[list[Produced]]:
    """Yield the files of each output; they lie on the file system of ``folder``, to be moved from there.

    Raises:
        CheckFailedError: a file differs from the plan.
        MachineError: the folder cannot be written, or its disk is full.
    """
    with writing(f"the folder {folder}"):
        room = temp_in(folder)
        room.mkdir()
    try:
        made = []
        for output in material.plan.outputs:
            halt.check()
            own = room / output.name
            with writing(f"the folder {folder}"):
                own.mkdir()
                found = produce(output, material, own, halt)
                main = found.files[0][0]
                timeline = material.plan.pictures[output.picture].timeline
                beside = make_beside(
                    output, timeline, (main.width_px, main.height_px), own, partial(stills_of, timeline)
                )
            made.append(Produced((*found.files, *beside), found.warnings))
        yield made
    finally:
        shutil.rmtree(room, ignore_errors=True)
