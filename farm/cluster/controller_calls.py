"""Calls to the controller from other processes of the head: by its actor's name, across restarts."""

from __future__ import annotations

from typing import Any, Final

import ray
from ray.exceptions import RayActorError, RayTaskError

from farm.cluster.ray_environment import CONTROLLER, FRONT, NAMESPACE
from farm.errors import FarmError, FarmUnreachableError, SupersededError

FIRST: Final = frozenset({("access", "check"), ("office", "health")})
"""Calls that every request needs, or that an operator needs when everything else hangs."""


class ControllerCalls:
    """Caches the controller's handle until it is stale."""

    def __init__(self) -> None:
        self._handle: Any = None

    async def ask(self, desk: str, method: str, values: tuple[Any, ...]) -> Any:
        """Call a desk's method; re-raises any ``FarmError`` that it raises.

        Raises:
            FarmUnreachableError: the controller is unavailable for longer than a request can wait.
            RayTaskError: the call failed with any other error.
        """
        try:
            if self._handle is None:
                self._handle = ray.get_actor(CONTROLLER, namespace=NAMESPACE)
            group = FRONT if (desk, method) in FIRST else None
            return await self._handle.ask.options(concurrency_group=group).remote(desk, method, values)
        except RayTaskError as error:
            if isinstance(error.cause, SupersededError):
                # The name belongs to another controller now.
                self._handle = None
            if isinstance(error.cause, FarmError):
                raise error.cause from error
            raise
        except (RayActorError, ValueError) as error:
            self._handle = None
            raise FarmUnreachableError(
                "the farm's controller is not there at this moment; it is started anew by itself, try again soon"
            ) from error
