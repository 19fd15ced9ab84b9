"""Launching: CUDA kernels that are called like their CPU versions, with planes, host arrays and numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from numba import cuda

from farm.render.cuda.plane import CudaPlane
from farm.render.device import NotOnDevice


@dataclass(frozen=True, slots=True)
class Geometry:
    """How many threads run a kernel; results do not depend on it, since every kernel strides over its area."""

    block: tuple[int, int] = (32, 8)
    """Threads per block, across and down; 32 across give coalesced reads."""
    blocks: tuple[int, int] = (1024, 1024)
    """Maximum number of blocks, across and down."""

    def grid(self, columns: int, rows: int) -> tuple[int, int]:
        """Return the blocks, across and down, for an area."""
        across, down = -(-columns // self.block[0]), -(-rows // self.block[1])
        return min(across, self.blocks[0]), min(down, self.blocks[1])


def cuda_kernel(loop: Callable[..., None]) -> Any:
    """Return ``loop`` as a CUDA kernel: compiled for the GPU on first launch, then cached on disk."""
    return cuda.jit(cache=True)(loop)


def each_pixel(loop: Callable[..., None]) -> Callable[..., None]:
    """Make a CUDA kernel whose last argument is the plane it writes, one pixel per thread."""
    kernel = cuda_kernel(loop)

    @wraps(loop)
    def launch(*args: Any) -> None:
        out = args[-1]
        if not isinstance(out, CudaPlane):
            raise NotOnDevice(f"`{loop.__name__}` was given planes in a GPU's memory and in this machine's")
        out.device.launch(kernel, *out.shape, *args)

    launch.kernel = kernel  # type: ignore[attr-defined]
    return launch
