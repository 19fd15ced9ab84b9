"""Particles: confetti, snow, petals and others, each moving by a formula of its own, so that any frame can be drawn."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from farm.plugin import Color, ColorValue, LivelySticker, Moment, parse_color, skia

ParticleKind = Literal[
    "confetti", "burst", "snow", "rain", "petals", "bubbles", "sparks", "hearts", "stars", "dust"
]
_GRAVITY: Final = 1.5
"""Heights a second squared: paper falls more slowly than stone."""


def _random(index: int, seed: int, what: int) -> float:
    """Return a fixed pseudorandom number of 0 to 1 for a particle: an integer hash of its arguments."""
    value = (index * 0x9E3779B1 + seed * 0x85EBCA77 + what * 0xC2B2AE3D + 0x27D4EB2F) & 0xFFFFFFFF
    value = ((value >> 16) ^ value) * 0x45D9F3B & 0xFFFFFFFF
    value = ((value >> 16) ^ value) * 0x45D9F3B & 0xFFFFFFFF
    return ((value >> 16) ^ value) / 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class _Particle:
    """A particle at a moment; lengths are shares of the box."""

    x: float
    y: float
    size: float
    """Share of the box's shorter side."""
    angle_deg: float = 0.0
    turn: float = 1.0
    """How much of its face is seen, -1 to 1: paper that tumbles."""
    opacity: float = 1.0


def _falling(index: int, seed: int, seconds: float, *, fall: float, sway: float, size: float) -> _Particle:
    """Return a particle that drifts down for ever, beginning anywhere."""
    pace = fall * (0.7 + 0.6 * _random(index, seed, 1))
    y = (_random(index, seed, 2) + seconds * pace) % 1.15 - 0.075
    phase = _random(index, seed, 3) * 2 * math.pi
    x = _random(index, seed, 4) + sway * math.sin(seconds * (0.8 + _random(index, seed, 5)) * 2 + phase)
    spin = (_random(index, seed, 6) - 0.5) * 220
    grown = size * (0.6 + 0.8 * _random(index, seed, 7))
    return _Particle(x, y, grown, spin * seconds + phase * 57, math.cos(seconds * 3 + phase))


def _rising(index: int, seed: int, seconds: float, *, size: float) -> _Particle:
    lifted = _falling(index, seed, seconds, fall=0.16, sway=0.02, size=size)
    return _Particle(lifted.x, 1 - lifted.y, lifted.size, 0.0, 1.0, min(1.0, 6 * (1 - lifted.y) + 0.1))


def _thrown(index: int, seed: int, seconds: float, *, size: float) -> _Particle | None:
    """Return a piece of paper that was thrown up from below at 0, slows down in the air and falls."""
    start = 0.25 * _random(index, seed, 1)
    age = seconds - start
    if age < 0:
        return None
    side = -1 if index % 2 else 1
    angle = math.radians(52 + 34 * _random(index, seed, 2))
    power = 2.2 + 1.3 * _random(index, seed, 3)
    drag = 1.6
    slowed = (1 - math.exp(-drag * age)) / drag
    x = 0.5 - side * 0.42 + side * power * math.cos(angle) * slowed * 0.8
    y = 1.05 - power * math.sin(angle) * slowed + _GRAVITY * (age / drag - slowed / drag)
    x += 0.015 * math.sin(age * 5 + 6.28 * _random(index, seed, 4))
    spin = (_random(index, seed, 5) - 0.5) * 700
    return _Particle(
        x,
        y,
        size * (0.7 + 0.7 * _random(index, seed, 6)),
        spin * age,
        math.cos(age * (5 + 6 * _random(index, seed, 7))),
    )


