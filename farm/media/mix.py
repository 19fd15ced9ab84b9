"""Mixing: all sounds of a timeline in one continuous pass, so that nothing clicks at segment joins."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from fractions import Fraction
from typing import Final

import numpy as np

from farm.media.audio_fifo import SAMPLE_RATE, AudioFifo, Samples
from farm.media.damage import DamageLog
from farm.media.duck import Ducker
from farm.media.play import play
from farm.model.asset import Asset, MediaKind
from farm.model.sound import Sound, SoundClip, SoundRole

BLOCK: Final = SAMPLE_RATE
"""Samples mixed at a time; the sum does not depend on it."""

_LEADING: Final = (SoundRole.VOICE, SoundRole.CLIP)
"""Roles for which music is ducked."""


class Mix:
    """The sum of a timeline's sounds, computed as it is read. Memory use does not grow with the length."""

    def __init__(self, sound: Sound, duration_s: Fraction) -> None:
        self._parts = [_Part(clip) for clip in sound.clips]
        self._duck_db = sound.duck_db
        self._length = int(duration_s * SAMPLE_RATE)

    @property
    def warnings(self) -> list[str]:
        """Warnings of sounds that ended too early; complete once all blocks are read."""
        return list(dict.fromkeys(part.warning for part in self._parts if part.warning))

    @property
    def damaged(self) -> list[Asset]:
        """Sounds that could not be decoded in places; complete once all blocks are read."""
        return [part.clip.asset for part in self._parts if part.damage]

    def blocks(self) -> Iterator[Samples]:
        """Yield the mix from start to end, not normalised, in pieces of about a second. Call it once.

        Raises:
            MediaError: a sound cannot be decoded.
        """
        ducks = self._duck_db > 0 and any(part.clip.role in _LEADING for part in self._parts)
        return self._ducked() if ducks else self._summed()

    def _summed(self) -> Iterator[Samples]:
        for music, others, _ in self._buses():
            yield music + others

    def _ducked(self) -> Iterator[Samples]:
        ducker = Ducker(self._duck_db)
        waiting_music, waiting_others = AudioFifo(), AudioFifo()
        for music, others, leading in self._buses():
            waiting_music.put(music)
            waiting_others.put(others)
            gain = ducker.add(leading)
            yield waiting_music.take(gain.size) * gain + waiting_others.take(gain.size)
        gain = ducker.rest()
        yield waiting_music.take(gain.size) * gain + waiting_others.take(gain.size)

    def _buses(self) -> Iterator[tuple[Samples, Samples, Samples]]:
        """Yield blocks of music, of everything else, and of the leading sounds."""
        try:
            for start in range(0, self._length, BLOCK):
                count = min(BLOCK, self._length - start)
                buses = {role: np.zeros((2, count), np.float32) for role in SoundRole}
                for part in self._parts:
                    part.add_to(buses[part.clip.role], start)
                leading = buses[SoundRole.VOICE] + buses[SoundRole.CLIP]
                yield buses[SoundRole.MUSIC], leading + buses[SoundRole.EFFECT], leading
        finally:
            for part in self._parts:
                part.close()


class _Part:
    """One sound at its position; its file is open only while it plays."""

    def __init__(self, clip: SoundClip) -> None:
        self.clip = clip
        self.damage = DamageLog(clip.asset.cut_off_s)
        """Places in it that could not be decoded."""
        self.warning = ""
        self._start = int(clip.start_s * SAMPLE_RATE)
        self._fifo = AudioFifo()
        self._pieces: Generator[Samples, None, None] | None = None
        self._ended = False
        self._heard = 0

    def add_to(self, bus: Samples, start: int) -> None:
        """Add to a block of a bus, shape (2, n), that begins at sample ``start``; blocks must be consecutive."""
        offset = max(0, self._start - start)
        count = bus.shape[1] - offset
        if count <= 0 or (self._ended and not self._fifo.length):
            return
        if self._pieces is None:
            self._pieces = play(self.clip, self.damage)
        while not self._ended and self._fifo.length < count:
            piece = next(self._pieces, None)
            if piece is None:
                self._end()
            else:
                self._fifo.put(piece)
                self._heard += piece.shape[1]
        samples = self._fifo.take(count)
        bus[:, offset : offset + samples.shape[1]] += samples

    def close(self) -> None:
        """Close its file."""
        if self._pieces is not None:
            self._pieces.close()

    def _end(self) -> None:
        self._ended = True
        short_s = float(self.clip.duration_s) - self._heard / SAMPLE_RATE
        if short_s > 0.05 and self.clip.asset.kind is MediaKind.AUDIO:
            self.warning = f"{self.clip.asset.label} ends {short_s:.2f} s before its clip; silence follows"
