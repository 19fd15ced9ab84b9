"""The GPU: its planes, its stream, and transfers to and from it."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
from numba import config, cuda
from numpy.typing import NDArray

from farm.errors import MachineError
from farm.render.cuda import kernels
from farm.render.cuda.launch import Geometry
from farm.render.cuda.plane import CudaPlane, Shape
from farm.render.device import NotOnDevice
from farm.render.frame import Frame, Plane

SIMULATOR: Final = "numba's CUDA simulator"
FEW: Final = Geometry((4, 1), (2, 3))
"""For the simulator, which starts a Python thread for each CUDA thread."""


@dataclass(frozen=True, slots=True)
class CudaFacts:
    """What was learned about this process's GPU by using it."""

    works: bool
    """Whether a kernel ran on it and gave the right pixels."""
    name: str = ""
    """Its model; empty if there is none."""
    why_not: str = ""
    """Why it cannot be used."""


def probe_cuda() -> CudaFacts:
    """Try the first GPU that is visible to this process: compile, upload, run, download."""
    name = ""
    try:
        name = _device_name()
        gpu = Cuda()
        pixels = np.arange(64, dtype=np.uint8).reshape(8, 8)
        plane = gpu.upload(pixels)
        plane.fill(7)
        if not (gpu.download(plane) == 7).all():
            return CudaFacts(False, name, "a kernel ran and gave wrong pixels")
    except (
        Exception
    ) as error:  # drivers, toolkits and compilers fail in many ways; each is reported as the reason
        return CudaFacts(
            False, name, f"{type(error).__name__}: {' '.join(str(error).split()).split('. ')[0]}"
        )
    return CudaFacts(True, name)


def _device_name() -> str:
    if config.ENABLE_CUDASIM:
        return SIMULATOR
    name = cuda.get_current_device().name
    return name.decode() if isinstance(name, bytes) else str(name)


def open_cuda(facts: CudaFacts) -> Cuda:
    """Return this process's GPU.

    Args:
        facts: What :func:`probe_cuda` found.

    Raises:
        MachineError: there is none, or it does not work.
    """
    if not facts.works:
        raise MachineError(
            f"this machine cannot compose on a GPU: {facts.why_not}; it needs an NVIDIA card with its driver, and "
            f"CUDA for numba: pip install 'farm-video[gpu]'; or leave `output.device` at cpu"
        )
    return Cuda(model=facts.name)


