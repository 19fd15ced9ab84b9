"""Loops: movements that repeat as long as a clip is visible."""

from __future__ import annotations

import math

from farm.model.motion import Loop, LoopKind
from farm.render.pose import STILL, Pose

_ANGLE_DEG = 4.0
"""How far wiggling and jittering turn a clip at an amount of 1."""


def loop_pose(loop: Loop, frame: float) -> Pose:
    """Return the pose of a loop at a frame counted from the clip's start."""
    turn = (frame - loop.delay) / loop.period
    if turn < 0:
        return STILL
    wave = math.sin(2 * math.pi * turn)
    amount, reach = loop.amount, loop.reach_px * loop.amount
    match loop.kind:
        case LoopKind.PULSE:
            return _sized(1 + 0.05 * amount * (1 - math.cos(2 * math.pi * turn)) / 2)
        case LoopKind.HEARTBEAT:
            return _sized(1 + amount * (0.09 * _beat(turn % 1, 0.08) + 0.06 * _beat(turn % 1, 0.3)))
        case LoopKind.BLINK:
            return Pose(opacity=1 - min(1.0, amount) * (1 - math.cos(2 * math.pi * turn)) / 2)
        case LoopKind.FLOAT:
            return Pose(dy=-reach * wave)
        case LoopKind.SWAY:
            return Pose(dx=reach * wave)
        case LoopKind.SWING:
            return Pose(rotation_deg=6 * amount * wave)
        case LoopKind.SPIN:
            return Pose(rotation_deg=360 * amount * (turn % 1 if amount == 1 else turn))
        case LoopKind.BOUNCE:
            return _bounced(turn % 1, reach, amount)
        case LoopKind.NOD:
            return Pose(dy=reach / 2 * (1 - math.cos(4 * math.pi * turn)) / 2)
        case LoopKind.WIGGLE:
            x, y, angle = (_wandering(turn, loop.seed * 3 + index) for index in range(3))
            return Pose(dx=reach * x, dy=reach * y, rotation_deg=_ANGLE_DEG * amount * angle)
        case LoopKind.SHAKE:
            step = math.floor(frame)
            return Pose(dx=reach * noise(step, loop.seed * 2), dy=reach * noise(step, loop.seed * 2 + 1))
        case LoopKind.JITTER:
            step = math.floor(turn)
            x, y, angle = (noise(step, loop.seed * 3 + index) for index in range(3))
            return Pose(dx=reach * x, dy=reach * y, rotation_deg=_ANGLE_DEG / 4 * amount * angle)


def _sized(size: float) -> Pose:
    return Pose(scale_x=size, scale_y=size)


def _beat(phase: float, at: float) -> float:
    """Return a pulse that rises to 1 at ``at`` within 0.08 of a period and falls within 0.14."""
    off = phase - at
    width = 0.08 if off < 0 else 0.14
    return max(0.0, 1 - abs(off) / width) ** 2 * (3 - 2 * max(0.0, 1 - abs(off) / width))


def _bounced(phase: float, reach_px: float, amount: float) -> Pose:
    """Return a hop: a parabola in the air, and a short squash on the ground."""
    if phase < 0.7:
        flight = phase / 0.7
        return Pose(dy=-reach_px * 4 * flight * (1 - flight))
    squash = 0.08 * amount * math.sin((phase - 0.7) / 0.3 * math.pi)
    return Pose(scale_x=1 + squash, scale_y=1 - squash)


def _wandering(turn: float, seed: int) -> float:
    """Return smooth noise of -1 to 1: a smoothstep between random values, two of them a period."""
    place = turn * 2
    step = math.floor(place)
    share = place - step
    ease = share * share * (3 - 2 * share)
    start, stop = noise(step, seed), noise(step + 1, seed)
    return start + (stop - start) * ease


def noise(step: int, seed: int) -> float:
    """Return a fixed pseudorandom number in -1 to 1 for an integer: an integer hash of (step, seed)."""
    value = (step * 0x9E3779B1 + seed * 0x85EBCA77 + 0x165667B1) & 0xFFFFFFFF
    value = ((value >> 16) ^ value) * 0x45D9F3B & 0xFFFFFFFF
    value = ((value >> 16) ^ value) * 0x45D9F3B & 0xFFFFFFFF
    return ((value >> 16) ^ value) / 0x7FFFFFFF - 1
