"""Checks of slots against each other, before their media are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, model_validator

from farm.language.fault import Fault
from farm.language.scope import Compiled, Frame, Run
from farm.language.slots import Fill
from farm.language.types import (
    TEXT,
    Many,
    Maybe,
    Record,
    Type,
)


def unbound(kind: Type) -> Type:
    """Return a slot's type before its media are bound: they are text."""
    if isinstance(kind, Record) and kind.getters is not None:
        return TEXT
    if isinstance(kind, Record):
        return Record({name: unbound(one) for name, one in kind.fields.items()})
    if isinstance(kind, Many):
        return Many(unbound(kind.item))
    return Maybe(unbound(kind.value)) if isinstance(kind, Maybe) else kind


class _Unbound(Mapping[str, Any]):
    """Stands for media that are not bound yet: each is its own reference."""

    def __getitem__(self, name: str) -> Any:
        return name

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


def with_checks(model: type[BaseModel], checks: list[tuple[Compiled, str]], fill: Fill) -> type[BaseModel]:
    def check(self: BaseModel) -> BaseModel:
        frame = Frame(Run(None), None, 1)
        frame.values[0] = fill(self, _Unbound())
        for test, message in checks:
            try:
                holds = test.run(frame)
            except Fault as fault:
                raise ValueError(str(fault)) from None
            if not holds:
                raise ValueError(message)
        return self

    body = {
        "_holds": model_validator(mode="after")(check),
        "__doc__": model.__doc__,
        "__module__": model.__module__,
    }
    return type(model.__name__, (model,), body)