class Cuda:
    """A GPU with one stream: all work is queued and executed in order.

    Belongs to one worker and is used by one thread at a time. Implements :class:`farm.render.device.Device`.
    """

    name: Final = "gpu"

    def __init__(self, geometry: Geometry | None = None, model: str = "") -> None:
        self.model = model
        """Its model name."""
        self._geometry = geometry or (FEW if config.ENABLE_CUDASIM else Geometry())
        self._stream = self._open_stream()
        self._idle: dict[tuple[tuple[int, ...], str], list[Any]] = {}
        self._constants: dict[int, tuple[weakref.ref[NDArray[Any]], Any]] = {}
        self._detours: dict[str, None] = {}

    @property
    def detours(self) -> tuple[str, ...]:
        """Names of the elements that ran on the CPU, in the order in which they first did."""
        return tuple(self._detours)

    # Frames

    def take(self, frame: Frame) -> Frame:
        """Return ``frame`` in GPU memory; planes that are already there are not copied."""
        if all(isinstance(plane, CudaPlane) for plane in frame.planes()):
            return frame
        return Frame(
            *(
                plane if isinstance(plane, CudaPlane) else cast(Plane, self.upload(plane))
                for plane in frame.planes()
            )
        )

    def give(self, frame: Frame) -> Frame:
        """Return ``frame`` in host memory."""
        if not any(isinstance(plane, CudaPlane) for plane in frame.planes()):
            return frame
        return Frame(
            *(self.download(plane) if isinstance(plane, CudaPlane) else plane for plane in frame.planes())
        )

    def stream(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Yield frames in page-locked memory, one late: while the host uses a frame, the GPU composes the next."""
        rooms: list[Frame] = []
        sent: tuple[Frame, Any] | None = None
        for number, frame in enumerate(frames):
            if number < 2:
                rooms.append(self._pinned(frame.width, frame.height))
            room = rooms[number % 2]
            for plane, host in zip(frame.planes(), room.planes(), strict=True):
                cast(CudaPlane, plane).array.copy_to_host(host, stream=self._stream)
            done = self._mark()
            if sent is not None:
                sent[1].synchronize()
                yield sent[0]
            sent = room, done
        if sent is not None:
            sent[1].synchronize()
            yield sent[0]

    def run(self, name: str, work: Callable[..., Frame], *frames: Frame) -> Frame:
        """Return ``work(*frames)``; an element that needs the CPU runs there, and is named in :attr:`detours`."""
        if name not in self._detours:
            try:
                result = work(*frames)
                if all(isinstance(plane, CudaPlane) for plane in result.planes()):
                    return result
            except NotOnDevice:
                result = None
            self._detours[name] = None
            if result is not None:
                return self.take(result)
        return self.take(work(*(self.give(frame) for frame in frames)))

    # Planes

    def plane(self, shape: Shape) -> CudaPlane:
        """Return an uninitialised plane."""
        return CudaPlane(self, self._memory(shape, np.dtype(np.uint8)), shape)

    def upload(self, plane: Plane) -> CudaPlane:
        """Return a copy of a host plane in GPU memory."""
        target = self.plane((plane.shape[0], plane.shape[1]))
        target.array.copy_to_device(np.ascontiguousarray(plane), stream=self._stream)
        return target

    def download(self, plane: CudaPlane) -> Plane:
        """Return a copy in host memory, once all work queued for the plane is done."""
        host = np.empty(plane.shape, np.uint8)
        plane.array.copy_to_host(host, stream=self._stream)
        self._mark().synchronize()
        return host

    @contextmanager
    def scratch(self, shape: Shape) -> Iterator[Any]:
        """Lend an uninitialised int32 array in GPU memory to kernels launched within the context."""
        array = self._memory(shape, np.dtype(np.int32))
        yield array
        self.reclaim(array, shape, np.dtype(np.int32).str)

    def reclaim(self, array: Any, shape: tuple[int, ...], dtype: str = "|u1") -> None:
        """Take back memory that is no longer referenced, for reuse: a new allocation would stall the stream."""
        self._idle.setdefault((shape, dtype), []).append(array)

    def _memory(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        idle = self._idle.get((shape, dtype.str))
        if idle:
            return idle.pop()
        return self._new_memory(shape, dtype)

    # The driver

    def _open_stream(self) -> Any:
        return cuda.stream()

    def _mark(self) -> Any:
        """Return an event that completes once all work queued so far is done."""
        event = cuda.event()
        event.record(self._stream)
        return event

    def _pinned(self, width: int, height: int) -> Frame:
        """Return an opaque host frame in page-locked memory, which the GPU fills while the CPU does other things."""
        shapes = ((height, width), (height // 2, width // 2), (height // 2, width // 2))
        return Frame(*(cuda.pinned_array(shape, np.uint8) for shape in shapes))

    def _new_memory(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        return cuda.device_array(shape, dtype, stream=self._stream)

    def _start(self, kernel: Any, grid: tuple[int, int], arguments: tuple[Any, ...]) -> None:
        kernel[grid, self._geometry.block, self._stream](*arguments)

    # Kernels

    def kernel(self, name: str) -> Callable[..., None]:
        """Return the form of a kernel of :mod:`farm.render` on this GPU.

        Raises:
            NotOnDevice: it has none.
        """
        form: Callable[..., None] | None = getattr(kernels, name, None)
        if form is None:
            raise NotOnDevice(f"the kernel `{name}` has no form for planes in a GPU's memory")
        return form

    def launch(self, kernel: Any, rows: int, columns: int, *args: Any) -> None:
        """Queue a kernel over an area.

        Args:
            kernel: From :func:`farm.render.cuda.launch.cuda_kernel`.
            rows: Height of the area that is divided among its threads.
            columns: Width.
            args: Planes, host arrays that it reads (tables, masks), scratch, integers.

        Raises:
            NotOnDevice: a plane is in host memory.
        """
        if rows <= 0 or columns <= 0:
            return
        grid = self._geometry.grid(columns, rows)
        lent: list[tuple[Any, NDArray[Any]]] = []
        self._start(kernel, grid, tuple(self._argument(arg, lent) for arg in args))
        for array, host in lent:
            self.reclaim(array, host.shape, host.dtype.str)

    def _argument(self, arg: Any, lent: list[tuple[Any, NDArray[Any]]]) -> Any:
        if isinstance(arg, CudaPlane):
            return arg.array
        if not isinstance(arg, np.ndarray):
            return int(arg) if isinstance(arg, int | np.integer) else arg
        if arg.ndim == 2 and arg.dtype == np.uint8:
            raise NotOnDevice("a kernel was given planes in a GPU's memory and in this machine's")
        known = self._constants.get(id(arg))
        if known is not None:
            return known[1]
        array = self._memory(arg.shape, arg.dtype)
        array.copy_to_device(np.ascontiguousarray(arg), stream=self._stream)
        if arg.flags.writeable:
            lent.append((array, arg))
        else:
            self._keep(arg, array)
        return array

    def _keep(self, host: NDArray[Any], array: Any) -> None:
        """Keep the upload of a read-only host array for as long as the host array lives."""
        key, shape, dtype = id(host), host.shape, host.dtype.str
        mine = weakref.ref(self)

        def forget(_: object) -> None:
            gpu = mine()
            if gpu is not None:
                del gpu._constants[key]
                gpu.reclaim(array, shape, dtype)

        self._constants[key] = (weakref.ref(host, forget), array)
