"""Devices: a frame's planes are in host or GPU memory, and work is done where they are.

There is no global mode. A kernel dispatches on its first plane (:func:`on_device`, :func:`on_cuda`), a frame creates
others of its kind (:meth:`Frame.blank`), and frames are transferred in two places only: where pictures come in
(:meth:`Device.take`) and where the composed frame goes out (:meth:`Device.give`).

Nothing in :mod:`farm.render` knows a device but the CPU: a device's package imports from here, and its planes lead to
its kernels (:class:`DevicePlane`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, wraps
from importlib import import_module
from typing import Any, Final, ParamSpec, Protocol

import numpy as np
from numpy.typing import NDArray

from farm.render.frame import Frame

P = ParamSpec("P")


class NotOnDevice(Exception):
    """An operation on a GPU plane is supported only on the CPU; :meth:`Device.run` then runs it there."""


class Device(Protocol):
    """Where frames are composed."""

    @property
    def name(self) -> str:
        """Its name in reports."""

    @property
    def model(self) -> str:
        """Its model name; empty on the CPU."""

    @property
    def detours(self) -> tuple[str, ...]:
        """Names of the elements that ran on the CPU, between a download and an upload; always empty on the CPU."""

    def take(self, frame: Frame) -> Frame:
        """Return ``frame`` with planes on this device; the frame itself if it is already here."""

    def give(self, frame: Frame) -> Frame:
        """Return ``frame`` with planes in host memory; the frame itself if it is already there."""

    def stream(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Yield opaque frames with planes in host memory, each valid until the next is requested.

        A frame of ``frames`` may be overwritten once the next one is requested.
        """

    def run(self, name: str, work: Callable[..., Frame], *frames: Frame) -> Frame:
        """Return ``work(*frames)``, run on the CPU if the element ``name`` cannot run on this device."""


class Cpu:
    """Host memory and one core."""

    name: Final = "cpu"
    model: Final = ""
    detours: Final = ()

    def take(self, frame: Frame) -> Frame:
        return frame

    def give(self, frame: Frame) -> Frame:
        return frame

    def stream(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        return iter(frames)

    def run(self, name: str, work: Callable[..., Frame], *frames: Frame) -> Frame:
        del name
        return work(*frames)


class KernelSource(Protocol):
    """What a plane in a device's memory is worked on by."""

    def kernel(self, name: str) -> Callable[..., None]:
        """Return the device's form of a kernel, which takes the same arguments and writes the same bytes.

        Args:
            name: The name of the kernel's function in :mod:`farm.render`.

        Raises:
            NotOnDevice: the device has no form of it.
        """


class DevicePlane(Protocol):
    """A plane that is not in host memory."""

    @property
    def device(self) -> KernelSource:
        """The device in whose memory it is."""


def on_device(loop: Callable[P, None]) -> Callable[P, None]:
    """Let a kernel of farm run where its first plane is, in the form that the plane's device has of it."""
    name = loop.__name__

    @wraps(loop)
    def run(*args: Any) -> None:
        first: NDArray[np.uint8] | DevicePlane = args[0]
        if isinstance(first, np.ndarray):
            loop(*args)  # type: ignore[call-arg]
        else:
            first.device.kernel(name)(*args)

    return run  # type: ignore[return-value]


def on_cuda(form: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Give a plugin's kernel a CUDA version, which is called when its first argument is in GPU memory.

    Args:
        form: ``module:name`` of the CUDA version, which takes the same arguments; imported when first needed.
    """
    module, _, name = form.partition(":")

    @cache
    def cuda_form() -> Callable[..., None]:
        found: Callable[..., None] = getattr(import_module(module), name)
        return found

    def pair(loop: Callable[P, None]) -> Callable[P, None]:
        @wraps(loop)
        def run(*args: Any) -> None:
            if isinstance(args[0], np.ndarray):
                loop(*args)  # type: ignore[call-arg]
            else:
                cuda_form()(*args)

        return run  # type: ignore[return-value]

    return pair
