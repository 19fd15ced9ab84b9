"""Media as parameters of elements: a reference in documents, a file on the machine that draws."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from farm.model.asset import Asset, MediaKind
from farm.model.document import MEDIA_FORMAT


class MediaParameter:
    """A file that a document gives to an element.

    Documents write a reference, as for any ``src``. Farm finds, checks and hashes the file and sends it to the workers;
    the file's content becomes part of a segment's key through the element.
    """

    __slots__ = ("_asset", "reference")

    kind: ClassVar[MediaKind]
    """The kind that the file must be of."""

    def __init__(self, reference: str, asset: Asset | None = None) -> None:
        self.reference = reference
        """As written in the document; the content's name when drawing."""
        self._asset = asset

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.reference!r})"

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
