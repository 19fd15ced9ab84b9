"""A stand-in GPU whose kernels are the CUDA forms compiled for the CPU: numba's own types, at full speed.

The simulator runs kernels as Python, which knows none of numba's rules about integer types. Here the same source is
compiled by numba with one thread that strides over the whole area.
"""

from __future__ import annotations

import types
from functools import cache
from typing import Any

import numpy as np
from numba import cuda, njit, typeof
from numpy.typing import NDArray

from farm.render.cuda.device import Cuda
from farm.render.frame import Frame


@njit
def _grid(_dimensions):  # type: ignore[no-untyped-def]
    return 0, 0


@njit
def _gridsize(_dimensions):  # type: ignore[no-untyped-def]
    return 1, 1


_ONE_THREAD = types.ModuleType("one_thread")
_ONE_THREAD.grid, _ONE_THREAD.gridsize = _grid, _gridsize  # type: ignore[attr-defined]


@cache
def for_cpu(kernel: Any) -> Any:
    """Return a CUDA kernel compiled for the CPU."""
    loop = kernel.py_func
    seen = {
        name: _ONE_THREAD if value is cuda else value
        for name, value in loop.__globals__.items()
        if name in loop.__code__.co_names
    }
    return njit(types.FunctionType(loop.__code__, {**seen, "__name__": loop.__module__}, loop.__name__))


class _HostArray:
    """An array in this machine's memory that is filled and read like numba's device arrays."""

    def __init__(self, shape: tuple[int, ...], dtype: Any) -> None:
        self.host = np.full(shape, 99, dtype)

    def copy_to_device(self, source: NDArray[Any], stream: Any) -> None:
        del stream
        self.host[:] = source

    def copy_to_host(self, target: NDArray[Any], stream: Any) -> None:
        del stream
        target[:] = self.host


class TypedGpu(Cuda):
    """Queues nothing, runs at once."""

    def __init__(self) -> None:
        super().__init__()
        self.launched: dict[Any, tuple[Any, ...]] = {}
        """numba's types of each kernel's arguments."""

    def _open_stream(self) -> Any:
        return None

    def _new_memory(self, shape: tuple[int, ...], dtype: Any) -> _HostArray:
        return _HostArray(shape, dtype)

    def _mark(self) -> Any:
        return types.SimpleNamespace(synchronize=lambda: None)

    def _pinned(self, width: int, height: int) -> Frame:
        return Frame.solid(width, height, (0, 0, 0))

    def _start(self, kernel: Any, grid: tuple[int, int], arguments: tuple[Any, ...]) -> None:
        del grid
        host = tuple(one.host if isinstance(one, _HostArray) else one for one in arguments)
        self.launched[kernel] = tuple(typeof(one) for one in host)
        for_cpu(kernel)(*host)
