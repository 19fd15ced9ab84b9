"""The contract as a whole: every response has a schema, every service implements its Protocol, and calls are few."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from farm.api.build import openapi_document
from farm.api.published import operations as published
from farm.contract.previews import PreviewService
from farm.contract.scope import Scope
from farm.contract.services import SERVICES, operations
from farm.errors import FarmError
from farm.model.access import Role
from farm.plugins.registry import load_registry
from farm.services.library_media import Media
from farm.store.open import library_store
from farm.worker.analysis_job import analyse_assets
from tests.contract.small_farm import SmallFarm, words
from tests.golden.shop import picture

SCALARS = {"string", "integer", "number", "boolean", "null"}


def untyped(schema: dict[str, Any]) -> bool:
    """Whether a schema says nothing of what it describes."""
    if "$ref" in schema:
        return False
    if schema.get("type") == "array":
        return untyped(schema["items"])
    more = schema.get("additionalProperties")
    if schema.get("type") == "object" and "properties" not in schema:
        return not isinstance(more, dict) or untyped(more)
    return schema.get("type") not in {*SCALARS, "object"} and "anyOf" not in schema


def responses() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, method, operation in published(openapi_document(load_registry())):
        for status, response in operation["responses"].items():
            content = response.get("content", {}).get("application/json")
            if status.startswith("2") and content is not None:
                yield f"{method.upper()} {path} {status}", content["schema"]


def test_every_response_has_a_schema() -> None:
    found = dict(responses())
    # The job's report is a file, and a body of JSON all the same.
    assert {name for name, schema in found.items() if untyped(schema)} <= {
        f"{method} /v1/jobs/{{job_id}}/report {status}" for method in ("GET", "HEAD") for status in (200, 206)
    }
    assert len(found) > 60


def test_every_operation_is_a_route_of_its_own() -> None:
    bound = [(one.binding.verb, one.binding.path) for one in operations()]
    assert len(bound) == len(set(bound)) > 60
    paths = {(method.upper(), path) for path, method, _ in published(openapi_document(load_registry()))}
    assert set(bound) <= paths


def test_services_take_what_their_protocols_say(farm: SmallFarm) -> None:
    implementations = {**farm.controller.services.implementations, PreviewService.__name__: farm.previews}
    assert implementations.keys() == {service.__name__ for service in SERVICES}
    for service in SERVICES:
        one = implementations[service.__name__]
        for name, method in vars(service).items():
            if name.startswith("_"):
                continue
            wanted = inspect.signature(method).parameters
            given = inspect.signature(getattr(type(one), name)).parameters
            assert list(wanted)[:2] == ["self", "scope"], name
            assert [*wanted] == [*given], f"{service.__name__}.{name}"
            for parameter, other in zip(wanted.values(), given.values(), strict=True):
                keyword = parameter.kind is inspect.Parameter.KEYWORD_ONLY
                assert keyword or parameter.name in ("self", "scope"), f"{name}: {parameter}"
                assert parameter.default == other.default, f"{service.__name__}.{name}: {parameter}"


def test_nothing_but_the_contract_is_called_by_name(farm: SmallFarm) -> None:
    scope = Scope("shop", Role.SUBMIT)
    for service, method in (("JobService", "_get"), ("JobService", "nothing"), ("Nothing", "stats")):
        with pytest.raises(FarmError, match=f"no {service}.{method}"):
            farm.controller.services.call(service, method, scope, {})


def test_query_parameters_are_those_of_the_document(asker: TestClient) -> None:
    checked = 0
    for path, method, operation in published(openapi_document(load_registry())):
        if operation.get("deprecated"):
            continue
        known = {
            one["name"]: "array" in str(one["schema"])
            for one in operation.get("parameters", ())
            if one["in"] == "query"
        }
        query = [("none", "x"), *((name, "x") for name in known for _ in range(2))]
        answer = asker.request(method, re.sub(r"{[^/]+}", "x", path), params=query)
        assert answer.status_code == 422, f"{method} {path}"
        if method == "head":
            continue
        wrong = {one["path"]: one["message"] for one in answer.json()["problems"]}
        assert {name: "given 2 times" in wrong.get(f"query.{name}", "") for name in known} == {
            name: not repeated for name, repeated in known.items()
        }, f"{method} {path}"
        message = wrong["query.none"]
        assert "did you mean" in message or ", ".join(sorted(known)) in message, f"{method} {path}: {message}"
        checked += bool(known)
    assert checked > 15


@pytest.fixture
def photo(farm: SmallFarm, client: TestClient) -> str:
    """Add a picture that was analysed; return its name."""
    path = farm.settings.home / "photo.jpg"
    picture(240, 320, seed=1).save(path)
    sha256, _ = Media(library_store(farm.settings), farm.store).keep_file(path)
    client.put(f"/v1/blobs/{sha256}", content=path.read_bytes())
    assert client.post("/v1/assets", json={"assets": [{"sha256": sha256, "name": "kettle"}]}).is_success
    record = analyse_assets(path, sha256, load_registry(), library_store(farm.settings))
    farm.controller.catalog_handle.catalog().assets.learn(record)
    return "kettle"


def test_a_thumbnail_is_one_call_and_one_statement(
    farm: SmallFarm, client: TestClient, photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    writer = farm.controller.catalog_handle.catalog().writer
    read = writer.read

    def counted(work: Any) -> Any:
        asked.append(work)
        return read(work)

    monkeypatch.setattr(writer, "read", counted)
    farm.requests.clear()
    assert client.get(f"/v1/assets/{photo}/files/thumbnail.jpg").content.startswith(b"\xff\xd8")
    assert farm.requests == ["AssetService.file"]
    assert len(asked) == 1
    assert client.get(f"/v1/assets/{photo}/files/content").is_success
    assert client.get(f"/v1/assets/{photo}/files/nothing.jpg").status_code == 404
    assert client.get("/v1/assets/nothing/files/thumbnail.jpg").status_code == 404


def test_a_submission_is_one_call_and_a_note(farm: SmallFarm, client: TestClient) -> None:
    assert client.post("/v1/jobs", content=words("a")).status_code == 202
    assert farm.requests == ["JobService.submit", "AuditService.note"]


def test_a_route_reaches_its_sql_in_six_calls_at_most(
    farm: SmallFarm, client: TestClient, photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stops: list[str] = []
    writer = farm.controller.catalog_handle.catalog().writer
    read = writer.read

    def seen(work: Any) -> Any:
        if not stops:
            frame = inspect.currentframe()
            while frame is not None:
                name = frame.f_globals.get("__name__", "")
                if name.startswith(("farm.", "farm_catalog.")) and name not in stops:
                    stops.append(name)
                frame = frame.f_back
        return read(work)

    monkeypatch.setattr(writer, "read", seen)
    assert client.get(f"/v1/assets/{photo}").is_success
    # Before these: the route, the backend, and on a cluster the controller's actor.
    assert stops == ["farm_catalog.assets", "farm.services.assets", "farm.contract.services"]


def test_old_addresses_redirect_to_the_new_ones(client: TestClient) -> None:
    moved = client.get("/v1/library/templates/story.clean?owner=official", follow_redirects=False)
    assert moved.status_code == 308
    assert moved.headers["location"] == "/v1/declarative-templates/story.clean?owner=official"
    assert client.get("/v1/library/templates/story.clean").json()["name"] == "story.clean"
    assert client.get("/v1/library/templates").json() == client.get("/v1/declarative-templates").json()
    event = {"id": "e", "production": "none", "kind": "play", "at": 1_780_000_000}
    old, new = (client.post(path, json=[event]) for path in ("/v1/events", "/v1/audience-events"))
    assert (old.status_code, old.json()) == (new.status_code, new.json()) == (400, new.json())


@pytest.mark.parametrize("name", ["x%23y", "%E6%A8%A1%E6%9D%BF", "a%3Fowner%3Dx", "100%25", "a%20b", "%00"])
def test_a_redirect_keeps_what_is_encoded_in_a_name(client: TestClient, name: str) -> None:
    moved = client.delete(f"/v1/library/templates/{name}?owner=tt", follow_redirects=False)
    assert moved.status_code == 308
    assert moved.headers["location"] == f"/v1/declarative-templates/{name}?owner=tt"


def test_an_empty_idempotency_key_is_refused(client: TestClient) -> None:
    refused = client.post("/v1/works", json={"product": {"name": "Kettle"}}, headers={"Idempotency-Key": ""})
    assert refused.status_code == 422
    assert refused.json()["problems"][0]["path"] == "header.Idempotency-Key"
