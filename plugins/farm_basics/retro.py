"""Looks of old equipment: tape, tube, film, and signals that break."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import Color, Effect, Frame, Moment, Plane, to_yuv
from farm_basics.beats import hashed, hashed_many
from farm_basics.blurs import share_px, steps_of
from farm_basics.lens import parted, sine
from farm_basics.moves import enlarge
from farm_basics.soften import soften_plane
from farm_basics.tones import map_plane_by, rounded_table

Shifts = NDArray[np.int32]


def _rows_shifted(plane: Plane, shifts: Shifts) -> Plane:
    from farm_basics.remap_kernels import shift_rows

    out = np.empty_like(plane)
    shift_rows(plane, shifts, out)
    return out


def _lined(frame: Frame, pitch_px: float, amount: float) -> Plane:
    """Return luma with dark lines across."""
    from farm_basics.light_kernels import scale_rows

    pitch = max(2.0, pitch_px)
    wave = sine(np.arange(frame.height) / pitch)
    weights = np.floor(256 * (1 - amount * (0.5 - 0.5 * wave)) + 0.5).astype(np.uint16)
    out = np.empty_like(frame.y)
    scale_rows(frame.y, weights, 1, 16, out)
    return out


def _noise(luma: Plane, seed: int, size: int, amount: float) -> Plane:
    from farm_basics.kernels import add_grain

    out = np.empty_like(luma)
    add_grain(luma, seed, size, round(amount * 219), out)
    return out


class Scanlines(Effect):
    """The lines of a tube screen."""

    name: ClassVar[str] = "basics.scanlines"
    steady: ClassVar[bool] = True

    pitch: float = Field(
        0.6, ge=0.1, le=10, description="Distance of the lines, percent of the shorter side."
    )
    amount: float = Field(0.4, ge=0, le=1, description="How dark the lines are.")
    glow: float = Field(
        0.12, ge=0, le=1, description="How much the picture is brightened, to make up for the lines."
    )

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        lifted = map_plane_by(frame.y, rounded_table(16 + (np.arange(256) - 16) * (1 + self.glow), 16, 235))
        y = _lined(Frame(lifted, frame.u, frame.v), share_px(frame, self.pitch), self.amount)
        return Frame(y, frame.u, frame.v, frame.a, frame.a2)


class Vhs(Effect):
    """Video tape: colours that run, lines that tremble, a band of noise that wanders."""

    name: ClassVar[str] = "basics.vhs"

    bleed: float = Field(1.6, ge=0, le=10, description="How far colours run, percent of the shorter side.")
    jitter: float = Field(
        0.12, ge=0, le=5, description="How much lines tremble, percent of the shorter side."
    )
    tracking: float = Field(
        2.5,
        ge=0,
        le=30,
        description="How far lines are displaced in the noisy band, percent of the shorter side.",
    )
    noise: float = Field(
        0.1, ge=0, le=0.5, description="Strength of the noise, as a share of the luma range."
    )
    lines: float = Field(0.18, ge=0, le=1, description="How dark the scan lines are.")
    seed: int = Field(1, ge=0, le=1_000_000, description="Number that decides all that is random.")

    def _shifts(self, frame: Frame, at: Moment) -> Shifts:
        """Return the displacement of each row: a tremble, and the band where the head loses the track."""
        height = frame.height
        tremble, torn = (hashed_many(height, at.frame, self.seed * 2 + i) for i in range(2))
        shifts = (tremble - 0.5) * 2 * share_px(frame, self.jitter)
        middle = height * (1.1 - (at.seconds * 0.23 + hashed(1, self.seed)) % 1.3)
        near = np.clip(1 - np.abs(np.arange(height) - middle) / (height * 0.035), 0, 1)
        shifts += near * share_px(frame, self.tracking) * (0.6 + 0.8 * torn)
        # The head switches at the bottom of each picture.
        below = np.clip((np.arange(height) - height * 0.985) / max(1.0, height * 0.015), 0, 1)
        shifts += below * share_px(frame, self.tracking) * 1.5
        found: Shifts = np.floor(shifts * 256 + 0.5).astype(np.int32)
        return found

    def apply(self, frame: Frame, at: Moment) -> Frame:
        shifts = self._shifts(frame, at)
        # Tape holds half of luma's detail across.
        sigma_px = max(0.6, share_px(frame, 0.12))
        luma = soften_plane(frame.y, sigma_px, columns=False)
        luma = map_plane_by(luma, rounded_table(24 + (np.arange(256) - 16) * 0.94, 16, 235))
        luma = _noise(_rows_shifted(luma, shifts), self.seed * 100_003 + at.frame, 2, self.noise)
        lined = _lined(Frame(luma, frame.u, frame.v), 4.0 * max(1.0, frame.height / 1280), self.lines)
        bleed_px = share_px(frame, self.bleed) / 2
        # Colours arrive late: they run to the right.
        late = (shifts[::2] // 2 - round(bleed_px * 160)).astype(np.int32)
        chroma = rounded_table(128.0 + (np.arange(256) - 128) * 1.15, 16, 240)
        u, v = (
            map_plane_by(_rows_shifted(soften_plane(one, bleed_px / 2, columns=False), late), chroma)
            for one in (frame.u, frame.v)
        )
        if frame.a is None or frame.a2 is None:
            return Frame(lined, u, v)
        # The outline is luma's: colours that arrive late stay within it.
        a = _rows_shifted(soften_plane(frame.a, sigma_px, columns=False), shifts)
        half = (shifts[::2] // 2).astype(np.int32)
        a2 = _rows_shifted(soften_plane(frame.a2, sigma_px / 2, columns=False), half)
        return Frame(lined, u, v, a, a2)


class Glitch(Effect):
    """A broken signal: in bursts, blocks jump aside and the channels part."""

    name: ClassVar[str] = "basics.glitch"

    share: float = Field(0.5, ge=0, le=1, description="Share of the time that is disturbed.")
    speed: float = Field(6.0, ge=0.2, le=60, description="Bursts and pauses per second.")
    blocks: int = Field(9, ge=1, le=64, description="Number of displaced blocks.")
    distance: float = Field(7.0, ge=0, le=50, description="How far blocks jump, percent of the shorter side.")
    split: float = Field(
        0.9, ge=0, le=10, description="How far the channels part, percent of the shorter side."
    )
    seed: int = Field(1, ge=0, le=1_000_000, description="Number that decides all that is random.")

    def apply(self, frame: Frame, at: Moment) -> Frame:
        burst = int(at.seconds * self.speed // 1)
        if hashed(burst, self.seed) >= self.share:
            return frame
        # Blocks stay for three frames, so that they can be seen.
        dice = hashed_many(4 * self.blocks + 1, at.frame // 3, self.seed).tolist()
        half = frame.height // 2
        rows = np.zeros(half)
        for i in range(self.blocks):
            place, tall, taller, far = dice[4 * i : 4 * i + 4]
            top = int(place * half)
            rows[top : top + 1 + int(tall * taller * half * 0.16)] += (far * 2 - 1) * share_px(
                frame, self.distance
            )
        # Even pixels, the same for both rows of a pair: chroma stays with its luma.
        rows = np.floor(rows / 2 + 0.5) * 2
        split = np.floor(share_px(frame, self.split) * (0.4 + dice[-1]) / 2 + 0.5) * 2 + 2

        def moved(by: float) -> Frame:
            chroma = ((rows + by) * 128).astype(np.int32)
            luma = np.repeat(chroma * 2, 2)
            return Frame(
                *(_rows_shifted(plane, luma if step == 1 else chroma) for plane, step in steps_of(frame))
            )

        return parted(frame, moved(-split), moved(0), moved(split))


class OldFilm(Effect):
    """A worn print: brown, trembling, flickering, with scratches and dust."""

    name: ClassVar[str] = "basics.old_film"

    tone: float = Field(0.75, ge=0, le=1, description="How brown the picture is; 0 keeps its colours.")
    scratches: int = Field(3, ge=0, le=40, description="Number of scratches at a time.")
    dust: int = Field(10, ge=0, le=200, description="Number of specks of dust at a time.")
    flicker: float = Field(0.1, ge=0, le=1, description="How much brightness varies.")
    jitter: float = Field(
        0.25, ge=0, le=5, description="How much the picture trembles, percent of the shorter side."
    )
    grain: float = Field(
        0.07, ge=0, le=0.5, description="Strength of the grain, as a share of the luma range."
    )
    speed: float = Field(
        16.0, ge=1, le=60, description="How many pictures the old projector shows per second."
    )
    seed: int = Field(1, ge=0, le=1_000_000, description="Number that decides all that is random.")

    def _dirt(self, frame: Frame, number: int) -> NDArray[np.uint16]:
        """Return scratches and dust of a picture as a mask, 0 to 256."""
        mask = np.zeros((frame.height, frame.width), np.uint16)
        unit = min(frame.width, frame.height) / 720
        for i in range(self.scratches):
            # A scratch stays for some pictures and drifts.
            life = (number + i * 5) // 9
            if hashed(life, self.seed * 50 + i) < 0.45:
                continue
            x = hashed(life, self.seed * 70 + i) + 0.002 * (hashed(number, i) - 0.5)
            left = int(x * frame.width)
            mask[:, left : left + max(1, round(unit))] = 60 + int(110 * hashed(life, i))
        for i in range(self.dust):
            size = max(1.0, unit * (1 + 5 * hashed(number, self.seed * 31 + i) ** 3))
            x = hashed(number, self.seed * 101 + i) * frame.width
            y = hashed(number, self.seed * 131 + i) * frame.height
            top, left = max(0, int(y - size)), max(0, int(x - size))
            box = mask[top : int(y + size) + 1, left : int(x + size) + 1]
            down, across = np.ogrid[top : top + box.shape[0], left : left + box.shape[1]]
            lean = 0.6 + hashed(number, i)
            inside = ((across - x) / lean) ** 2 + ((down - y) * lean) ** 2 <= size * size
            box[inside] = 190
        return mask

    def apply(self, frame: Frame, at: Moment) -> Frame:
        from farm_basics.kernels import mix_masked

        number = int(at.seconds * self.speed // 1)
        reach = share_px(frame, self.jitter)
        dx, dy = (reach * (2 * hashed(number, self.seed * 3 + i) - 1) for i in range(2))
        scale = 1 + 2 * reach / min(frame.width, frame.height)
        moved = enlarge(frame, scale, dx * 0.4, dy) if reach > 0 else frame
        gain = 1 - self.flicker * hashed(number, self.seed * 17)
        # A flat print: neither black nor white.
        luma = rounded_table(30 + (np.arange(256) - 16) * 0.86 * gain, 16, 235)
        _, u, v = to_yuv(Color(0x96, 0x78, 0x5A))
        blue, red = (
            rounded_table(128 + (np.arange(256) - 128) * (1 - self.tone) + (one - 128) * self.tone, 16, 240)
            for one in (u, v)
        )
        toned = Frame(map_plane_by(moved.y, luma), map_plane_by(moved.u, blue), map_plane_by(moved.v, red))
        grained = _noise(toned.y, self.seed * 100_003 + number, 1, self.grain)
        mask, out = self._dirt(frame, number), frame.blank(alpha=False)
        sources = (grained, toned.u, toned.v)
        for plane, value, step, target in zip(sources, (226, u, v), (1, 2, 2), out.planes(), strict=True):
            mix_masked(plane, np.full_like(plane, value), mask, step, target)
        return Frame(out.y, out.u, out.v, moved.a, moved.a2)
