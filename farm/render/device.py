"""Devices: a frame's planes live in this machine's memory or in a GPU's, and work is done where they live.

Nothing switches a mode. A kernel looks at its first plane (:func:`on_cuda`), a frame makes others of its kind
(:meth:`Frame.blank`), and frames cross over in two places only: where pictures come in (:meth:`Device.take`) and where
the composed frame goes out (:meth:`Device.give`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, wraps
from importlib import import_module
from typing import Any, Final, ParamSpec, Protocol

import numpy as np

from farm.render.frame import Frame

P = ParamSpec("P")


class NotOnDevice(Exception):
    """A GPU's plane was asked for what only the CPU can do; :meth:`Device.run` then does it there."""


class Device(Protocol):
    """Where frames are composed."""

    @property
    def name(self) -> str:
        """What reports call it."""

    @property
    def model(self) -> str:
        """What its maker calls it; empty on the CPU."""

    @property
    def detours(self) -> tuple[str, ...]:
        """Names of the elements that ran on the CPU, between a download and an upload; always empty on the CPU."""

    def take(self, frame: Frame) -> Frame:
        """Return ``frame`` with planes here; itself where it is here already."""

    def give(self, frame: Frame) -> Frame:
        """Return ``frame`` with planes in this machine's memory; itself where it is there already."""

    def stream(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Yield opaque frames with planes in this machine's memory, each valid until the next is asked for.

        A frame of ``frames`` may be overwritten once the one after it is asked for.
        """

    def run(self, name: str, work: Callable[..., Frame], *frames: Frame) -> Frame:
        """Return ``work(*frames)``, by way of the CPU where the element ``name`` cannot do it here."""


class Cpu:
    """This machine's memory and one core."""

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


def on_cuda(form: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Give a kernel a second form, which is called when its first argument lives in a GPU's memory.

    Args:
        form: ``module:name`` of the CUDA form, which takes the same arguments; imported when first needed.
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
