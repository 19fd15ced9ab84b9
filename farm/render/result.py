"""Results: what elements return, checked before it is composed.

Type, size, kind and layout are checked every time, which costs microseconds. Pixels are sampled occasionally: whether
inputs were written to, and whether premultiplied colours stay within their alpha (otherwise blending overshoots). Luma
and chroma beyond the legal range are not a fault: encoders and players clip them.
"""

from __future__ import annotations

import zlib
from typing import Final

import numpy as np

from farm.render.frame import Frame, Plane

EVERY: Final = 16
"""Pixels are checked once in this many calls of an element, starting with the first."""
SAMPLES: Final = 1024
"""Target number of pixels sampled per plane."""
OVER: Final = 2
"""How much a premultiplied value may exceed its alpha: two roundings."""
NAMES: Final = ("y", "u", "v", "a", "a2")


def fault_of(result: object, *frames: Frame, may_gain_alpha: bool) -> str:
    """Return what is wrong with the form of a frame that an element returned; empty if it is usable.

    Args:
        result: What it returned.
        frames: Its inputs, whose size and kind the result must have.
        may_gain_alpha: Whether an opaque frame may come back with alpha.
    """
    given = frames[0]
    if not isinstance(result, Frame):
        return f"it returned {_kind(result)} where a Frame is due"
    planes: tuple[object, ...] = (result.y, result.u, result.v, result.a, result.a2)
    for name, plane in zip(NAMES, planes, strict=True):
        if plane is None and name in ("a", "a2"):
            continue
        full = given.y if name in ("y", "a") else given.u
        wrong = _plane_fault(plane, full) or _locked(plane, frames)
        if wrong:
            return f"plane {name} {wrong}"
    if (result.a is None) != (result.a2 is None):
        lacking = "a" if result.a is None else "a2"
        return f"plane {lacking} is missing; a frame has both planes of alpha or neither"
    if result.opaque and not given.opaque:
        return "it returned an opaque frame for one with alpha; pass the alpha planes on"
    if given.opaque and not result.opaque and not may_gain_alpha:
        return "it returned a frame with alpha for two opaque ones"
    return ""


def _plane_fault(plane: object, like: Plane) -> str:
    if plane is like:
        return ""
    if type(plane) is not type(like):
        return f"is {_kind(plane)} where an array of uint8 is due"
    if plane.dtype != np.uint8:
        return f"is of {plane.dtype} where uint8 is due; round, clip and convert it"
    if plane.shape != like.shape:
        return f"is {_size(plane.shape)} where {_size(like.shape)} is due"
    if isinstance(plane, np.ndarray) and not plane.flags.c_contiguous:
        return "does not lie row by row in memory; return np.ascontiguousarray(plane)"
    return ""


def _locked(plane: object, given: tuple[Frame, ...]) -> str:
    if not isinstance(plane, np.ndarray) or plane.flags.writeable:
        return ""
    if any(plane is one for frame in given for one in frame.planes()):
        return ""  # passed through; it was read-only when the element got it
    return "is read-only; return a copy of it: plane.copy()"


def overshoot_of(frame: Frame, given: str = "both frames are") -> str:
    """Return where sampled premultiplied colours exceed their alpha; empty if nowhere, or on a GPU.

    Args:
        frame: The result.
        given: What of the input, and in which number, is premultiplied.
    """
    if frame.a is None or frame.a2 is None or not isinstance(frame.y, np.ndarray):
        return ""
    for name, plane, alpha in (("y", frame.y, frame.a), ("u", frame.u, frame.a2), ("v", frame.v, frame.a2)):
        if not isinstance(plane, np.ndarray) or not isinstance(alpha, np.ndarray):
            return ""
        over = sample(plane).astype(np.int16) - sample(alpha)
        worst = int(over.max(initial=0))
        if worst > OVER:
            fault = f"plane {name} lies up to {worst} above its alpha"
            return f"{fault}; {given} premultiplied, and so must the result be"
    return ""


def checksum(frames: tuple[Frame, ...]) -> int | None:
    """Return a checksum of sampled pixels of frames; None on a GPU."""
    total = 0
    for frame in frames:
        for plane in frame.planes():
            if not isinstance(plane, np.ndarray):
                return None
            total = zlib.crc32(sample(plane).tobytes(), total)
    return total


def sample(plane: Plane) -> Plane:
    """Return some of a plane's pixels, evenly spread; the same ones each time."""
    step = max(1, int((plane.size / SAMPLES) ** 0.5))
    return plane[step // 2 :: step, step // 2 :: step]


def _size(shape: tuple[int, ...]) -> str:
    if len(shape) != 2:
        return f"of shape {shape}"
    return f"{shape[1]}x{shape[0]}"


def _kind(value: object) -> str:
    return "nothing (None)" if value is None else f"a {type(value).__name__}"
