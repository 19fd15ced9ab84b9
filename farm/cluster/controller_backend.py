"""The services of the controller for other processes of the head: by its actor's name, across restarts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import ray
from ray.exceptions import RayActorError, RayTaskError

from farm.cluster.ray_environment import CONTROLLER, FRONT, NAMESPACE
from farm.contract.access import AccessService
from farm.contract.fleet import FleetService
from farm.contract.scope import Scope
from farm.contract.services import AsyncBackend, Method, P, T, names_of
from farm.errors import FarmError, FarmUnreachableError, SupersededError

FIRST: Final = frozenset({names_of(AccessService.check), names_of(FleetService.health)})
"""Calls that every request needs, or that an operator needs if everything else hangs."""


class ControllerBackend(AsyncBackend):
    """Carries calls over Ray, whatever the service; caches the controller's handle until it is stale."""

    def __init__(self) -> None:
        self._handle: Any = None

    async def ask(self, method: Method[P, T], scope: Scope, /, *_: P.args, **arguments: P.kwargs) -> T:
        """See the contract.

        Raises:
            FarmUnreachableError: the controller is unavailable for longer than a request can wait.
            RayTaskError: the call failed with an error that is not farm's own.
        """
        result: T = await self._call(method, scope, arguments, as_json=False)
        return result

    async def ask_json(
        self, method: Method[P, Any], scope: Scope, /, *_: P.args, **arguments: P.kwargs
    ) -> bytes:
        """See the contract; raises what :meth:`ask` raises.

        The controller encodes the result: pickling, unpickling and encoding a page of 100 jobs takes 1.6 ms, encoding
        alone 0.2.
        """
        encoded: bytes = await self._call(method, scope, arguments, as_json=True)
        return encoded

    async def _call(
        self, method: Callable[..., Any], scope: Scope, arguments: Mapping[str, Any], *, as_json: bool
    ) -> Any:
        names = names_of(method)
        try:
            if self._handle is None:
                self._handle = ray.get_actor(CONTROLLER, namespace=NAMESPACE)
            group = FRONT if names in FIRST else None
            call = self._handle.call.options(concurrency_group=group)
            return await call.remote(*names, scope, arguments, as_json=as_json)
        except RayTaskError as error:
            if isinstance(error.cause, SupersededError):
                # The name belongs to a new controller now.
                self._handle = None
            if isinstance(error.cause, FarmError):
                raise error.cause from error
            raise
        except (RayActorError, ValueError) as error:
            self._handle = None
            raise FarmUnreachableError(
                "the farm's controller is unavailable; it restarts automatically, try again soon"
            ) from error
