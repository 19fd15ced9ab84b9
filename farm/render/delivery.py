"""Delivery: the pictures of a media source, each transferred once to the device that composes frames."""

from __future__ import annotations

from fractions import Fraction

from farm.model.asset import Asset
from farm.render.device import Device
from farm.render.frame import Frame
from farm.render.part import Part
from farm.render.picture import MediaSource, OpenClip


class DeviceMedia:
    """A media source whose frames are on a device; keeps transferred stills for its lifetime."""

    def __init__(self, media: MediaSource, device: Device) -> None:
        self._media = media
        self._device = device
        self._stills: dict[tuple[str, int, int], Frame] = {}

    def still(self, asset: Asset, width: int, height: int) -> Frame:
        """Return a whole picture scaled to an even size."""
        key = (asset.sha256, width, height)
        known = self._stills.get(key)
        if known is not None:
            return known
        frame = self._media.still(asset, width, height)
        taken = self._device.take(frame)
        if taken is not frame:
            self._stills[key] = taken
        return taken

    def footage(self, asset: Asset) -> OpenClip:
        """Return a reader of a clip."""
        return _DeliveredFootage(self._media.footage(asset), self._device)


class _DeliveredFootage:
    def __init__(self, footage: OpenClip, device: Device) -> None:
        self._footage = footage
        self._device = device
        self._last: dict[tuple[int, int, Part | None], tuple[Frame, Frame]] = {}

    def at(
        self, seconds: Fraction, width: int, height: int, part: Part | None = None
    ) -> tuple[Fraction, Frame]:
        stamp, frame = self._footage.at(seconds, width, height, part)
        last = self._last.get((width, height, part))
        if last is None or last[0] is not frame:
            # A reader returns the same frame object for as long as it is shown.
            last = self._last[width, height, part] = (frame, self._device.take(frame))
        return stamp, last[1]
