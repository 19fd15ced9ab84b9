"""The table of functions: how one is added, with its signature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from farm.language.calls import ANY, ANY_UNIT, Function, function_of
from farm.language.records import RECORDS
from farm.language.scope import Frame
from farm.language.types import COLOR, FLAG, NUMBER, TEXT, Type

NAMED: Final[dict[str, Type]] = {
    **RECORDS,
    "number": NUMBER,
    "text": TEXT,
    "flag": FLAG,
    "color": COLOR,
}
"""The types that every template may name."""
_IN_SIGNATURES: Final[dict[str, Type]] = {**NAMED, "unit": ANY_UNIT, "any": ANY}

FUNCTIONS: Final[dict[str, Function]] = {}
"""By name."""


def function(notation: str, summary: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def add(run: Callable[..., Any]) -> Callable[..., Any]:
        def spread(_: Frame, args: list[Any]) -> Any:
            return run(*args)

        function = function_of(notation, summary, spread, _IN_SIGNATURES)
        FUNCTIONS[function.name] = function
        return run

    return add


def timed(notation: str, summary: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Like ``function``, for one that needs the frame rate."""

    def add(run: Callable[..., Any]) -> Callable[..., Any]:
        def spread(frame: Frame, args: list[Any]) -> Any:
            return run(frame, *args)

        function = function_of(notation, summary, spread, _IN_SIGNATURES)
        FUNCTIONS[function.name] = function
        return run

    return add
