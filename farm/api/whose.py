"""The owner whose things a request concerns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from farm.api.gate import Caller, Reader, Submitter
from farm.errors import AccessError


@dataclass(frozen=True, slots=True)
class Whose:
    """On whose behalf a request is made."""

    owner: str
    """Whose library is changed."""
    sees: str | None
    """Whose things are visible, besides the official ones; None for everybody's."""
    operates: bool = False
    """Whether the caller is an operator, who may use media of every tenant."""


Owner = Annotated[
    str | None,
    Query(
        max_length=63,
        pattern=r"^[a-z0-9][a-z0-9._-]*$",
        description="For operators: whose library; `official` is everybody's.",
    ),
]


def _whose(caller: Caller, owner: str | None) -> Whose:
    if owner is None:
        return Whose(caller.tenant, caller.sees, caller.sees is None)
    if caller.sees is not None and owner != caller.tenant:
        raise AccessError(f"the key is of tenant {caller.tenant}; leave `owner` out", known=True)
    return Whose(owner, owner, caller.sees is None)


def _reading(caller: Reader, owner: Owner = None) -> Whose:
    return _whose(caller, owner)


def _changing(caller: Submitter, owner: Owner = None) -> Whose:
    return _whose(caller, owner)


Reading = Annotated[Whose, Depends(_reading)]
"""For requests that read."""
Changing = Annotated[Whose, Depends(_changing)]
"""For requests that make changes."""
