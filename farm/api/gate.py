"""The gate: who asks, and what they may."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from farm.api.desks import Desk
from farm.errors import AccessError
from farm.journal.access import DEFAULT_TENANT, Role

REMEMBERED_S: Final = 5.0
"""How long a key that was found good is not looked up again: a revoked one works so long at the most."""
REMEMBERED: Final = 10_000

_bearer = HTTPBearer(
    auto_error=False, scheme_name="key", description="An API key: `farm keys create` makes one."
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks."""

    tenant: str
    """In whose name."""
    role: Role
    """What they may."""

    @property
    def sees(self) -> str | None:
        """The tenant whose things they may see; None for everybody's."""
        return None if self.role is Role.OPERATE else self.tenant


class Gate:
    """Looks keys up; a farm that is open to its own machine alone lets everyone in who brings none."""

    def __init__(self, access: Desk, *, open_to_all: bool) -> None:
        self._access = access
        self._open_to_all = open_to_all
        self._known: dict[str, tuple[float, Caller]] = {}

    async def caller(self, text: str | None) -> Caller:
        """Say who bears a key.

        Raises:
            AccessError: a key is needed and there is none, or it is no good.
        """
        if text is None:
            if self._open_to_all:
                return Caller(DEFAULT_TENANT, Role.OPERATE)
            raise AccessError(
                "this farm wants an API key; send `Authorization: Bearer KEY`, or set FARM_API_KEY for `farm`",
                known=False,
            )
        now_s = time.monotonic()
        seen = self._known.get(text)
        if seen is not None and now_s - seen[0] < REMEMBERED_S:
            return seen[1]
        tenant, role = await self._access.check(text)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        caller = Caller(tenant, Role[role.upper()])
        self._known[text] = now_s, caller
        return caller


def _allowing(least: Role) -> Any:
    async def check(
        request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> Caller:
        gate: Gate = request.app.state.gate
        caller = await gate.caller(given.credentials if given is not None else None)
        if caller.role < least:
            raise AccessError(
                f"this needs the role {least.word}; the key's role is {caller.role.word}", known=True
            )
        return caller

    return Depends(check)


Reader = Annotated[Caller, _allowing(Role.READ)]
"""Anybody with a key."""
Submitter = Annotated[Caller, _allowing(Role.SUBMIT)]
"""Somebody who may have jobs made."""
Operator = Annotated[Caller, _allowing(Role.OPERATE)]
"""Somebody who runs the farm."""
