"""``intake.sound``: waveform, loudness, silence, tempo and beats of a sound file or a clip's sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from pydantic import BaseModel, Field

from farm.plugin import Analyser, Analysis, Fact, MediaKind
from farm_intake.found import IntakeFinding

if TYPE_CHECKING:
    from farm.plugin import Subject
    from farm_intake.beats import Pulse
    from farm_intake.levels import Levels

COLUMNS: Final = 400
"""Columns of the waveform picture."""
_SILENT: Final = 10 ** (-50 / 20)
"""50 ms with a lower root mean square are silent: −50 dBFS."""
_REGULAR: Final = 0.12
"""With a lower autocorrelation there is no beat: speech has 0.05 to 0.1."""
_PULSE_S: Final = 900
"""Beats are detected in the first 15 minutes."""


class Sound(IntakeFinding):
    """Properties of a sound."""

    duration_s: float = Field(description="Decoded duration.")
    loudness_lufs: float | None = Field(
        description="Integrated loudness according to EBU R 128; null for silence."
    )
    peak: float = Field(description="Largest absolute sample value; 1 is full scale.")
    silence: float = Field(description="Share of 50 ms windows below −50 dBFS, 0 to 1.")
    waveform: tuple[float, ...] = Field(description="Peak of each of 400 equal parts, at most 1.")
    tempo_bpm: float | None = Field(description="Beats per minute; null if there is no regular beat.")
    beat_confidence: float = Field(description="Autocorrelation of the onsets at the tempo, 0 to 1.")
    beats_s: tuple[float, ...] = Field(description="Times of the beats; empty if there is no regular beat.")


class SoundAnalyser(Analyser):
    """Analyses a sound file, or a clip's sound; the findings of a silent clip are empty."""

    name: ClassVar[str] = "intake.sound"
    version: ClassVar[int] = 2
    summary: ClassVar[str] = "Waveform, loudness, silence, tempo and beats of a sound file or a clip's sound."
    kinds: ClassVar[frozenset[MediaKind]] = frozenset({MediaKind.AUDIO, MediaKind.VIDEO})
    findings: ClassVar[type[BaseModel]] = Sound

    def analyse(self, subject: Subject) -> Analysis:
        from farm.plugin import SAMPLE_RATE, LoudnessMeter
        from farm_intake.beats import OnsetMeter, find_pulse
        from farm_intake.levels import Levels, drawn

        if not subject.asset.has_sound:
            return Analysis(_found(Levels(), None, None), {"silence": 1.0})
        levels, meter, onsets = Levels(), LoudnessMeter(), OnsetMeter()
        for piece in subject.sound():
            if levels.length < _PULSE_S * SAMPLE_RATE:
                onsets.add(piece)
            meter.add(piece)
            levels.add(piece)
        loudness = meter.integrated_lufs()
        pulse = find_pulse(onsets.envelope())
        found = _found(levels, loudness, pulse if pulse and pulse.confidence >= _REGULAR else None)
        facts: dict[str, Fact] = {"silence": found.silence, "peak": found.peak}
        if loudness is not None:
            facts["loudness_lufs"] = round(loudness, 1)
        if found.tempo_bpm is not None:
            facts |= {"tempo_bpm": found.tempo_bpm, "beat_confidence": found.beat_confidence}
        return Analysis(found, facts, files={"waveform.png": drawn(np.array(found.waveform))})


def _found(levels: Levels, loudness: float | None, pulse: Pulse | None) -> Sound:
    from farm.plugin import SAMPLE_RATE

    peaks, powers = levels.finish()
    columns = [float(part.max(initial=0)) for part in np.array_split(peaks, COLUMNS)]
    return Sound(
        duration_s=round(levels.length / SAMPLE_RATE, 3),
        loudness_lufs=None if loudness is None else round(loudness, 1),
        peak=round(float(peaks.max(initial=0)), 4),
        silence=round(float((np.sqrt(powers) < _SILENT).mean()), 4) if powers.size else 1.0,
        waveform=tuple(round(min(1.0, value), 3) for value in columns),
        tempo_bpm=pulse.tempo_bpm if pulse else None,
        beat_confidence=pulse.confidence if pulse else 0.0,
        beats_s=pulse.beats_s if pulse else (),
    )
