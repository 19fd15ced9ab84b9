"""The elements and media anywhere in a timeline, or in any part of one, found by walking its frozen values.

Sources that hold further media or elements need nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, Final, TypeVar, cast

from farm.model.asset import Asset
from farm.model.curve import Curve
from farm.model.element_ref import ElementRef
from farm.model.font_file import FontFile
from farm.model.motion import Loop, Motion
from farm.model.placement import Placement

T = TypeVar("T")

_WITHOUT: Final = (Placement, Motion, Loop, Curve)
"""Values that hold neither elements nor media; most of a timeline, so they are passed over."""


def elements_in(value: object) -> Iterator[ElementRef]:
    """Yield the elements in a part of a timeline, or in a tuple of parts."""
    if isinstance(value, ElementRef):
        yield value
        return
    for part in _parts(value):
        yield from elements_in(part)


def media_in(value: object) -> Iterator[Asset | FontFile]:
    """Yield the assets and added fonts in a part of a timeline, or in a tuple of parts."""
    if isinstance(value, Asset | FontFile):
        yield value
        return
    for part in _parts(value):
        yield from media_in(part)


def with_media(value: T, moved: Callable[[Asset | FontFile], Asset | FontFile]) -> T:
    """Return a part of a timeline with each asset and added font replaced; the part itself where none changes."""
    if isinstance(value, Asset | FontFile):
        return cast(T, moved(value))
    if isinstance(value, tuple):
        items = tuple(with_media(item, moved) for item in value)
        return cast(T, items) if _differ(items, value) else value
    kind: Any = type(value)
    names = _fields(kind)
    parts = [getattr(value, name) for name in names]
    changed = [with_media(part, moved) for part in parts]
    if not _differ(changed, parts):
        return value
    return cast(T, replace(cast(Any, value), **dict(zip(names, changed, strict=True))))


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, tuple):
        return value
    kind: Any = type(value)
    return (getattr(value, name) for name in _fields(kind))


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    """Return the fields to look into; none of what is not a dataclass."""
    if issubclass(kind, _WITHOUT) or not is_dataclass(kind):
        return ()
    return tuple(field.name for field in fields(kind))


def _differ(new: Iterable[object], old: Iterable[object]) -> bool:
    return any(one is not other for one, other in zip(new, old, strict=True))
