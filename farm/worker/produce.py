"""Producing: each output's file is made from the material, checked, and described."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Final

from farm.check.gates import Passed, Wanted, check
from farm.errors import CheckFailedError
from farm.media.gif import write_gif
from farm.media.hls import MASTER, Rendition, write_hls
from farm.media.join import FASTSTART, join
from farm.media.lossless import composed_frames
from farm.media.picture_zip import write_pictures
from farm.media.remux import write_sound_alone
from farm.media.sound_file import DEFAULTS, SoundTarget, recode
from farm.media.webp import write_webp
from farm.media.whole import WholeCoding, WholeEncoder, fitted
from farm.model.budget import AIM, KEPT, SOUND_BITS_A_S
from farm.model.format import Format, SoundCoding
from farm.plan.segment import Output, Picture
from farm.render.frame import Frame
from farm.worker.halt import HaltSignal
from farm.worker.material import Material, budget_for, target_of
from farm.worker.task import MadeFile

_RATE_OFF: Final = Fraction(2, 100)
"""A bit rate is kept this exactly."""
_SOUND_TRIES: Final = 3
"""Encodings of a sound, to fill what the picture leaves of a limit."""
_CONTAINERS = {Format.WEBM: "webm", Format.PRORES: "mov"}
_MEDIA_TYPES = {".m3u8": "application/vnd.apple.mpegurl", ".mp4": "video/mp4", ".m4s": "video/iso.segment"}


@dataclass(frozen=True, slots=True)
class Produced:
    """The files of an output."""

    files: tuple[tuple[MadeFile, Path], ...]
    """Each with its path; the output's main file is the first."""
    warnings: tuple[str, ...] = ()
    """What could not be done exactly as requested."""


def produce(output: Output, material: Material, folder: Path, halt: HaltSignal) -> Produced:
    """Make an output's file in an empty folder, and check it.

    Raises:
        CheckFailedError: it differs from what was planned.
        MediaError: a segment is damaged, or the file cannot be as small as its limit.
        MachineError: the folder cannot be written.
    """
    return _Production(output, material, folder, halt).made()