def _burst(index: int, seed: int, seconds: float, *, size: float) -> _Particle:
    """Return a piece that flies apart from the middle at 0 and fades."""
    angle = 2 * math.pi * _random(index, seed, 1)
    slowed = 1 - math.exp(-3.2 * seconds)
    reach = (0.12 + 0.5 * _random(index, seed, 2)) * slowed
    y = 0.5 + math.sin(angle) * reach * 0.8 + 0.22 * seconds * seconds
    fade = max(0.0, min(1.0, 1.6 - seconds * (0.8 + 0.5 * _random(index, seed, 3))))
    spin = (_random(index, seed, 4) - 0.5) * 500
    return _Particle(
        0.5 + math.cos(angle) * reach,
        y,
        size * (0.6 + 0.8 * _random(index, seed, 5)),
        spin * seconds,
        math.cos(seconds * 6 + angle),
        fade,
    )


def _twinkling(index: int, seed: int, seconds: float, *, size: float, drift: float) -> _Particle:
    """Return a light that stays about where it is and comes and goes."""
    phase = _random(index, seed, 1)
    life = (seconds * (0.35 + 0.4 * _random(index, seed, 2)) + phase) % 1
    glow = math.sin(math.pi * life) ** 2
    x = _random(index, seed, 3) + drift * math.sin(seconds * 0.7 + phase * 6.28)
    y = _random(index, seed, 4) - drift * seconds * 0.3
    return _Particle(
        x, y % 1.0, size * (0.5 + _random(index, seed, 5)) * (0.6 + 0.4 * glow), phase * 90, 1.0, glow
    )


_MOVES: Final[dict[str, Callable[[int, int, float, float], _Particle | None]]] = {
    "confetti": lambda i, seed, t, size: _thrown(i, seed, t, size=0.026 * size),
    "burst": lambda i, seed, t, size: _burst(i, seed, t, size=0.02 * size),
    "snow": lambda i, seed, t, size: _falling(i, seed, t, fall=0.11, sway=0.02, size=0.012 * size),
    "rain": lambda i, seed, t, size: _falling(i, seed, t, fall=1.3, sway=0.0, size=0.03 * size),
    "petals": lambda i, seed, t, size: _falling(i, seed, t, fall=0.13, sway=0.05, size=0.03 * size),
    "bubbles": lambda i, seed, t, size: _rising(i, seed, t, size=0.03 * size),
    "sparks": lambda i, seed, t, size: _twinkling(i, seed, t, size=0.02 * size, drift=0.02),
    "hearts": lambda i, seed, t, size: _rising(i, seed, t, size=0.035 * size),
    "stars": lambda i, seed, t, size: _twinkling(i, seed, t, size=0.03 * size, drift=0.0),
    "dust": lambda i, seed, t, size: _twinkling(i, seed, t, size=0.007 * size, drift=0.05),
}
_PALETTES: Final[dict[str, tuple[str, ...]]] = {
    "confetti": ("#ff4b5c", "#ffd23f", "#2fb5a8", "#5b6cff", "#ffffff"),
    "burst": ("#ffd23f", "#ff8a3d", "#ff4b5c", "#ffffff"),
    "snow": ("#ffffff",),
    "rain": ("#cfe3ff99",),
    "petals": ("#ffc2d4", "#ff9dba", "#ffe1ea"),
    "bubbles": ("#ffffff",),
    "sparks": ("#ffe9a8", "#fff7dd"),
    "hearts": ("#ff3b5c", "#ff7a93", "#ffb3c1"),
    "stars": ("#ffe27a", "#fff3c4"),
    "dust": ("#fff4d6",),
}


