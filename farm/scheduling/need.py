"""Needs: the capabilities that a unit of work requires of a worker."""

from __future__ import annotations

from typing import Final, NamedTuple


class Need(NamedTuple):
    """What a worker must have."""

    encoder: str = ""
    """The encoder; empty if any will do."""
    tags: tuple[str, ...] = ()
    """All required tags, sorted."""
    device: str = ""
    """The device on which frames are composed besides the CPU, as ``gpu``; empty for the CPU alone."""
    plugins: tuple[str, ...] = ()
    """All plugins whose elements are drawn, sorted, in the exact builds that the job was planned with."""

    @property
    def means(self) -> str:
        """Device and encoder, which determine how fast the work goes."""
        return f"{self.encoder} on {self.device}" if self.device else self.encoder

    def __str__(self) -> str:
        parts = [f"the encoder {self.encoder}"] if self.encoder else []
        if self.device:
            parts.append(f"the device {self.device}")
        if self.tags:
            names = ", ".join(f'"{tag}"' for tag in self.tags)
            parts.append(f"the tag{'s' if len(self.tags) > 1 else ''} {names}")
        if self.plugins:
            parts.append(f"the plugin{'s' if len(self.plugins) > 1 else ''} {', '.join(self.plugins)}")
        return " and ".join(parts) or "nothing special"


ANY: Final = Need()
"""The need of planning."""