class _Production:
    def __init__(self, output: Output, material: Material, folder: Path, halt: HaltSignal) -> None:
        self._output = output
        self._material = material
        self._folder = folder
        self._halt = halt
        self._picture: Picture = material.plan.pictures[output.picture]
        self._timeline = self._picture.timeline

    def made(self) -> Produced:
        output = self._output
        if output.format is Format.HLS:
            return self._streamed()
        path = self._folder / f"{output.name}{output.facts.suffix}"
        warnings: tuple[str, ...] = ()
        match output.format:
            case Format.GIF | Format.WEBP:
                self._write_animation(path)
            case Format.PNG:
                write_pictures(self._segments(output.codings[0]), path)
            case Format.M4A | Format.WAV | Format.MP3:
                sound = self._material.sound(output)
                assert sound is not None
                write_sound_alone(sound, path, output.format)
            case _:
                if output.bits_a_s is not None:
                    warnings = self._write_at_rate(path, output.bits_a_s)
                elif output.limit_bytes is not None:
                    warnings = self._write_limited(path, output.limit_bytes)
                else:
                    self._join(path)
        passed = check(path, self._wanted())
        return Produced(((self._described(path, passed), path),), warnings)

    def _segments(self, coding: int) -> list[Path]:
        return list(self._material.segments[self._output.picture, coding])

    def _join(self, path: Path) -> None:
        output = self._output
        self._mux(self._segments(output.codings[0]), self._material.sound(output), path)

    def _mux(self, segments: list[Path], sound: Path | None, path: Path) -> None:
        container = _CONTAINERS.get(self._output.format, "mp4")
        options = {} if container == "webm" else FASTSTART
        join(segments, sound, self._timeline.rate, path, format=container, options=options)

    def _write_animation(self, path: Path) -> None:
        output, alpha = self._output, self._alpha
        assert output.lossless is not None
        segments, rate = self._segments(output.lossless), self._timeline.rate
        if output.format is Format.GIF:
            write_gif(segments, rate, path, alpha=alpha, check=self._halt.check)
        else:
            write_webp(segments, rate, path, level=output.level, alpha=alpha, check=self._halt.check)

    def _write_limited(self, path: Path, limit_bytes: int) -> tuple[str, ...]:
        """Write the file as without its limit; with less for its sound, or encoded again, if that is larger."""
        self._join(path)
        size_bytes = path.stat().st_size
        if size_bytes <= limit_bytes or self._write_with_less_sound(path, size_bytes, limit_bytes):
            return ()
        budget = budget_for(self._output, self._picture)
        self._fit(
            path,
            self._sound_at(budget.sound_bits_a_s) if budget.sound_bits_a_s else None,
            bits_a_s=budget.picture_bits_a_s,
            least_bytes=int(limit_bytes * KEPT) + 1,
            most_bytes=limit_bytes,
            constant=False,
        )
        size_bytes = path.stat().st_size
        if size_bytes < limit_bytes * KEPT:
            return (
                f"output `{self._output.name}` has {size_bytes:,} bytes of the {limit_bytes:,} allowed: the encoder "
                "reached no size between 97 and 100 %",
            )
        return ()

    def _write_with_less_sound(self, path: Path, size_bytes: int, limit_bytes: int) -> bool:
        """Write the file with its picture unchanged, if its sound can be small enough; return whether it could."""
        sound = self._material.sound(self._output)
        if sound is None:
            return False
        rest_bytes = size_bytes - sound.stat().st_size
        length_s = self._timeline.duration_s
        bits_a_s = int((limit_bytes * AIM - rest_bytes) * 8 / length_s)
        for _ in range(_SOUND_TRIES):
            if bits_a_s < SOUND_BITS_A_S[-1]:
                return False
            segments = self._segments(self._output.codings[0])
            self._mux(segments, self._sound_at(bits_a_s), path)
            size_bytes = path.stat().st_size
            if limit_bytes * KEPT <= size_bytes <= limit_bytes:
                return True
            bits_a_s += int((limit_bytes * AIM - size_bytes) * 8 / length_s)
        return size_bytes <= limit_bytes

    def _sound_at(self, bits_a_s: int) -> Path:
        """Return the output's sound at a bit rate, at most its usual one."""
        default = target_of(self._output)
        usual = self._material.sound(self._output)
        assert usual is not None
        if bits_a_s >= default.bits_a_s:
            return usual
        mix = self._material.sound(self._output, DEFAULTS[SoundCoding.PCM])
        assert mix is not None
        smaller = self._folder / f"sound{default.suffix}"
        recode(mix, SoundTarget(default.coding, bits_a_s), smaller)
        return smaller

    def _write_at_rate(self, path: Path, bits_a_s: int) -> tuple[str, ...]:
        """Write the file with its picture at a bit rate."""
        wanted_bytes = Fraction(bits_a_s, 8) * self._timeline.duration_s
        picture_bytes = self._fit(
            path,
            self._material.sound(self._output),
            bits_a_s=bits_a_s,
            least_bytes=int(wanted_bytes * (1 - _RATE_OFF)),
            most_bytes=int(wanted_bytes * (1 + _RATE_OFF)),
            constant=True,
        )
        if picture_bytes < wanted_bytes * KEPT:
            reached = float(picture_bytes * 8 / self._timeline.duration_s / 1000)
            return (
                f"output `{self._output.name}` has a picture of {reached:.0f} kbit/s where {bits_a_s / 1000:.0f} were "
                "asked for: it needs no more",
            )
        return ()

    def _fit(
        self,
        path: Path,
        sound: Path | None,
        *,
        bits_a_s: int,
        least_bytes: int,
        most_bytes: int,
        constant: bool,
    ) -> int:
        """Encode the file as a whole, again and again until its size is between two limits; return the picture's size.

        With ``constant``, the limits are those of the picture alone, at a constant bit rate.
        """
        output, timeline = self._output, self._timeline
        assert output.whole is not None
        assert output.lossless is not None
        width_px, height_px = self._size_px
        coding = WholeCoding(
            output.whole.encoder,
            output.whole.preset,
            width_px,
            height_px,
            timeline.rate,
            self._alpha,
            constant,
        )
        video = self._folder / "whole"
        made_at, picture_bytes = 0, 0
        with WholeEncoder(partial(self._frames, output.lossless), coding, self._folder) as encoder:

            def make(rate: int) -> int:
                nonlocal made_at, picture_bytes
                picture_bytes = video.write_bytes(encoder.encoded(rate))
                self._mux([video], sound, path)
                made_at = rate
                return picture_bytes if constant else path.stat().st_size

            best = fitted(make, bits_a_s=bits_a_s, least_bytes=least_bytes, most_bytes=most_bytes)
            if best != made_at:
                make(best)
        video.unlink()
        return picture_bytes

    def _frames(self, lossless: int) -> Iterator[Frame]:
        for frame in composed_frames(self._segments(lossless), alpha=self._alpha):
            self._halt.check()
            yield frame

    def _streamed(self) -> Produced:
        """Write the folder of an HLS output."""
        output = self._output
        name = f"{output.name}{output.facts.suffix}"
        folder = self._folder / name
        folder.mkdir()
        renditions = []
        for coding in output.codings:
            width_px, height_px = self._picture.codings[coding].size_px or self._canvas_px
            short = min(width_px, height_px)
            renditions.append(Rendition(f"{short}p", self._segments(coding), width_px, height_px))
        write_hls(renditions, self._material.sound(output), self._timeline.rate, folder)
        found = []
        for one in renditions:
            wanted = replace(self._wanted(), width_px=one.width_px, height_px=one.height_px)
            found.append(check(folder / f"{one.name}.m3u8", wanted))
        if len({passed.frames for passed in found}) != 1:
            raise CheckFailedError("the renditions of the stream differ in length")
        files = []
        for path in sorted(folder.iterdir(), key=lambda path: (path.name != MASTER, path.name)):
            made = self._described(path, found[0], f"{name}/{path.name}")
            if path.name != MASTER:
                made = replace(
                    made, kind="piece", frames=0, duration_s=0.0, width_px=0, height_px=0, checks=()
                )
            files.append((replace(made, media_type=_MEDIA_TYPES[path.suffix]), path))
        return Produced(tuple(files))

    @property
    def _alpha(self) -> bool:
        return self._timeline.background.a < 255

    @property
    def _canvas_px(self) -> tuple[int, int]:
        return self._timeline.width_px, self._timeline.height_px

    @property
    def _size_px(self) -> tuple[int, int]:
        """Width and height of the output's picture; of the largest, for HLS."""
        output = self._output
        codings = [*output.codings, *([output.lossless] if output.lossless is not None else [])]
        return self._picture.codings[codings[0]].size_px or self._canvas_px if codings else (0, 0)

    def _wanted(self) -> Wanted:
        width_px, height_px = self._size_px
        output = self._output
        sounds = output.facts.sound is not None and bool(self._timeline.sound.clips)
        return Wanted(output.format, self._timeline, width_px, height_px, sounds, output.limit_bytes)

    def _described(self, path: Path, passed: Passed, name: str = "") -> MadeFile:
        width_px, height_px = self._size_px
        return describe(
            path,
            name or path.name,
            self._output,
            passed=passed,
            size_px=(width_px, height_px),
        )


def describe(path: Path, name: str, output: Output, *, passed: Passed, size_px: tuple[int, int]) -> MadeFile:
    """Return the description of an output's main file."""
    return MadeFile(
        name,
        output.name,
        "main",
        output.facts.media_type,
        path.stat().st_size,
        sha256_of(path),
        passed.frames,
        float(passed.duration_s),
        *size_px,
        passed.gates,
    )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
