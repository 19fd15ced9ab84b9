"""The services of a running farm over HTTP: requests made from the contract."""

from __future__ import annotations

import secrets
from typing import Any

from pydantic import BaseModel

from farm.client.address import quoted
from farm.client.connection import Connection
from farm.contract.operation import ArgumentPlace, adapter_of, operation_of
from farm.contract.services import Backend, Method, P, T
from farm.errors import FarmUnreachableError, MissingError


class HttpBackend(Backend):
    """Carries calls to a farm; every request may safely arrive twice."""

    def __init__(self, connection: Connection, library: str = "") -> None:
        """Initialize.

        Args:
            connection: The connection to the farm; its key decides on whose behalf calls are made.
            library: For operators: the owner whose library is meant; the key's own tenant's if empty.
        """
        self._connection = connection
        self._library = library

    def ask(self, method: Method[P, T], /, *_: P.args, **arguments: P.kwargs) -> T:
        """See the contract."""
        operation = operation_of(method)
        binding = operation.binding
        path: dict[str, str] = {}
        query: dict[str, Any] = {}
        headers: dict[str, str] = {}
        body: Any = None
        for argument in operation.arguments:
            value: Any = arguments.get(argument.name, argument.default)
            match argument.place:
                case ArgumentPlace.PATH:
                    path[argument.alias] = _segment(binding.path, argument.alias, str(value))
                case ArgumentPlace.QUERY if value is not None:
                    query[argument.alias] = str(value).lower() if isinstance(value, bool) else value
                case ArgumentPlace.HEADER:
                    # One key for all tries: what the request creates is created once.
                    headers[argument.alias] = value or secrets.token_hex(16)
                case ArgumentPlace.BODY:
                    body = value
        if isinstance(body, BaseModel):
            body = body.model_dump(mode="json", exclude_unset=True, by_alias=True)
        if binding.library and self._library:
            query["owner"] = self._library
        response = self._connection.ask(
            binding.verb, binding.path.format_map(path), params=query, headers=headers, json=body
        )
        if operation.result is None:
            return None  # type: ignore[return-value]
        try:
            result: T = adapter_of(method).validate_json(response.content)
        except ValueError as error:
            raise FarmUnreachableError(
                f"what answers at {self._connection.url} is no farm, or one of another version; check the address"
            ) from error
        return result


def _segment(path: str, alias: str, name: str) -> str:
    """Return a name as a segment of a path.

    Raises:
        MissingError: no address holds the name, so there can be nothing of that name.
    """
    if name in ("", ".", "..") or "/" in name:
        collection = path.partition(f"/{{{alias}}}")[0].rpartition("/")[2]
        raise MissingError(
            collection.rpartition("-")[2].removesuffix("es" if collection == "batches" else "s"), name
        )
    return quoted(name)
