"""The sound of a timeline: what is heard when, and how it is mixed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from farm.model.asset import Asset
from farm.model.curve import Curve

_UNCHANGED: Final = Curve.constant(0.0)


class SoundRole(StrEnum):
    """The role of a sound; determines what ducks for what."""

    MUSIC = "music"
    """Ducked while a voice or a clip's own sound is heard."""
    VOICE = "voice"
    """Speech."""
    CLIP = "clip"
    """The sound of a video clip."""
    EFFECT = "effect"
    """A short sound that neither ducks nor is ducked."""


@dataclass(frozen=True, slots=True)
class SoundClip:
    """A sound for a length of time; times are exact timeline seconds."""

    asset: Asset
    """The sound."""
    start_s: Fraction
    """When it begins."""
    duration_s: Fraction
    """Its length."""
    in_s: Fraction = Fraction(0)
    """Where in the asset it begins."""
    speed: Fraction = Fraction(1)
    """Asset seconds per timeline second."""
    loop: bool = False
    """Whether it restarts when the asset, or the excerpt, ends."""
    gain_db: Curve = _UNCHANGED
    """Gain in dB over seconds (not frames) from its start."""
    fade_in_s: Fraction = Fraction(0)
    """Length of the fade at its start."""
    fade_out_s: Fraction = Fraction(0)
    """Length of the fade at its end."""
    role: SoundRole = SoundRole.MUSIC
    """Its role."""
    ramp: Curve | None = None
    """Speed over seconds from its start, instead of ``speed``."""
    until_s: Fraction | None = None
    """Where in the asset an excerpt ends that is reversed or repeated; None otherwise."""
    reverse: bool = False
    """Whether the excerpt is played backwards, from ``until_s``."""
    keep_pitch: bool = False
    """Whether the pitch is kept, instead of changing with the speed as on tape."""


@dataclass(frozen=True, slots=True)
class Sound:
    """The sound of a timeline."""

    clips: tuple[SoundClip, ...] = ()
    """Mixed together."""
    loudness_lufs: float | None = -14.0
    """Target integrated loudness (EBU R 128); None leaves the mix as it is."""
    duck_db: float = 12.0
    """How far music is ducked for a voice or a clip's sound."""
