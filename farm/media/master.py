"""Mastering: a mix normalised to its loudness, limited, and encoded; in two passes over a file, not the sounds."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, Final

import av.error
import numpy as np

from farm.errors import MachineError
from farm.media.aac import THOROUGH, encode_sound
from farm.media.audio_fifo import Samples
from farm.media.container import UNWRITABLE
from farm.media.decode_audio import decode_track
from farm.media.level import LevelMeter
from farm.media.limit import CEILING, Limiter
from farm.media.loudness import LoudnessMeter
from farm.media.mix import BLOCK, Mix
from farm.media.sound_file import DEFAULTS, SoundTarget, write_sound
from farm.model.asset import Asset
from farm.model.format import SoundCoding
from farm.model.sound import Sound

AUDIBLE_DB: Final = 0.5
"""A track whose level dropped by more than this anywhere is encoded again with :data:`farm.media.aac.THOROUGH`."""


@dataclass(frozen=True, slots=True)
class Mastered:
    """The result of mastering a timeline's sounds."""

    loudness_lufs: float | None
    """Integrated loudness of the samples that were encoded; None for silence."""
    warnings: tuple[str, ...]
    """Warnings of sounds that ended too early."""
    damaged: tuple[Asset, ...] = ()
    """Sounds that could not be decoded in places."""


def master(
    sound: Sound, duration_s: Fraction, out: Path, also: Sequence[tuple[SoundTarget, Path]] = ()
) -> Mastered:
    """Mix a timeline's sounds and write them to ``out``, an MP4 with one AAC track, and to files in other codings.

    The mix is held in an unnamed temporary file beside ``out``, 23 MB per minute: its loudness is known only at its
    end, and mixing twice costs ten times as much as reading it back. Memory use does not grow with the length.

    Raises:
        MediaError: a sound cannot be decoded.
        MachineError: the disk of ``out`` is full or cannot be written.
    """
    try:
        with tempfile.TemporaryFile(dir=out.parent) as file:
            mix = Mix(sound, duration_s)
            measured, peak = _record(mix, file)
            gain_db = (
                0.0 if measured is None or sound.loudness_lufs is None else sound.loudness_lufs - measured
            )
            gain = float(10 ** (gain_db / 20))
            over = peak * gain > CEILING

            def finished() -> Iterator[Samples]:
                blocks = _played(file, gain)
                return _limited(blocks) if over else blocks

            loudness, level = LoudnessMeter(), LevelMeter()
            encode_sound(_passing(finished(), loudness if over else None, level), out)
            _repair(finished, level, DEFAULTS[SoundCoding.AAC], out)
            for target, path in also:
                write_sound(finished(), target, path)
                _repair(finished, level, target, path)
    except (OSError, av.error.FFmpegError) as error:
        if error.errno not in UNWRITABLE:
            raise
        raise MachineError(
            f"{out.parent} cannot be written: {error.strerror or error}; free space or repair it"
        ) from error
    if over:
        measured = loudness.integrated_lufs()
    elif measured is not None:
        measured = round(measured + gain_db, 3)
    return Mastered(measured, tuple(mix.warnings), tuple(mix.damaged))


def _repair(
    finished: Callable[[], Iterator[Samples]], level: LevelMeter, target: SoundTarget, out: Path
) -> None:
    """Encode a track again with the thorough coder if the fast one made it audibly quieter."""
    if target.coding is SoundCoding.AAC and level.lost_db(_encoded_level(out)) > AUDIBLE_DB:
        write_sound(finished(), target, out, options=THOROUGH)


def _record(mix: Mix, file: IO[bytes]) -> tuple[float | None, float]:
    """Write the mix to ``file``, left and right samples interleaved; return its loudness and its peak."""
    meter = LoudnessMeter()
    peak = 0.0
    for block in mix.blocks():
        if block.shape[1]:
            meter.add(block)
            peak = max(peak, float(block.max()), -float(block.min()))
            file.write(np.ascontiguousarray(block.T).data)
    return meter.integrated_lufs(), peak


def _played(file: IO[bytes], gain: float) -> Iterator[Samples]:
    file.seek(0)
    while data := file.read(BLOCK * 2 * 4):
        yield np.ascontiguousarray(np.frombuffer(data, np.float32).reshape(-1, 2).T) * np.float32(gain)


def _limited(blocks: Iterator[Samples]) -> Iterator[Samples]:
    limiter = Limiter()
    for block in blocks:
        yield limiter.add(block)
    yield limiter.rest()


def _passing(
    blocks: Iterator[Samples], loudness: LoudnessMeter | None, level: LevelMeter
) -> Iterator[Samples]:
    for block in blocks:
        if loudness is not None:
            loudness.add(block)
        level.add(block)
        yield block


def _encoded_level(path: Path) -> LevelMeter:
    level = LevelMeter()
    for piece in decode_track(path):
        level.add(piece)
    return level