class Particles(LivelySticker):
    """Confetti, snow, petals, bubbles, sparks and others; it fills its box."""

    name: ClassVar[str] = "basics.particles"
    fills: ClassVar[bool] = True

    kind: ParticleKind = Field(
        "confetti", description="What is seen; confetti and burst happen once, at the start."
    )
    count: int = Field(90, ge=1, le=500, description="Number of particles.")
    size: float = Field(1.0, ge=0.1, le=8, description="Size of the particles; 1 is that of their kind.")
    speed: float = Field(
        1.0, ge=0.05, le=8, description="How fast the particles move; 1 is the pace of their kind."
    )
    color: ColorValue | None = Field(
        None, description="Colour of the particles; if left out, they have those of their kind."
    )
    seed: int = Field(
        1,
        ge=0,
        le=1_000_000,
        description="Number that decides what is random; each scatters them differently.",
    )

    def draw_at(self, canvas: Any, width_px: float, height_px: float, at: Moment) -> None:
        palette = [parse_color(text) for text in ((self.color,) if self.color else _PALETTES[self.kind])]
        move, seconds = _MOVES[self.kind], max(0.0, at.seconds) * self.speed
        short = min(width_px, height_px)
        canvas.save()
        canvas.clipRect(skia.Rect.MakeWH(width_px, height_px))
        for index in range(self.count):
            one = move(index, self.seed, seconds, self.size)
            if one is None or one.opacity <= 0.01 or not (-0.1 < one.x < 1.1 and -0.1 < one.y < 1.1):
                continue
            canvas.save()
            canvas.translate(one.x * width_px, one.y * height_px)
            _draw_one(canvas, self.kind, one, one.size * short, palette[index % len(palette)])
            canvas.restore()
        canvas.restore()


def _draw_one(canvas: Any, kind: str, one: _Particle, size: float, color: Color) -> None:
    paint = skia.Paint(
        AntiAlias=True, Color=skia.ColorSetARGB(round(color.a * one.opacity), color.r, color.g, color.b)
    )
    if kind == "rain":
        paint.setStrokeWidth(max(1.0, size * 0.06))
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        canvas.drawLine(0, -size, 0, size, paint)
    elif kind in ("snow", "dust"):
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, max(0.5, size * 0.3)))
        canvas.drawCircle(0, 0, size * 0.7, paint)
    elif kind == "bubbles":
        paint.setAlphaf(0.16 * one.opacity)
        canvas.drawCircle(0, 0, size, paint)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(max(1.0, size * 0.09))
        paint.setAlphaf(0.75 * one.opacity)
        canvas.drawCircle(0, 0, size, paint)
        canvas.drawArc(
            skia.Rect.MakeLTRB(-size * 0.65, -size * 0.65, size * 0.65, size * 0.65), 195, 55, False, paint
        )
    elif kind in ("sparks", "stars"):
        canvas.rotate(one.angle_deg if kind == "stars" else 0.0)
        canvas.drawPath(_star(size, 0.16 if kind == "sparks" else 0.4, 4 if kind == "sparks" else 5), paint)
    elif kind == "hearts":
        canvas.drawPath(_heart(size), paint)
    elif kind == "petals":
        canvas.rotate(one.angle_deg)
        canvas.scale(0.35 + 0.65 * abs(one.turn), 1.0)
        path = skia.Path()
        path.moveTo(0, -size)
        path.cubicTo(size * 0.95, -size * 0.6, size * 0.7, size * 0.7, 0, size)
        path.cubicTo(-size * 0.7, size * 0.7, -size * 0.95, -size * 0.6, 0, -size)
        canvas.drawPath(path, paint)
    else:
        canvas.rotate(one.angle_deg)
        canvas.scale(1.0, max(0.12, abs(one.turn)))
        if one.turn < 0:  # the back of the paper
            paint.setColor(
                skia.ColorSetARGB(
                    round(color.a * one.opacity), *(round(c * 0.78) for c in (color.r, color.g, color.b))
                )
            )
        canvas.drawRect(skia.Rect.MakeLTRB(-size * 0.75, -size * 0.45, size * 0.75, size * 0.45), paint)


def _star(size: float, inner: float, tips: int) -> Any:
    path = skia.Path()
    for index in range(2 * tips):
        radius = size if index % 2 == 0 else size * inner
        turn = math.pi * index / tips
        point = radius * math.sin(turn), -radius * math.cos(turn)
        if index:
            path.lineTo(*point)
        else:
            path.moveTo(*point)
    path.close()
    return path


def _heart(size: float) -> Any:
    path = skia.Path()
    path.moveTo(0, size)
    path.cubicTo(-size * 1.5, -size * 0.1, -size * 0.8, -size * 1.2, 0, -size * 0.45)
    path.cubicTo(size * 0.8, -size * 1.2, size * 1.5, -size * 0.1, 0, size)
    path.close()
    return path
