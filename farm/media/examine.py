"""Examining: decoding a file only to find the places that cannot be decoded."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

import av.error

from farm.errors import MediaError
from farm.media.audio_fifo import SAMPLE_RATE
from farm.media.damage import Damage, DamageLog
from farm.media.decode_audio import decode_sound
from farm.media.footage import open_reader
from farm.model.asset import Asset, MediaKind


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an asset that a timeline shows or plays, in seconds from the asset's origin."""

    asset: Asset
    """The asset."""
    heard: bool
    """Whether this is the sound; otherwise the picture."""
    start_s: Fraction
    """Where it begins."""
    stop_s: Fraction
    """Where it ends."""


@dataclass(frozen=True, slots=True)
class Condition:
    """The places in an asset that cannot be decoded."""

    picture: tuple[Damage, ...] = ()
    """Damage to the picture."""
    sound: tuple[Damage, ...] = ()
    """Damage to the sound."""

    def within(self, stretch: Stretch) -> tuple[Damage, ...]:
        """Return the places that overlap a stretch."""
        places = self.sound if stretch.heard else self.picture
        return tuple(p for p in places if p.start_s < stretch.stop_s and p.stop_s >= stretch.start_s)

    def to_json(self) -> str:
        """Return it as a JSON document."""
        return json.dumps({"picture": _plain(self.picture), "sound": _plain(self.sound)})

    @staticmethod
    def from_json(text: str) -> Condition:
        """Read what :meth:`to_json` wrote."""
        data = json.loads(text)
        return Condition(_places(data["picture"]), _places(data["sound"]))


def examine(asset: Asset) -> Condition:
    """Decode a whole asset once and return what cannot be decoded."""
    seen = examine_stretch(Stretch(asset, False, Fraction(0), asset.duration_s))
    heard = examine_stretch(Stretch(asset, True, Fraction(0), asset.sound_until_s))
    return Condition(seen, heard)


def examine_stretch(stretch: Stretch) -> tuple[Damage, ...]:
    """Decode a part of an asset and return the damage found, including in what must be decoded before it."""
    asset = stretch.asset
    if stretch.stop_s <= stretch.start_s:
        return ()
    if stretch.heard:
        return _heard(stretch) if asset.has_sound else ()
    return _seen(stretch) if asset.kind is MediaKind.VIDEO else ()


def _heard(stretch: Stretch) -> tuple[Damage, ...]:
    log = DamageLog(stretch.asset.cut_off_s)
    left = int((stretch.stop_s - stretch.start_s) * SAMPLE_RATE)
    try:
        for piece in decode_sound(stretch.asset, stretch.start_s, log):
            left -= piece.shape[1]
            if left <= 0:
                break
    except MediaError:
        pass  # reported when it is mixed: it can no longer be opened
    return log.places


def _seen(stretch: Stretch) -> tuple[Damage, ...]:
    reader = open_reader(stretch.asset, unseen=True)
    try:
        for at_s, _ in reader.frames_from(stretch.start_s):
            if at_s >= stretch.stop_s:
                break
    except av.error.FFmpegError:
        pass  # reported when it is rendered
    finally:
        reader.close()
    return reader.damage.places


def _plain(places: tuple[Damage, ...]) -> list[dict[str, Any]]:
    return [asdict(place) | {"start_s": str(place.start_s), "stop_s": str(place.stop_s)} for place in places]


def _places(data: list[dict[str, Any]]) -> tuple[Damage, ...]:
    return tuple(Damage(Fraction(one["start_s"]), Fraction(one["stop_s"]), one["what"]) for one in data)
