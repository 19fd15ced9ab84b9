"""Base of all documents: strict models, and the scalar values used in documents (times, lengths, colours)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema
from typing_extensions import TypeAliasType

from farm.errors import DocumentError, Problem, is_plain, shortened
from farm.model.color import parse_color
from farm.model.easing import EASINGS, FORMS, check_ease
from farm.model.problems import problems_of, stray_booleans
from farm.model.schema import json_schema
from farm.model.timebase import parse_seconds


def _holds_switch(value: Any) -> bool:
    """Whether plain data hold a boolean, which pydantic would take for 0 or 1 where a number belongs."""
    kind = type(value)
    if kind is list or kind is tuple:
        return any(map(_holds_switch, value))
    if kind is dict:
        return any(map(_holds_switch, value.values()))
    return kind is bool


def name_in_code(model: type[BaseModel]) -> str:
    """Return what a document's class is called in ``farm``, such as ``Track``."""
    return model.__name__.removesuffix("Document").removesuffix("Item")


def _lone_items(model: type[BaseModel], data: Mapping[str, Any]) -> list[Problem]:
    """Return a problem for each object where a list of such objects belongs: pydantic would iterate over its fields."""
    return [
        Problem(name, f"is one {name_in_code(type(value))}; write a list: {name}=[…]")
        for name, value in data.items()
        if isinstance(value, BaseModel)
        and (known := model.model_fields.get(name))
        and get_origin(known.annotation) is list
    ]


def fill(model: BaseModel, args: tuple[object, ...], data: dict[str, Any]) -> None:
    """Set the fields of an object that code makes, from the arguments of its constructor.

    Raises:
        DocumentError: with all problems of the arguments.
        TypeError: there are arguments without a name.
    """
    kind = type(model)
    if args:
        names = ", ".join(f"{name}=…" for name in list(kind.model_fields)[:3])
        raise TypeError(f"{name_in_code(kind)} takes named arguments only, such as {names}")
    raw = {name: value for name, value in data.items() if _holds_switch(value)}
    lone = _lone_items(kind, data)
    problems = [*(stray_booleans(raw, json_schema(kind), "") if raw else ()), *lone]
    try:
        model.__pydantic_validator__.validate_python(data, self_instance=model)
    except ValidationError as error:
        reported = {problem.path for problem in problems}
        within = tuple(f"{problem.path}[" for problem in lone)
        problems += [
            one
            for one in problems_of(error, kind)
            if one.path not in reported and not one.path.startswith(within)
        ]
    if problems:
        raise DocumentError(problems, source=name_in_code(kind))


class Document(BaseModel):
    """A part of a document: unknown names, NaN and infinity are errors.

    Made in code (``ColorClip(color="red", duration=2)``), it raises DocumentError with all its problems.
    """

    # Deferred: a document's validator includes those of its parts, most of which are never used on their own.
    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True, defer_build=True
    )

    if not TYPE_CHECKING:  # type checkers derive the constructor from the fields

        def __init__(self, /, *args: object, **data: Any) -> None:
            fill(self, args, data)

        # As pydantic's own: parts of documents are validated without a call into Python.
        __init__.__pydantic_base_init__ = True


class ItemDocument(Document):
    """An item of a track. In documents, ``kind`` names its type; items made in code get the class's ``kind``."""

    @model_validator(mode="before")
    @classmethod
    def _tagged(cls, data: Any) -> Any:
        # Set explicitly, so that an item written without its defaults still has its kind.
        if isinstance(data, dict) and "kind" not in data:
            return {"kind": cls.model_fields["kind"].default, **data}
        return data

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        document_schema = handler(schema)
        properties: dict[str, Any] = handler.resolve_ref_schema(document_schema)["properties"]
        required = {*handler.resolve_ref_schema(document_schema).get("required", ()), "kind"}
        properties["kind"].pop("default", None)
        handler.resolve_ref_schema(document_schema)["required"] = [
            name for name in properties if name in required
        ]
        return document_schema


MEDIA_FORMAT: Final = "media-reference"
"""The JSON Schema ``format`` of media references, which distinguishes them from other text without a model."""


def _spelled(value: Any) -> Any:
    return str(value) if isinstance(value, PurePath) else value


