"""Planes in GPU memory, with an array-like interface."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from farm.render.device import NotOnDevice

Shape = tuple[int, int]
"""(height, width)."""


class PlaneDevice(Protocol):
    """The GPU as its planes and kernels see it; :class:`farm.render.cuda.device.Cuda` is one."""

    def plane(self, shape: Shape) -> CudaPlane:
        """Return an uninitialised plane."""

    def scratch(self, shape: Shape) -> AbstractContextManager[Any]:
        """Lend an uninitialised int32 array in GPU memory to kernels launched within the context."""

    def reclaim(self, array: Any, shape: tuple[int, ...], dtype: str = "|u1") -> None:
        """Take back memory that is no longer referenced."""

    def kernel(self, name: str) -> Callable[..., None]:
        """Return a kernel of :mod:`farm.render.cuda.kernels` by name."""

    def launch(self, kernel: Any, rows: int, columns: int, *args: Any) -> None:
        """Queue a CUDA kernel over an area."""


class CudaPlane(NDArrayOperatorsMixin):
    """A uint8 plane (height, width) with the array operations that compositor and effects need, except arithmetic.

    These are ``shape``, ``dtype``, ``nbytes``, ``copy``, ``fill``, boxes of whole pixels on either side of an
    assignment, and NumPy's ``empty_like``, ``zeros_like`` and ``full_like``. All else raises :class:`NotOnDevice`.
    """

    __slots__ = ("array", "device", "shape")

    def __init__(self, device: PlaneDevice, array: Any, shape: Shape) -> None:
        self.device = device
        """The GPU, and the stream in which all work on its planes is ordered."""
        self.array = array
        """numba's device array."""
        self.shape = shape
        """(height, width)."""

    def __del__(self) -> None:
        # Work queued before reuse precedes it in the stream, so the memory can be handed out at once.
        self.device.reclaim(self.array, self.shape)

    dtype = np.dtype(np.uint8)
    ndim = 2

    @property
    def nbytes(self) -> int:
        """Bytes of GPU memory."""
        return self.shape[0] * self.shape[1]

    def copy(self) -> CudaPlane:
        """Return a new plane with the same pixels."""
        return self[:, :].copy()

    def fill(self, value: int) -> None:
        """Set every pixel."""
        self.device.kernel("fill")(self, value)

    def __getitem__(self, index: Any) -> CudaBox:
        return CudaBox(self, *_box(self.shape, index))

    def __setitem__(self, index: Any, source: Any) -> None:
        top, left, height, width = _box(self.shape, index)
        if isinstance(source, int):
            if not height or not width:
                return
            filled = self.device.plane((height, width))
            filled.fill(source)
            source = filled
        box = source[:, :] if isinstance(source, CudaPlane) else source
        if not isinstance(box, CudaBox):
            raise NotOnDevice(
                f"a box of a GPU's plane is set from another one only, not from {type(source).__name__}"
            )
        if box.shape != (height, width):
            raise ValueError(f"a box of {box.shape} does not fit into one of {(height, width)}")
        self.device.kernel("copy_box")(self, box.plane, left, top, box.left, box.top, width, height)

    def __array_function__(self, func: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> CudaPlane:
        del types
        like = args[0] if args else None
        if isinstance(like, CudaPlane) and kwargs.keys() <= {"shape"}:
            shape = kwargs.get("shape", like.shape)
            if func is np.empty_like:
                return self.device.plane(shape)
            if func is np.zeros_like or func is np.full_like:
                plane = self.device.plane(shape)
                plane.fill(args[1] if func is np.full_like else 0)
                return plane
        raise NotOnDevice(f"numpy.{func.__name__} has no form for planes in a GPU's memory")

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> NoReturn:
        raise NotOnDevice(f"numpy.{ufunc.__name__} has no form for planes in a GPU's memory")

    def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotOnDevice("a plane in a GPU's memory is no array; it has to be downloaded first")

    def __getattr__(self, name: str) -> NoReturn:
        # Lookups by Python and NumPy themselves (`__array_interface__`) fail as on any other object.
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotOnDevice(f"`{name}` has no form for planes in a GPU's memory")


@dataclass(frozen=True, slots=True)
class CudaBox:
    """A rectangle of a plane, by reference."""

    plane: CudaPlane
    """The plane."""
    top: int
    """First row."""
    left: int
    """First column."""
    height: int
    """Rows."""
    width: int
    """Columns."""

    @property
    def shape(self) -> Shape:
        """(height, width)."""
        return self.height, self.width

    def copy(self) -> CudaPlane:
        """Return the pixels as a plane."""
        out = self.plane.device.plane(self.shape)
        out.device.kernel("copy_box")(out, self.plane, 0, 0, self.left, self.top, self.width, self.height)
        return out

    def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotOnDevice("a box of a plane in a GPU's memory is no array; it has to be downloaded first")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotOnDevice(f"`{name}` has no form for a box of a plane in a GPU's memory")


def _box(shape: Shape, index: Any) -> tuple[int, int, int, int]:
    """Return (top, left, height, width) of an index of one or two plain slices."""
    both = index if isinstance(index, tuple) else (index, slice(None))
    if len(both) != 2 or not all(isinstance(part, slice) and part.step in (None, 1) for part in both):
        raise NotOnDevice(
            "planes in a GPU's memory are read and set in boxes of whole pixels: plane[a:b, c:d]"
        )
    (top, bottom, _), (left, right, _) = (part.indices(size) for part, size in zip(both, shape, strict=True))
    return top, left, max(0, bottom - top), max(0, right - left)
