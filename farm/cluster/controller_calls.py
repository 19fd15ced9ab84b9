"""Calls to the controller from other processes of the head: by its actor's name, over its restarts."""

from __future__ import annotations

from typing import Any, Final

import ray
from ray.exceptions import RayActorError, RayTaskError

from farm.cluster.ray_environment import CONTROLLER, FRONT, NAMESPACE
from farm.errors import FarmError, FarmUnreachableError, SupersededError

FIRST: Final = frozenset({("access", "check"), ("office", "health")})
"""What every request needs, or an operator when all else stands."""


class ControllerCalls:
    """Keeps the controller's handle until it is another's."""

    def __init__(self) -> None:
        self._handle: Any = None

    async def ask(self, desk: str, method: str, values: tuple[Any, ...]) -> Any:
        """Call a desk's method; raises what of farm's own errors it raises.

        Raises:
            FarmUnreachableError: the controller is away for longer than a request can wait.
            RayTaskError: it has a fault.
        """
        try:
            if self._handle is None:
                self._handle = ray.get_actor(CONTROLLER, namespace=NAMESPACE)
            group = FRONT if (desk, method) in FIRST else None
            return await self._handle.ask.options(concurrency_group=group).remote(desk, method, values)
        except RayTaskError as error:
            if isinstance(error.cause, SupersededError):
                # The name is another controller's now.
                self._handle = None
            if isinstance(error.cause, FarmError):
                raise error.cause from error
            raise
        except (RayActorError, ValueError) as error:
            self._handle = None
            raise FarmUnreachableError(
                "the farm's controller is not there at this moment; it is started anew by itself, try again soon"
            ) from error
