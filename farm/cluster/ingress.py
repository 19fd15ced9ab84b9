"""The way in: the HTTP API as a Serve deployment, asking the controller by name."""

from __future__ import annotations

from typing import Any, Final

import ray
from fastapi import FastAPI
from ray import serve
from ray.exceptions import RayActorError, RayTaskError

from farm.cluster.api import build_api
from farm.cluster.ray_executor import NAMESPACE
from farm.errors import FarmError, FarmUnreachableError
from farm.work.settings import Settings

CONTROLLER: Final = "controller"


class RayDesk:
    """The controller actor behind a desk's face."""

    async def submit(
        self, document: str, source: str, idempotency_key: str | None, priority: int, options: dict[str, Any]
    ) -> tuple[str, bool]:
        """Accept a job; return its id once it is in the journal, and whether the key gave an earlier job."""
        job_id, repeated = await self._ask("submit", document, source, idempotency_key, priority, options)
        return job_id, repeated

    async def cancel(self, job_id: str) -> bool:
        """Withdraw a job; returns False where there is no such job."""
        return bool(await self._ask("cancel", job_id))

    async def job(self, job_id: str) -> dict[str, Any] | None:
        """Say where a job stands, or None where there is no such job."""
        found: dict[str, Any] | None = await self._ask("job", job_id)
        return found

    async def files(self, job_id: str) -> dict[str, str] | None:
        """Return the paths of a job's files, empty until published; None where there is no such job."""
        found: dict[str, str] | None = await self._ask("files", job_id)
        return found

    async def jobs(self, limit: int, state: str | None) -> list[dict[str, Any]]:
        """Say where the newest jobs stand."""
        found: list[dict[str, Any]] = await self._ask("jobs", limit, state)
        return found

    async def stats(self, since_s: float) -> dict[str, Any]:
        """Return the farm's numbers."""
        found: dict[str, Any] = await self._ask("stats", since_s)
        return found

    async def health(self) -> dict[str, Any]:
        """Say whether jobs are accepted and worked on."""
        found: dict[str, Any] = await self._ask("health")
        return found

    async def _ask(self, method: str, *values: Any) -> Any:
        try:
            handle = ray.get_actor(CONTROLLER, namespace=NAMESPACE)
            return await getattr(handle, method).remote(*values)
        except RayTaskError as error:
            if isinstance(error.cause, FarmError):
                raise error.cause from error
            raise
        except (RayActorError, ValueError) as error:
            raise FarmUnreachableError(
                "the farm's controller is not there now; it is started anew by itself, try again in a moment"
            ) from error


class Ingress:
    """One replica of the API."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __serve_build_asgi_app__(self) -> FastAPI:
        return build_api(RayDesk(), self._settings.open_store())


def ingress(settings: Settings) -> serve.Application:
    """Make the deployment."""
    options: dict[str, Any] = {
        "name": "api",
        "num_replicas": 1,
        "max_ongoing_requests": 256,
        "ray_actor_options": {"num_cpus": 0},
    }
    return serve.deployment(**options)(serve.ingress()(Ingress)).bind(settings)
