"""Colour tables from files."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import Effect, Frame, MediaTable, Moment


@lru_cache(maxsize=8)
def _integers(table: MediaTable) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return a table's rows and the first sample and samples per unit of each channel, for the kernel."""
    from farm_basics.cube_kernels import ONE

    cube = table.cube()
    # Beyond these, interpolation would exceed 64 bits; results are clipped to 0 to 1 anyway.
    rows = np.floor(np.clip(cube.rows, -100, 100) * ONE + 0.5).astype(np.int32)
    low, high = np.array(cube.low), np.array(cube.high)
    steps = np.floor((cube.size - 1) / (high - low) * 65536 + 0.5)
    domain = np.stack([np.floor(low * ONE + 0.5), steps]).astype(np.int64)
    rows.setflags(write=False)
    domain.setflags(write=False)
    return rows, domain


class CubeLut(Effect):
    """The colours of a table from a file (.cube, with one or three dimensions)."""

    name: ClassVar[str] = "basics.cube"
    steady: ClassVar[bool] = True

    table: MediaTable | None = Field(
        None, description="The table, a .cube file; without one nothing changes."
    )
    amount: float = Field(1.0, ge=0, le=1, description="Strength; 0 leaves the picture unchanged.")

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        from farm_basics.cube_kernels import map_cube

        if self.table is None:
            return frame
        cube = self.table.cube()
        rows, domain = _integers(self.table)
        out = frame.blank(alpha=False)
        weight = int(self.amount * 256 + 0.5)
        map_cube(
            frame.y, frame.u, frame.v, rows, cube.size, cube.dimensions, domain, weight, out.y, out.u, out.v
        )
        return Frame(out.y, out.u, out.v, frame.a, frame.a2)
