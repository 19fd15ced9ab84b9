"""Media as a parameter of an element: a reference in documents, a decoded picture where it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from farm.model.asset import Asset
from farm.model.document import MEDIA_FORMAT
from farm.render.content import even_up
from farm.render.frame import Frame

if TYPE_CHECKING:  # elements are inspected without loading what draws them
    from farm.render.picture import MediaSource


class MediaPicture:
    """A picture that a document gives to an element: ``mask: MediaPicture | None = Field(None, description=…)``.

    Documents write a reference, as for any ``src``. Farm finds, checks and hashes the file and sends it to the workers;
    the file's content becomes part of a segment's key through the element.
    """

    __slots__ = ("_asset", "_here", "_shared", "_there", "reference")

    def __init__(
        self,
        reference: str,
        asset: Asset | None = None,
        here: MediaSource | None = None,
        there: MediaSource | None = None,
        *,
        shared: bool = False,
    ) -> None:
        self.reference = reference
        """As written in the document; the content's name when drawing."""
        self._asset = asset
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

    def __repr__(self) -> str:
        return f"MediaPicture({self.reference!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(min_length=1, max_length=2000, strip_whitespace=True)
        return core_schema.no_info_wrap_validator_function(
            lambda value, written: value if isinstance(value, cls) else cls(written(value)),
            text,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda value: value.reference),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": 2000, "format": MEDIA_FORMAT}
