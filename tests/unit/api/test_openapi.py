"""The OpenAPI document: schemathesis generates valid and invalid requests from it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, CheckFunction, load_all_checks
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from farm.api.build import openapi_document
from farm.plugins.registry import load_registry
from tests.contract.small_farm import SmallFarm, words

load_all_checks()

EXCLUDED = (
    # Documents and tables are text that the schema says little about: much that fits it is refused, and the
    # other way round; an Accept or Range that is nonsense to one is another's.
    "negative_data_rejection",
    "positive_data_acceptance",
    # A job that is cancelled or a key that is revoked stays there, to be looked at.
    "use_after_free",
    "ensure_resource_availability",
)
STANDARD: list[CheckFunction] = [
    CHECKS.get_one(name) for name in CHECKS.get_all_names() if name not in EXCLUDED
]


for kind in ("application/x-ndjson", "application/jsonl"):

    @schemathesis.serializer(kind)
    def lines(_context: schemathesis.SerializationContext, value: Any) -> bytes:
        return str(value).encode("utf-8", "replace")


class Lead:
    """Leads requests to a farm's API; without one, serves the document that is every farm's."""

    def __init__(self) -> None:
        document = openapi_document(load_registry())
        self.api: ASGIApp = Starlette(routes=[Route("/v1/openapi.json", lambda _: JSONResponse(document))])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.api(scope, receive, send)


LEAD = Lead()
# The stream of events has no end; test_events.py reads it.
schema = schemathesis.openapi.from_asgi("/v1/openapi.json", LEAD).exclude(path="/v1/events/stream")
# One method that an address does not have stands for all: they meet the same code, and were half of the time.
schema.config.phases.coverage.unexpected_methods = {"trace"}


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Lead the requests to a farm in which something has happened; return its operator's key."""
    with SmallFarm(tmp_path_factory.mktemp("home"), keys=True) as farm:
        key = farm.key("shop", "operate")
        client = farm.client(key)
        for document in (words("a", "b"), words("bad-1")):
            farm.ended(client.post("/v1/jobs", content=document).json()["id"])
        LEAD.api = farm.api
        yield key


QUICK = settings(
    max_examples=2,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
LONG = settings(QUICK, max_examples=int(os.environ.get("FARM_EXAMPLES", "400")), derandomize=False)


@schema.parametrize()
@QUICK
def test_the_api_keeps_its_word(case: schemathesis.Case, key: str) -> None:
    case.call_and_validate(checks=STANDARD, headers={"Authorization": f"Bearer {key}"})


# Not by `schema.parametrize`, which works out cases when tests are collected, in every run: 5 s.
@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    "operation", [one.ok() for one in schema.get_all_operations()], ids=lambda one: one.label
)
def test_the_api_keeps_its_word_for_long(operation: Any, key: str) -> None:
    @given(case=operation.as_strategy())
    @LONG
    def asked(case: Any) -> None:
        case.call_and_validate(checks=STANDARD, headers={"Authorization": f"Bearer {key}"})

    asked()
