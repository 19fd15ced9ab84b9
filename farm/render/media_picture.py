"""Media as a parameter of an element: a reference in documents, a decoded picture where it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from farm.model.asset import Asset, MediaKind
from farm.render.content import even_up
from farm.render.frame import Frame
from farm.render.media_parameter import MediaParameter

if TYPE_CHECKING:  # elements are inspected without loading what draws them
    from farm.render.picture import MediaSource


class MediaPicture(MediaParameter):
    """A picture that a document gives to an element: ``mask: MediaPicture | None = Field(None, description=…)``.

    Documents write a reference, as for any ``src``. Farm finds, checks and hashes the file and sends it to the workers;
    the file's content becomes part of a segment's key through the element.
    """

    __slots__ = ("_here", "_shared", "_there")

    kind: ClassVar[MediaKind] = MediaKind.IMAGE

    def __init__(
        self,
        reference: str,
        asset: Asset | None = None,
        here: MediaSource | None = None,
        there: MediaSource | None = None,
        *,
        shared: bool = False,
    ) -> None:
        super().__init__(reference, asset)
        self._here = here
        self._there = there
        self._shared = shared

    def frame(self, width_px: int, height_px: int) -> Frame:
        """Return the whole picture in host memory, stretched to a size (rounded to even numbers).

        It is premultiplied if it has alpha. It is a copy: writing to a picture shared by all clips and segments would
        spoil it for them, and compiled kernels do not accept read-only planes. Keep it if it is used twice a frame.
        """
        if self._asset is None or self._here is None:
            raise RuntimeError(f"`{self.reference}` is drawn only where farm composes frames")
        return self._own(self._here.still(self._asset, even_up(width_px), even_up(height_px)))

    def beside(self, frame: Frame) -> Frame:
        """Return the whole picture at the size of a frame, in the same memory as its planes: host or GPU."""
        if isinstance(frame.y, np.ndarray) or self._asset is None or self._there is None:
            return self.frame(frame.width, frame.height)
        return self._own(self._there.still(self._asset, frame.width, frame.height))

    def _own(self, frame: Frame) -> Frame:
        # Farm's own elements do not write to it, and need no copy.
        return frame if self._shared else frame.copy()
