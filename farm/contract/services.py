"""All services of the contract, and how a call reaches one of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar

from farm.contract.access import AccessService
from farm.contract.assets import AssetService
from farm.contract.audience import AudienceService
from farm.contract.audit import AuditService
from farm.contract.batches import BatchService
from farm.contract.catalog import CatalogService
from farm.contract.fleet import FleetService
from farm.contract.jobs import JobService
from farm.contract.operation import Operation, adapter_of, operations_of
from farm.contract.previews import PreviewService
from farm.contract.productions import ProductionService
from farm.contract.scope import Scope
from farm.contract.scripts import ScriptService, TemplateService
from farm.contract.storage import StorageService
from farm.contract.works import WorkService
from farm.errors import FarmError

SERVICES: Final[tuple[type, ...]] = (
    JobService, BatchService, AccessService, AuditService, FleetService, StorageService, AssetService, ScriptService,
    TemplateService, WorkService, ProductionService, AudienceService, CatalogService, PreviewService,
)  # fmt: skip
"""The Protocols, in the order of the OpenAPI document."""

_METHODS: Final[dict[tuple[str, str], Callable[..., Any]]] = {
    (service.__name__, name): method
    for service in SERVICES
    for name, method in vars(service).items()
    if not name.startswith("_")
}

P = ParamSpec("P")
T = TypeVar("T")
Method = Callable[Concatenate[Any, Scope, P], T]
"""A method of a Protocol, such as ``WorkService.show``."""


class Backend(Protocol):
    """Carries calls to services for one caller: within this process, or to a farm over HTTP."""

    def ask(self, method: Method[P, T], /, *args: P.args, **arguments: P.kwargs) -> T:
        """Call a method of a service, such as ``ask(WorkService.show, name="kettle")``.

        Raises:
            FarmError: raised by the method; or FarmUnreachableError if the service cannot be reached.
        """


class AsyncBackend(Protocol):
    """Carries calls of many callers to the services, for an event loop."""

    def ask(
        self, method: Method[P, T], scope: Scope, /, *args: P.args, **arguments: P.kwargs
    ) -> Awaitable[T]:
        """Call a method of a service; raises what :meth:`Backend.ask` raises."""

    async def ask_json(
        self, method: Method[P, Any], scope: Scope, /, *args: P.args, **arguments: P.kwargs
    ) -> bytes:
        """Call a method of a service and return its result as JSON; raises what :meth:`Backend.ask` raises."""
        return json_of(method, await self.ask(method, scope, *args, **arguments))


class Services:
    """The implementations of services in this process."""

    def __init__(self, implementations: Mapping[type, object]) -> None:
        self.implementations = {service.__name__: one for service, one in implementations.items()}
        """The implementations by the names of their Protocols."""

    def has(self, service: str) -> bool:
        """Whether a service is implemented here."""
        return service in self.implementations

    def call(self, service: str, method: str, scope: Scope, arguments: Mapping[str, Any]) -> Any:
        """Call a method by the names of its service and itself, as they arrive from another process.

        Raises:
            FarmError: there is no such method in the contract, or the method raised it.
        """
        method_of(service, method)
        if service not in self.implementations:
            raise FarmError(f"{service} is not implemented in this process")
        return getattr(self.implementations[service], method)(scope, **arguments)


def json_of(method: Callable[..., Any], result: object) -> bytes:
    """Return a result of a Protocol's method as JSON.

    The services are typed: serialising directly is several times as fast as FastAPI's validation and encoding.
    """
    return adapter_of(method).dump_json(result, by_alias=True)


def method_of(service: str, name: str) -> Callable[..., Any]:
    """Return a Protocol's method by the names that :func:`names_of` returns.

    Raises:
        FarmError: the contract has no such method.
    """
    found = _METHODS.get((service, name))
    if found is None:
        raise FarmError(f"the contract has no {service}.{name}; this process runs another version of farm")
    return found


def names_of(method: Callable[..., Any]) -> tuple[str, str]:
    """Return the names of a Protocol's method: its service's and its own."""
    service, _, name = method.__qualname__.partition(".")
    return service, name


def operations() -> tuple[Operation, ...]:
    """Return all operations of all services, in the order of the OpenAPI document."""
    return tuple(one for service in SERVICES for one in operations_of(service))