class MediaRef(str):
    """A reference to a picture, clip or sound: a path, an http(s) URL, or ``sha256:`` and a stored blob's hash.

    A hash may be followed by ``#`` and a file name for messages. In code it may be given as a ``pathlib.Path``."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(min_length=1, max_length=2000, strip_whitespace=True)
        spelled = core_schema.no_info_before_validator_function(_spelled, text)
        return core_schema.no_info_after_validator_function(
            cls, spelled, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "format": MEDIA_FORMAT}


def _check_time(value: int | float | str) -> int | float | str:
    parse_seconds(value, Fraction(30))
    return value


def _check_color(value: str) -> str:
    parse_color(value)
    return value


def _check_not_blank(value: str) -> str:
    # Joiners and other zero-width characters are not visible text either.
    if not any(char.isprintable() and not char.isspace() for char in value):
        raise ValueError("is blank; write a name")
    return value


NonBlankText: TypeAlias = Annotated[str, AfterValidator(_check_not_blank)]
"""Text that is not blank."""


def _check_name(value: str) -> str:
    if not is_plain(value):
        raise ValueError(
            "holds a control character, or one that turns the direction of writing; leave it out"
        )
    return value


PlainName: TypeAlias = Annotated[str, AfterValidator(_check_name)]
"""A name that lists and messages can show unescaped."""

_LENGTH = re.compile(r"^(-?\d+(?:\.\d+)?)(%|px)?$")


def _check_length(value: float | str) -> float | str:
    if isinstance(value, str) and not _LENGTH.match(value.strip()):
        raise ValueError(
            f'`{shortened(value, 60)}` is not a length; write pixels (120) or percent of the canvas ("12%")'
        )
    return value


_QUANTITY = re.compile(r"^(-?\d+(?:\.\d+)?)\s*([^\W\d_]{1,12}|[%°])?$")


def _check_quantity(value: float | str) -> float | str:
    """Accept numbers with any unit: which of them a property takes is known where it is compiled."""
    if isinstance(value, str) and not _QUANTITY.match(value.strip()):
        raise ValueError(
            f"`{shortened(value, 60)}` is not a number; write one, such as 120 or 0.5, or keyframes"
        )
    return value


class Unit(Enum):
    """What a number in a document counts."""

    LENGTH = 'not a length; write pixels (120) or percent ("12%")'
    """Pixels, or percent of a length."""
    SHARE = 'not a number; write one without a unit (0.5), or percent ("50%") for its hundredth'
    """A number of which 1 is the whole."""
    DEGREES = "not a number of degrees; write the number alone (90)"
    """Degrees of an angle."""
    NUMBER = "not a plain number; write it without a unit or percent sign (12)"
    """Any other number."""

    def number(self, value: float | str, whole: float) -> float:
        """Return a value in a document as a number; ``whole`` is 100 %.

        Raises:
            ValueError: it has a unit that this kind of number does not take.
        """
        if not isinstance(value, str):
            return float(value)
        match = _QUANTITY.match(value.strip())
        unit = match.group(2) or "" if match else None
        if match is None or unit not in _UNITS[self]:
            raise ValueError(f"`{shortened(value, 60)}` is {self.value}")
        number = float(match.group(1))
        return number * whole / 100 if unit == "%" else number


_UNITS: Final = {
    Unit.LENGTH: ("", "px", "%"),
    Unit.SHARE: ("", "%"),
    Unit.DEGREES: ("",),
    Unit.NUMBER: ("",),
}
"""The units that each kind of number takes."""


def length_px(value: float | str, whole_px: float) -> float:
    """Return a length in a document in pixels; percentages are of ``whole_px``."""
    if isinstance(value, (int, float)):
        return float(value)
    match = _LENGTH.match(value.strip())
    if match is None:
        raise ValueError(f"`{value}` is not a length")
    number = float(match.group(1))
    return number * whole_px / 100 if match.group(2) == "%" else number


def no_switch(value: Any) -> Any:
    """Return ``value``; raise ValueError if it is a boolean, which pydantic would read as 0 or 1."""
    if isinstance(value, bool):
        raise ValueError("must be a number, not yes or no")
    return value


TimeValue: TypeAlias = Annotated[
    int | float | str,
    BeforeValidator(no_switch),
    AfterValidator(_check_time),
    Field(description='Seconds (2.5), frames ("75f") or a clock time ("1:02.5").'),
]
"""A time in a document: seconds, frames (``"75f"``) or a clock time (``"1:02.5"``)."""
ColorValue: TypeAlias = Annotated[
    str, AfterValidator(_check_color), Field(description="#rrggbb, #rrggbbaa or a colour's name.")
]
"""A colour in a document: ``#rrggbb``, ``#rrggbbaa`` or a name."""
Length: TypeAlias = Annotated[
    float | str,
    BeforeValidator(no_switch),
    AfterValidator(_check_length),
    Field(description='Pixels (120), or percent of the canvas ("12%").'),
]
_Quantity: TypeAlias = Annotated[float | str, BeforeValidator(no_switch), AfterValidator(_check_quantity)]
Ease: TypeAlias = Annotated[
    str,
    AfterValidator(check_ease),
    WithJsonSchema(
        {
            "type": "string",
            "format": "easing",
            "anyOf": [{"enum": list(EASINGS)}, {"pattern": f"^({FORMS.pattern})$"}],
        }
    ),
]
"""An easing: a key of ``EASINGS``, or a form with parameters such as ``steps(4)``."""


class KeyframeDocument(Document):
    """A value at a time."""

    at: TimeValue = Field(description="Time from the clip's start; may be negative during a transition.")
    value: _Quantity = Field(
        description="The value at that time; with a percent sign where the property itself may have one."
    )
    ease: Ease = Field(default="in-out-cubic", description="Easing from here to the next keyframe.")


_Keyframes: TypeAlias = Annotated[list[KeyframeDocument], Field(min_length=1, max_length=200)]
# Named aliases: their schema is generated once, not for each of some 300 fields, which saves 27 ms of every command.
Animated = TypeAliasType("Animated", Length | _Keyframes)
"""A length, or keyframes."""
AnimatedNumber = TypeAliasType("AnimatedNumber", _Quantity | _Keyframes)
"""A number that is not a length, or keyframes."""


def element_data(value: object) -> dict[str, Any] | None:
    """Return what a document writes for an element made in code, as ``Vignette(strength=0.5)``; None for other values.

    The name is the element class's, the parameters are the fields that were given.
    """
    name = getattr(type(value), "name", None)
    if isinstance(value, BaseModel) and isinstance(name, str):
        return {"name": name, **value.model_dump(mode="json", exclude_unset=True)}
    return None


def _element_from_name(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else element_data(value) or value


class ElementDocument(BaseModel):
    """A plugin's element: its name, with its parameters alongside."""

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False, defer_build=True)

    name: str = Field(
        min_length=1,
        max_length=100,
        description="An element listed by `farm elements`, e.g. basics.vignette.",
    )

    @property
    def params(self) -> dict[str, Any]:
        """The parameters given."""
        return dict(self.model_extra or {})


ElementValue: TypeAlias = Annotated[
    ElementDocument, BeforeValidator(_element_from_name, json_schema_input_type=str | ElementDocument)
]
"""``basics.fade``, or ``{name: basics.fade, …parameters}``."""
